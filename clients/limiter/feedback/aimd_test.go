package feedback_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

func TestAIMDRisesWithSuccesses(t *testing.T) {
	c := &AIMD{Start: Rate{N: 20, Per: time.Second}, Increase: 0.1, Beta: 0.5, Min: 0.05}
	timeline(t, c, threePerSecond, []row{
		{0, 0, send},
		{10 * ms, 50 * ms, answer(0, 200, 0, 0)}, // 1/20; one departure does not show use of the rate
		{10 * ms, 50 * ms, look},
		{50 * ms, 0, send},
		{60 * ms, 100 * ms, answer(1, 200, 0, 50*ms)}, // gain 0.1 · 20/s per s: 20 + 2/20 = 20.1
		{60 * ms, 99_751_244, look},                   // 50 + 1000/20.1 = 50 + 49.751244
		{199 * ms, 0, send},                           // 149 ms apart: less than half of the rate is used
		{200 * ms, 248_751_244, answer(2, 200, 0, 0)}, // 199 + 49.751244
		{210 * ms, 248_751_244, lose(2)},              // no answer changes nothing
		{220 * ms, 248_751_244, answer(2, 400, 0, 0)}, // nor does another refusal
		{230 * ms, 248_751_244, answer(2, 429, 0, 0)}, // 20.1 · 0.5 = 10.05
		{240 * ms, 298_502_488, look},                 // 199 + 1000/10.05 = 199 + 99.502488
	})
}

func TestAIMDFallsOnceForRefusalsUnderWay(t *testing.T) {
	c := &AIMD{Start: Rate{N: 20, Per: time.Second}, Beta: 0.5, Min: 0.2}
	timeline(t, c, threePerSecond, []row{
		{0, 0, send},
		{50 * ms, 0, send},
		{60 * ms, 100 * ms, answer(1, 429, 0, 0)}, // 20 · 0.5 = 10
		{70 * ms, 150 * ms, answer(0, 429, 0, 0)}, // 50 + 100; left before the decrease
		{80 * ms, 150 * ms, look},
		{150 * ms, 0, send},
		{160 * ms, 250 * ms, answer(2, 429, 0, 0)}, // 10 · 0.5 = 5
		{350 * ms, 0, send},                        // 150 + 200
		{360 * ms, 550 * ms, answer(3, 429, 0, 0)}, // max(0.2 · 20, 5 · 0.5)
		{360 * ms, 600 * ms, look},                 // 350 + 250
	})
}

// The rate worked out anew, for each question, from all that has happened.
func TestAIMDAgainstAReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &AIMD{
			Start:    limitertest.AnyRate(rt),
			Increase: rapid.Float64Range(0, 3).Draw(rt, "increase"),
			Beta:     rapid.Float64Range(0.1, 1).Draw(rt, "beta"),
			Min:      rapid.Float64Range(0.001, 1).Draw(rt, "min"),
		}
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: limitertest.New(c, reference), RT: rt, Slop: 1, Want: func(events []limitertest.Event, now time.Time) time.Time {
			return replayAIMD(c, events, now)
		}})
	})
}

func replayAIMD(c *AIMD, events []limitertest.Event, now time.Time) (next time.Time) {
	start := float64(c.Start.N) / c.Start.Per.Seconds()
	rate := start
	var left []time.Time
	fresh := 0 // departures before it were under way at the last decrease
	used := false
	for _, e := range events {
		switch n := len(left); e.Status {
		case 0:
			if n > 0 {
				used = e.At.Sub(left[n-1]).Seconds() < 2/rate
			}
			left = append(left, e.At)
		case 200:
			if used {
				rate += c.Increase * start / c.Start.Per.Seconds() / rate
			}
		case 429:
			if int(e.Ticket) >= fresh {
				rate = math.Max(c.Min*start, rate*c.Beta)
				fresh = n
			}
		}
	}
	if len(left) == 0 {
		return now
	}
	return left[len(left)-1].Add(time.Duration(1e9 / rate))
}
