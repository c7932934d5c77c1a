package limiter

import (
	"fmt"
	"time"
)

// slots is a ring whose times are, for each departure, the latest instant at
// which the server can have counted it.
type slots struct {
	ring
	quota   Quota
	longest time.Duration // incoming latency, with the drift; 0 is not known
	span    time.Duration // age at which a slot can be used again
}

// newSlots makes slots for a server whose incoming latency has these bounds.
func newSlots(q Quota, longest, shortest time.Duration) slots {
	r := newRing(q.Limit)
	r.anyOrder = q.AnyOrder
	return slots{
		ring: r, quota: q, longest: q.widen(longest),
		span: q.Span() - (shortest - q.drift(shortest)),
	}
}

// Next implements Limiter: a slot whose departure was counted by some instant
// is free again for certain a span later, because a request that leaves then
// arrives a whole window later, or more.
func (s *slots) Next(_ time.Time, cost int64) time.Time {
	bound := s.oldest(cost)
	if fixed(bound) {
		return bound
	}
	return bound.Add(s.span)
}

// Sent implements Limiter.
func (s *slots) Sent(now time.Time, cost int64) Ticket {
	return s.push(countedBy(now, s.longest), cost)
}

// Left implements Delayable.
func (s *slots) Left(now time.Time, t Ticket) { s.ring.Left(countedBy(now, s.longest), t) }

// tighten records that departure t was counted by the given instant, if its
// slot has not been taken over since.
func (s *slots) tighten(t Ticket, bound time.Time) {
	i, found := s.find(t)
	if !found {
		return
	}
	if e := s.entry(i); bound.Before(e.at) {
		e.at = bound
		s.sort(i)
	}
}

// ended records the end of a departure that tells no more than that it has
// ended. One that was given up may still be on its way; where no longest
// latency is known it is taken for counted by now, because nothing will tell.
// What it cost may have turned out otherwise.
func (s *slots) ended(now time.Time, t Ticket, o *Outcome) {
	if o.Err == nil || s.longest == 0 {
		s.tighten(t, now)
	}
	s.settle(now, t, o.Cost)
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
	if shortest < 0 || shortest > maxWindow || longest > 0 && shortest > longest {
		return fmt.Errorf("shortest is %v, want 0 to the longest latency", shortest)
	}
	return nil
}
