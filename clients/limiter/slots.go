package limiter

import (
	"fmt"
	"time"

	"ratebench/clients/limiter/internal/instant"
	"ratebench/clients/limiter/internal/ring"
)

// Slots are those of a sliding window, each with the latest instant at which the
// server can have counted its departure. AckClocked is nothing else; limiters
// that know more are built on them.
type Slots struct {
	departures
	longest time.Duration // incoming latency, with the drift; 0 is not known
	span    time.Duration // age at which a slot can be used again
}

// NewSlots makes slots for a server whose incoming latency has these bounds.
func NewSlots(q Quota, longest, shortest time.Duration) Slots {
	return Slots{
		departures: departures{ring: ring.New(q.Limit, q.AnyOrder)},
		longest:    q.Widen(longest), span: q.Span() - (shortest - q.drift(shortest)),
	}
}

// Next implements Limiter: a slot whose departure was counted by some instant
// is free again for certain a span later, because a request that leaves then
// arrives a whole window later, or more.
func (s *Slots) Next(_ time.Time, cost int64) time.Time { return s.free(cost, s.span) }

// Sent implements Limiter.
func (s *Slots) Sent(now time.Time, cost int64) Ticket {
	return Ticket(s.ring.Push(s.countedBy(s.clock.At(now)), cost))
}

// Left implements Delayable.
func (s *Slots) Left(now time.Time, t Ticket) { s.ring.Move(uint64(t), s.countedBy(s.clock.At(now))) }

// countedBy is the latest instant at which a request that leaves now can be
// counted: within the longest incoming latency, or, when that is not known,
// not before an answer tells.
func (s *Slots) countedBy(now instant.Instant) instant.Instant {
	if s.longest == 0 {
		return instant.Never
	}
	return now.Add(s.longest)
}

// Ended records the end of a departure that tells no more than that it has
// ended. One that was given up may still be on its way; where no longest
// latency is known it is taken for counted by now, because nothing will tell.
// What it cost may have turned out otherwise.
func (s *Slots) Ended(now time.Time, t Ticket, o *Outcome) {
	at := s.clock.At(now)
	if s.tells(o) {
		s.ring.Tighten(uint64(t), at)
	}
	if o.Cost > 0 {
		s.ring.Settle(at, uint64(t), o.Cost)
	}
}

// tells reports whether an end tells that the departure has been counted by then.
func (s *Slots) tells(o *Outcome) bool { return o.Err == nil || s.longest == 0 }

// Limit is how much may be counted at a time.
func (s *Slots) Limit() int64 { return s.ring.Limit() }

// SetLimit changes it: 1 to the quota's Limit, to which other values are cut.
func (s *Slots) SetLimit(n int64) { s.ring.SetLimit(n) }

// NextOf is Next under another limit, which may be as large as the quota's.
func (s *Slots) NextOf(limit, cost int64) time.Time {
	return s.clock.Time(s.ring.OldestOf(limit, cost).Add(s.span))
}

// Held is the most that the server can have counted of departures so far, as of
// any time from then on.
func (s *Slots) Held(then time.Time) int64 {
	return s.ring.FreeUntil(s.clock.At(then).Add(-s.span))
}

// Free gives back the slot of departure t, which the server has not counted.
func (s *Slots) Free(t Ticket) {
	s.ring.Free(uint64(t))
}

// Hold counts a cost that is none of the departures': somebody else's, as of now.
func (s *Slots) Hold(now time.Time, cost int64) { s.ring.Add(s.clock.At(now), cost) }

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
