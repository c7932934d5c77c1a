package limitertest

import (
	"math/big"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
)

// An Oracle checks every answer of a limiter against a brute-force calculation
// over everything that has happened to it.
type Oracle struct {
	limiter.Limiter
	RT *rapid.T
	// Want is when the next departure may leave; a time before now is now.
	Want func(events []Event, now time.Time) time.Time
	// WantCost is Want for requests that do not cost 1. It stands in for Want.
	WantCost func(events []Event, now time.Time, cost int64) time.Time
	// Slop is by how much the answer may be off.
	Slop time.Duration

	events []Event
}

// An Event is a departure, or the end of one.
type Event struct {
	At     time.Time
	Ticket limiter.Ticket
	Status int   // 0 is a departure
	Cost   int64 // of a departure
}

// Next implements limiter.Limiter.
func (o *Oracle) Next(now time.Time, cost int64) time.Time {
	got, want := Latest(now, o.Limiter.Next(now, cost)), Latest(now, o.want(now, cost))
	if d := got.Sub(want); d < -o.Slop || d > o.Slop {
		o.RT.Fatalf("Next(%v) = %v, the oracle says %v", now.Sub(Epoch), got.Sub(Epoch), want.Sub(Epoch))
	}
	return got
}

func (o *Oracle) want(now time.Time, cost int64) time.Time {
	if o.WantCost != nil {
		return o.WantCost(o.events, now, cost)
	}
	return o.Want(o.events, now)
}

// Sent implements limiter.Limiter.
func (o *Oracle) Sent(now time.Time, cost int64) limiter.Ticket {
	t := o.Limiter.Sent(now, cost)
	o.events = append(o.events, Event{At: now, Ticket: t, Cost: cost})
	return t
}

// Done implements limiter.Limiter.
func (o *Oracle) Done(now time.Time, t limiter.Ticket, out limiter.Outcome) {
	o.Limiter.Done(now, t, out)
	o.events = append(o.events, Event{At: now, Ticket: t, Status: out.Status})
}

// Departures picks the departures out of events.
func Departures(events []Event) (at []time.Time) {
	for _, e := range events {
		if e.Status == 0 {
			at = append(at, e.At)
		}
	}
	return at
}

// AnyRate is a small rate whose parts seldom come out as whole nanoseconds.
func AnyRate(rt *rapid.T) limiter.Rate {
	return limiter.Rate{
		N:   rapid.IntRange(1, 24).Draw(rt, "n"),
		Per: time.Duration(rapid.Int64Range(int64(50*ms), int64(600*ms)).Draw(rt, "per")),
	}
}

// TokenBucketBound is the first instant at which a further departure keeps all
// spans that end with it within b + rate · span, in exact arithmetic.
func TokenBucketBound(sent []time.Time, rate limiter.Rate, b int) (at time.Time) {
	for i, from := range sent {
		if over := len(sent) - i + 1 - b; over > 0 { // departures from i on, the next one included
			at = Latest(at, from.Add(CeilDiv(int64(over), int64(rate.Per), int64(rate.N))))
		}
	}
	return at
}

// CeilDiv is a · b / c nanoseconds, rounded up.
func CeilDiv(a, b, c int64) time.Duration {
	q := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	q.Add(q, big.NewInt(c-1)).Div(q, big.NewInt(c))
	return time.Duration(q.Int64())
}

// InALine sends requests that arrive at random through a limiter in order of
// arrival, and compares each departure with what a peer says about the
// arrival.
func InALine(rt *rapid.T, l limiter.Limiter, slop time.Duration, peer func(arrival time.Time) time.Time) {
	arrival, left := Epoch, Epoch
	for i := range rapid.IntRange(1, 100).Draw(rt, "requests") {
		arrival = arrival.Add(time.Duration(rapid.Int64Range(0, int64(120*ms)).Draw(rt, "pause")))
		now := Latest(arrival, left)
		left = Latest(now, l.Next(now, 1))
		l.Sent(left, 1)
		if want := peer(arrival); left.Sub(want).Abs() > slop {
			rt.Fatalf("request %d, there since %v, leaves at %v, with the peer at %v",
				i, arrival.Sub(Epoch), left.Sub(Epoch), want.Sub(Epoch))
		}
	}
}
