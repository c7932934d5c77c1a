package metrics

import "ratebench/clients"

// Ledger says where every request is. Generated is always the sum of the rest.
type Ledger struct {
	Generated int
	Succeeded int // answered 200
	Expired   int // dropped for good because its TTL passed
	Failed    int // dropped for good after an answer other than 200, or none
	Graveyard int // out of retries
	Queued    int // in the main or the dead letter queue
	InFlight  int // in a worker's hands: at the gate or on the wire
}

// Balanced reports whether every request is in exactly one place.
func (l Ledger) Balanced() bool { return l.Lost() == 0 }

// Lost is how many requests are in no place; negative, in more than one.
func (l Ledger) Lost() int {
	return l.Generated - (l.Succeeded + l.Expired + l.Failed + l.Graveyard + l.Queued + l.InFlight)
}

// Observe moves the request of an event to where it is now.
func (l *Ledger) Observe(e *clients.Event) {
	switch e.Kind {
	case clients.Generated:
		l.Generated++
		l.Queued++
	case clients.Taken:
		l.Queued--
		l.InFlight++
	case clients.Answered:
		if e.Outcome.OK() {
			l.InFlight--
			l.Succeeded++
		}
	case clients.Dropped:
		l.InFlight--
		if e.Cause == clients.Expired {
			l.Expired++
		} else {
			l.Failed++
		}
	case clients.DeadLettered:
		l.InFlight--
		l.Queued++
	case clients.Buried:
		l.Queued--
		l.Graveyard++
	}
}
