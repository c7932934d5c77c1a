package limiter

import (
	"fmt"
	"time"
)

// slots is a ring whose times are, for each departure, the latest instant at
// which the server can have counted it.
type slots struct{ ring }

func newSlots(n int) slots { return slots{newRing(n)} }

// tighten records that departure t was counted by the given instant, if its
// slot has not been taken over since.
func (s *slots) tighten(t Ticket, bound time.Time) {
	if t >= s.sent || s.sent-t > Ticket(len(s.times)) {
		return
	}
	b := &s.times[t%Ticket(len(s.times))]
	if bound.Before(*b) {
		*b = bound
	}
}

// reusable is when a slot whose departure was counted by bound is free again
// for certain: a request that leaves a whole span later arrives a whole span
// later, or more.
func reusable(bound time.Time, span time.Duration) time.Time {
	if bound.IsZero() || bound.Equal(Never) {
		return bound
	}
	return bound.Add(span)
}

// countedBy is the latest instant at which a request that leaves now can be
// counted: within the longest incoming latency, or, when that is not known
// (0), not before an answer tells.
func countedBy(now time.Time, longest time.Duration) time.Time {
	if longest == 0 {
		return Never
	}
	return now.Add(longest)
}

// validateLatencies checks bounds of the incoming latency; a longest of 0 is
// not known.
func validateLatencies(longest, shortest time.Duration) error {
	if err := notNegative("latency", longest); err != nil {
		return err
	}
	if shortest < 0 || longest > 0 && shortest > longest {
		return fmt.Errorf("shortest is %v, want 0 to the longest latency", shortest)
	}
	return nil
}
