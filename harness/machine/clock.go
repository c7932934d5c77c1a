// Package machine is what the client of a scenario runs on: a clock that runs fast
// or slow, a wall clock that jumps, and a processor that its workers share.
package machine

import (
	"math"
	"time"

	"ratebench/clients"
	"ratebench/clients/pace"
	"ratebench/harness/scenario/client"
)

// A skewed runtime is one whose clock runs fast or slow. The client times its
// departures, TTLs and pauses by it; the timeout of a request is kept by the
// operating system, whose clock is right.
type skewed struct {
	clients.Runtime
	start time.Time
	rate  float64 // seconds that the clock shows per second
}

// Skew puts a runtime behind the client's own clock.
func Skew(rt clients.Runtime, start time.Time, c client.Clock) clients.Runtime {
	if c.Rate == 1 {
		return rt
	}
	return &skewed{Runtime: rt, start: start, rate: c.Rate}
}

// Now implements clients.Runtime.
func (s *skewed) Now() time.Time {
	return s.start.Add(scale(s.Runtime.Now().Sub(s.start), s.rate))
}

// Sleep implements clients.Runtime.
func (s *skewed) Sleep(d time.Duration) error {
	if d <= 0 {
		return s.Runtime.Sleep(d)
	}
	return s.Runtime.Sleep(s.whenShown(s.Now().Add(d)).Sub(s.Runtime.Now()))
}

// whenShown is when the clock shows at least the given time. It is the inverse
// of Now in spite of rounding: somebody who waits for a time and then finds
// that it has not come would wait for ever. A time that a slow clock never shows
// is as far away as can be.
func (s *skewed) whenShown(t time.Time) time.Time {
	shown := t.Sub(s.start)
	elapsed := scaleUp(shown, 1/s.rate)
	for elapsed < forever && scale(elapsed, s.rate) < shown {
		elapsed += min(1+(shown-scale(elapsed, s.rate))/2, forever-elapsed)
	}
	return s.start.Add(elapsed)
}

// NewSignal implements clients.Runtime.
func (s *skewed) NewSignal() pace.Signal { return skewedSignal{s.Runtime.NewSignal(), s} }

type skewedSignal struct {
	pace.Signal
	runtime *skewed
}

// Wait implements pace.Signal.
func (s skewedSignal) Wait(until time.Time) error {
	if until.IsZero() {
		return s.Signal.Wait(until)
	}
	return s.Signal.Wait(s.runtime.whenShown(until))
}

// forever is the longest duration that there is: longer ones are as long.
const forever = time.Duration(math.MaxInt64)

func scale(d time.Duration, by float64) time.Duration { return clamped(float64(d) * by) }

// scaleUp rounds up, so that a wait is never too short.
func scaleUp(d time.Duration, by float64) time.Duration { return clamped(math.Ceil(float64(d) * by)) }

// clamped is a number of nanoseconds, or the nearest that is one.
func clamped(ns float64) time.Duration {
	switch {
	case ns >= float64(forever):
		return forever
	case ns <= -float64(forever):
		return -forever
	}
	return time.Duration(ns)
}

// Wall returns what the client's wall clock shows when its steady clock
// shows now: the sum of the jumps so far apart from it. Nil: there are none.
func Wall(start time.Time, jumps []client.Jump) func(now time.Time) time.Time {
	if len(jumps) == 0 {
		return nil
	}
	return func(now time.Time) time.Time {
		wall := now
		for _, j := range jumps {
			if !now.Before(start.Add(j.At)) {
				wall = wall.Add(j.By)
			}
		}
		return wall
	}
}

// TrueTime passes events on with their times as a right clock shows them, from a
// client whose clock shows so many seconds per second.
func TrueTime(o clients.Observer, start time.Time, rate float64) clients.Observer {
	if rate == 1 {
		return o
	}
	return trueTime{o, start, rate}
}

type trueTime struct {
	clients.Observer
	start time.Time
	rate  float64
}

func (t trueTime) Observe(shown *clients.Event) {
	e := *shown
	for _, at := range []*time.Time{&e.Time, &e.Outcome.Sent, &e.Request.First, &e.Request.Created} {
		if !at.IsZero() {
			*at = t.start.Add(scale(at.Sub(t.start), 1/t.rate))
		}
	}
	t.Observer.Observe(&e)
}
