package limiter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

func TestSlidingLogTimeline(t *testing.T) {
	timeline(t, &SlidingLog{}, threePerSecond, []row{
		{100 * time.Microsecond, 0, send},
		{10 * ms, 0, send},
		{10 * ms, 0, send},
		{20 * ms, time.Second + 100*time.Microsecond, look}, // 0.1 + 1000, no tick, not strictly
		{1500 * ms, 0, send},                                // late, in the slot of 0.1
		{1500 * ms, 0, send},                                // in the slot of 10
		{1500 * ms, 0, send},                                // in the other
		{1500 * ms, 2500 * ms, look},
	})
	timeline(t, &SlidingLog{Limit: Rate{1, 1051 * ms}}, threePerSecond, []row{
		{0, 0, send},
		{0, 1051 * ms, look},
	})
}

// The log against a count, at each instant that could be the next departure.
func TestSlidingLogAgainstACount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := limitertest.AnyRate(rt)
		l := limitertest.New(&SlidingLog{Limit: limit}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, now time.Time) time.Time {
			sent := limitertest.Departures(events)
			within := func(at time.Time) (n int) {
				for _, d := range sent {
					if at.Sub(d) < limit.Per {
						n++
					}
				}
				return n
			}
			at := now
			for i := 0; within(at) >= limit.N; i++ {
				at = later(now, sent[i].Add(limit.Per))
			}
			return at
		}})
	})
}
