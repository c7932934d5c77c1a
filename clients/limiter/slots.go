package limiter

import (
	"fmt"
	"time"
)

// Slots are those of a sliding window, each with the latest instant at which the
// server can have counted its departure. AckClocked is nothing else; limiters
// that know more are built on them.
type Slots struct {
	ring
	quota   Quota
	longest time.Duration // incoming latency, with the drift; 0 is not known
	span    time.Duration // age at which a slot can be used again
}

// NewSlots makes slots for a server whose incoming latency has these bounds.
func NewSlots(q Quota, longest, shortest time.Duration) Slots {
	r := newRing(q.Limit)
	r.anyOrder = q.AnyOrder
	return Slots{
		ring: r, quota: q, longest: q.Widen(longest),
		span: q.Span() - (shortest - q.drift(shortest)),
	}
}

// Next implements Limiter: a slot whose departure was counted by some instant
// is free again for certain a span later, because a request that leaves then
// arrives a whole window later, or more.
func (s *Slots) Next(_ time.Time, cost int64) time.Time {
	bound := s.oldest(cost)
	if fixed(bound) {
		return bound
	}
	return bound.Add(s.span)
}

// Sent implements Limiter.
func (s *Slots) Sent(now time.Time, cost int64) Ticket {
	return s.push(countedBy(now, s.longest), cost)
}

// Left implements Delayable.
func (s *Slots) Left(now time.Time, t Ticket) { s.ring.Left(countedBy(now, s.longest), t) }

// tighten records that departure t was counted by the given instant, if its
// slot has not been taken over since.
func (s *Slots) tighten(t Ticket, bound time.Time) {
	i, found := s.find(t)
	if !found {
		return
	}
	if e := s.entry(i); bound.Before(e.at) {
		e.at = bound
		if s.anyOrder {
			s.sort(i)
		}
	}
}

// Ended records the end of a departure that tells no more than that it has
// ended. One that was given up may still be on its way; where no longest
// latency is known it is taken for counted by now, because nothing will tell.
// What it cost may have turned out otherwise.
func (s *Slots) Ended(now time.Time, t Ticket, o *Outcome) {
	if o.Err == nil || s.longest == 0 {
		s.tighten(t, now)
	}
	if o.Cost > 0 {
		s.settle(now, t, o.Cost)
	}
}

// Limit is how much may be counted at a time.
func (s *Slots) Limit() int64 { return s.limit }

// SetLimit changes it: 1 to the quota's Limit, to which other values are cut.
func (s *Slots) SetLimit(n int64) { s.limit = max(1, min(n, s.n)) }

// NextOf is Next under another limit, which may be as large as the quota's.
func (s *Slots) NextOf(limit, cost int64) time.Time {
	bound := s.oldestOf(limit, cost)
	if fixed(bound) {
		return bound
	}
	return bound.Add(s.span)
}

// Held is the most that the server can have counted of departures so far, as of
// any time from then on.
func (s *Slots) Held(then time.Time) int64 {
	for s.held > 0 {
		if e := s.entry(0); fixed(e.at) || e.at.Add(s.span).After(then) {
			break
		}
		s.take(0, s.entry(0).left)
	}
	return s.used
}

// Free gives back the slot of departure t, which the server has not counted.
func (s *Slots) Free(t Ticket) {
	if i, found := s.find(t); found {
		s.take(i, s.entry(i).left)
	}
}

// Hold counts a cost that is none of the departures': somebody else's, as of now.
func (s *Slots) Hold(now time.Time, cost int64) { s.add(now, cost) }

// countedBy is the latest instant at which a request that leaves now can be
// counted: within the longest incoming latency, or, when that is not known
// (0), not before an answer tells.
func countedBy(now time.Time, longest time.Duration) time.Time {
	if longest == 0 {
		return Never
	}
	return now.Add(longest)
}

// ValidateLatencies checks bounds of the incoming latency; a longest of 0 is
// not known.
func ValidateLatencies(longest, shortest time.Duration) error {
	if err := notNegative("latency", longest); err != nil {
		return err
	}
	if shortest < 0 || shortest > maxWindow || longest > 0 && shortest > longest {
		return fmt.Errorf("shortest is %v, want 0 to the longest latency", shortest)
	}
	return nil
}
