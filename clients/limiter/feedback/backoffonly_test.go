package feedback_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/backoff"
	"ratebench/clients/keyedrand"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

func TestBackoffOnlyTimeline(t *testing.T) {
	timeline(t, &BackoffOnly{Base: 50 * ms, Cap: 150 * ms}, threePerSecond, []row{
		{0, 0, send},
		{0, 0, send}, // no pacing
		{0, 0, send},
		{10 * ms, 0, answer(0, 429, 0, 0)},        // first in a row: 50
		{30 * ms, 60 * ms, answer(1, 429, 0, 0)},  // second: 100
		{40 * ms, 130 * ms, answer(2, 200, 0, 0)}, // ends the row, not the waiting
		{40 * ms, 130 * ms, look},
		{130 * ms, 0, send},
		{140 * ms, 0, answer(3, 429, 0, 0)}, // first: 50
		{190 * ms, 0, send},
		{195 * ms, 0, lose(4)}, // neither ends the row nor adds to it
		{200 * ms, 0, send},
		{210 * ms, 0, answer(5, 429, 0, 0)}, // second: 100
		{320 * ms, 0, send},
		{330 * ms, 0, answer(6, 429, 0, 0)}, // third: 200, capped
		{330 * ms, 480 * ms, look},
	})
}

// Nothing leaves before the end of any delay so far, worked out anew from all
// that has happened.
func TestBackoffOnlyAgainstAReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := backoff.Rule{
			Base:   time.Duration(rapid.Int64Range(1, int64(50*ms)).Draw(rt, "base")),
			Cap:    500 * ms,
			Jitter: rapid.SampledFrom([]string{"", backoff.JitterNone, backoff.JitterFull, backoff.JitterEqual, backoff.JitterDecorrelated}).Draw(rt, "jitter"),
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		l := limitertest.New(&BackoffOnly{Base: b.Base, Cap: b.Cap, Jitter: b.Jitter, Seed: seed}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, _ time.Time) (next time.Time) {
			var row []time.Duration // delays since the last answer other than 429
			n := uint64(0)
			for _, e := range events {
				switch e.Status {
				case 0:
				case 429:
					previous := append([]time.Duration{0}, row...)[len(row)]
					row = append(row, b.Delay(len(row), previous, keyedrand.Uniform(seed, n)))
					next = later(next, e.At.Add(row[len(row)-1]))
					n++
				default:
					row = nil
				}
			}
			return next
		}})
	})
}
