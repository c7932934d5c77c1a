package metrics

import (
	"testing"

	"ratebench/clients"
)

// Where the request of each event is afterwards; each row goes on from the one
// above it.
func TestLedger(t *testing.T) {
	var l Ledger
	for i, step := range []struct {
		event clients.Event
		want  Ledger
	}{
		{clients.Event{Kind: clients.Generated}, Ledger{Generated: 1, Queued: 1}},
		{clients.Event{Kind: clients.Taken}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Sent}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Answered, Outcome: refusal}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Retried}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Expired}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.DeadLettered}, Ledger{Generated: 1, Queued: 1}},
		{clients.Event{Kind: clients.Requeued}, Ledger{Generated: 1, Queued: 1}},
		{clients.Event{Kind: clients.Taken}, Ledger{Generated: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Answered, Outcome: success}, Ledger{Generated: 1, Succeeded: 1}},
		{clients.Event{Kind: clients.Generated}, Ledger{Generated: 2, Succeeded: 1, Queued: 1}},
		{clients.Event{Kind: clients.Taken}, Ledger{Generated: 2, Succeeded: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Dropped, Cause: clients.Expired}, Ledger{Generated: 2, Succeeded: 1, Expired: 1}},
		{clients.Event{Kind: clients.Generated}, Ledger{Generated: 3, Succeeded: 1, Expired: 1, Queued: 1}},
		{clients.Event{Kind: clients.Taken}, Ledger{Generated: 3, Succeeded: 1, Expired: 1, InFlight: 1}},
		{clients.Event{Kind: clients.Dropped, Cause: clients.Answered}, Ledger{Generated: 3, Succeeded: 1, Expired: 1, Failed: 1}},
		{clients.Event{Kind: clients.Generated}, Ledger{Generated: 4, Succeeded: 1, Expired: 1, Failed: 1, Queued: 1}},
		{clients.Event{Kind: clients.Taken}, Ledger{Generated: 4, Succeeded: 1, Expired: 1, Failed: 1, InFlight: 1}},
		{clients.Event{Kind: clients.DeadLettered}, Ledger{Generated: 4, Succeeded: 1, Expired: 1, Failed: 1, Queued: 1}},
		{clients.Event{Kind: clients.Buried}, Ledger{Generated: 4, Succeeded: 1, Expired: 1, Failed: 1, Graveyard: 1}},
	} {
		l.Observe(&step.event)
		if l != step.want || !l.Balanced() {
			t.Fatalf("event %d, %v: %+v, want %+v", i, step.event.Kind, l, step.want)
		}
	}
}

// Each place is looked at.
func TestLost(t *testing.T) {
	full := Ledger{Generated: 127, Succeeded: 1, Expired: 2, Failed: 4, Graveyard: 8, Queued: 16, InFlight: 32}
	for _, tc := range []struct {
		change func(*Ledger)
		want   int
	}{
		{func(l *Ledger) {}, 64},
		{func(l *Ledger) { l.Generated = 63 }, 0},
		{func(l *Ledger) { l.Generated = 0 }, -63},
		{func(l *Ledger) { l.Succeeded = 0 }, 65},
		{func(l *Ledger) { l.Expired = 0 }, 66},
		{func(l *Ledger) { l.Failed = 0 }, 68},
		{func(l *Ledger) { l.Graveyard = 0 }, 72},
		{func(l *Ledger) { l.Queued = 0 }, 80},
		{func(l *Ledger) { l.InFlight = 0 }, 96},
	} {
		l := full
		tc.change(&l)
		if l.Lost() != tc.want || l.Balanced() != (tc.want == 0) {
			t.Errorf("%+v: %d lost, balanced %v, want %d", l, l.Lost(), l.Balanced(), tc.want)
		}
	}
}
