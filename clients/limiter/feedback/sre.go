package feedback

import (
	"errors"
	"math"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

// SRE throttles itself as the clients of a service do that is overloaded: with so
// many requests and so many of them accepted in the last two minutes, an attempt
// is turned away before it leaves with the probability
//
//	p    = max(0, (requests − K · accepts) / (requests + 1)),
//	next = last + m · Every,  m attempts in a row being turned away.
//
// With K = 2 as many requests are refused, in the end, as are accepted: it
// protects a server from much more than that, and is no way to keep to a limit.
// In the original who is turned away fails. Here it waits, and tries again after
// Every; each attempt counts as a request, as there. How many are turned away is
// worked out with each departure and each answer. A request counts as many as it
// is charged; what it turns out to cost is no matter.
//
// The attempts of departure n are drawn with a hash of n, keyed with Seed.
//
// Source: Beyer et al., "Site Reliability Engineering", 2016, chapter 21,
// "Client-side throttling"; the time between two attempts is ours.
type SRE struct {
	// K is how many requests there may be for one that is accepted: 1 to 1000;
	// the book has 2.
	K float64
	// Over is how far back is counted: 1 s to a year; the book has 2 minutes.
	Over time.Duration
	// Every is the time between two attempts; 0 is the quota's Window/Limit.
	Every time.Duration
	// Seed keys the draws; any value.
	Seed uint64
}

// Validate implements limiter.Config.
func (c *SRE) Validate(q limiter.Quota) error {
	return errors.Join(
		q.Validate(),
		between("k", c.K, 1, 1000),
		spanBetween("over", c.Over, time.Second, 366*24*time.Hour),
		spanBetween("every", c.Every, 0, 366*24*time.Hour))
}

// New implements limiter.Config.
func (c *SRE) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	every := c.Every
	if every == 0 {
		every = max(q.Window/time.Duration(q.Limit), 1)
	}
	return &sre{k: c.K, over: c.Over, every: every, seed: c.Seed}, nil
}

// sreSlots is in how many parts the time is cut that is counted.
const sreSlots = 24

type sre struct {
	k     float64
	over  time.Duration
	every time.Duration
	seed  uint64

	sent   limiter.Ticket
	flying flights.Costs
	start  time.Time // the first departure
	last   time.Time // departure
	away   int64     // attempts that are turned away after it
	slots  [sreSlots]sreSlot
}

// An sreSlot counts what was in one part of the time.
type sreSlot struct {
	number            int64 // of the part, since the start
	requests, accepts float64
}

func (s *sre) Next(now time.Time, _ int64) time.Time {
	if s.sent == 0 {
		return now
	}
	return s.last.Add(time.Duration(s.away) * s.every)
}

// turnedAway is how many attempts are, as of now, before the next that is not.
func (s *sre) turnedAway(now time.Time) int64 {
	var requests, accepts float64
	oldest := s.slotAt(now) - sreSlots + 1
	for i := range s.slots {
		if slot := &s.slots[i]; slot.number >= oldest {
			requests += slot.requests
			accepts += slot.accepts
		}
	}
	p := (requests - s.k*accepts) / (requests + 1)
	if p <= 0 {
		return 0
	}
	u := keyedrand.Uniform(s.seed, uint64(s.sent))
	most := float64(s.over / s.every) // by then all that is known has been forgotten
	return int64(min(math.Log(max(u, 1e-300))/math.Log(p), most))
}

func (s *sre) Sent(now time.Time, cost int64) limiter.Ticket {
	if s.sent == 0 {
		s.start = now
	}
	s.count(now).requests += float64(cost * (1 + s.away))
	s.sent++
	s.last = now
	s.away = s.turnedAway(now)
	return s.flying.Depart(cost)
}

func (s *sre) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	cost := s.flying.Land(t)
	if o.Err == nil && !o.Limited() && o.Status < 500 {
		s.count(now).accepts += float64(cost)
	}
	s.away = s.turnedAway(now)
}

func (s *sre) slotAt(now time.Time) int64 { return int64(now.Sub(s.start) / (s.over / sreSlots)) }

// count is what counts at now.
func (s *sre) count(now time.Time) *sreSlot {
	number := s.slotAt(now)
	slot := &s.slots[number%sreSlots]
	if slot.number != number {
		*slot = sreSlot{number: number}
	}
	return slot
}
