package bucket_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

func TestReservationTimeline(t *testing.T) {
	timeline(t, &bucket.Reservation{}, threePerSecond, []row{
		{100 * ms, 0, send},          // cycles begin at 100, 1100, 2100, …
		{900 * ms, 0, send},          //
		{900 * ms, 0, send},          //
		{900 * ms, 1100 * ms, look},  // 3 used
		{1100 * ms, 0, send},         //
		{1100 * ms, 0, send},         //
		{1100 * ms, 0, send},         // the 5th within 200 ms
		{1100 * ms, 2100 * ms, look}, //
		{7600 * ms, 0, send},         // cycle 7: 7100 to 8100; nothing is left over from 2 to 6
		{7600 * ms, 0, send},         //
		{7600 * ms, 0, send},         //
		{8099 * ms, 8100 * ms, look}, //
		{8100 * ms, 0, look},         //
	})
}

func TestReservationTunedTimeline(t *testing.T) {
	timeline(t, &bucket.Reservation{Limit: Rate{N: 1, Per: 1051 * ms}}, threePerSecond, []row{
		{0, 0, send},
		{1050 * ms, 1051 * ms, look},
		{1051 * ms, 0, send},
		{1051 * ms, 2102 * ms, look},
	})
}

// At most N departures in each cycle, and no other reason to wait.
func TestReservationAgainstACount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := limitertest.AnyRate(rt)
		l := limitertest.New(&bucket.Reservation{Limit: limit}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, now time.Time) time.Time {
			sent := limitertest.Departures(events)
			if len(sent) == 0 {
				return now
			}
			for start := sent[0]; ; start = start.Add(limit.Per) {
				end, n := start.Add(limit.Per), 0
				for _, d := range sent {
					if !d.Before(start) && d.Before(end) {
						n++
					}
				}
				if now.Before(end) && n < limit.N {
					return later(now, start)
				}
			}
		}})
	})
}

// Requests in a line leave when the original lets them, which gives out
// permissions of cycles to come: their number in hand goes below zero.
func TestReservationLeavesWhenReservedAhead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := limitertest.AnyRate(rt)
		n, per := int64(limit.N), limit.Per
		var first time.Time
		cycle, inHand := int64(0), n
		limitertest.InALine(rt, limitertest.New(&bucket.Reservation{Limit: limit}, reference), 0, func(arrival time.Time) time.Time {
			if first.IsZero() {
				first = arrival
			}
			if c := int64(arrival.Sub(first) / per); c > cycle {
				inHand = min(n, inHand+(c-cycle)*n)
				cycle = c
			}
			inHand--
			if inHand >= 0 {
				return arrival
			}
			ahead := (-inHand + n - 1) / n // cycles: 1 for the first n that are missing
			return first.Add(time.Duration(cycle+ahead) * per)
		})
	})
}
