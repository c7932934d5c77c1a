package limiter_test

import (
	"testing"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

var reference = limitertest.Reference

// everyKind has one configuration of each limiter.
func everyKind() map[string]Config {
	return map[string]Config{
		"fixed-interval": &FixedInterval{Interval: 50 * ms},
		"window":         &Window{},
		"adaptive": &Adaptive{
			Headroom: AdaptiveHeadroom{Start: 40 * ms, Min: 30 * ms, Max: 50 * ms, Factor: 1.1, Samples: 100},
			Measure:  MeasureCreation,
		},
		"sliding-log":       &SlidingLog{},
		"reservation":       &bucket.Reservation{},
		"token-bucket":      &bucket.TokenBucket{},
		"none":              &None{},
		"paced":             &Paced{Spread: 50 * ms},
		"ack-clocked":       &AckClocked{Latency: 50 * ms},
		"ack-clocked blind": &AckClocked{},
		"server-time":       &ServerTime{Latency: 50 * ms},
		"jitter":            &Jitter{Start: 50 * ms, Fraction: 1, Samples: 100},
	}
}

func TestEveryKindConforms(t *testing.T) {
	for name, c := range everyKind() {
		t.Run(name, func(t *testing.T) {
			if err := c.Validate(reference); err != nil {
				t.Fatal(err)
			}
			limitertest.Conform(t, func() Limiter { return limitertest.New(c, reference) }, false)
		})
	}
}

// The window limiters against a brute-force count of their own departures.
func TestWindowsNeverExceedTheLimit(t *testing.T) {
	for _, name := range []string{"fixed-interval", "window", "adaptive"} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				q := Quota{Limit: rapid.IntRange(1, 6).Draw(rt, "limit"), Window: 300 * ms, Resolution: ms}
				departures := limitertest.Walk(rt, limitertest.New(everyKind()[name], q))
				for i, from := range departures {
					n := 0
					for _, d := range departures[i:] {
						if d.UnixMilli()-from.UnixMilli() <= 300 {
							n++
						}
					}
					if n > q.Limit {
						rt.Fatalf("%d departures within 300 ms of %v, limit %d", n, from.Sub(epoch), q.Limit)
					}
				}
			})
		})
	}
}

// Rate limiters without a burst and tuned to W' + J: of any N+1 departures the
// last leaves W' + J after the first.
func TestTunedKindsKeepTheirDistance(t *testing.T) {
	tuned := Rate{N: 20, Per: 1051 * ms}
	for name, c := range map[string]Config{
		"sliding-log":  &SlidingLog{Limit: tuned},
		"token-bucket": &bucket.TokenBucket{Limit: tuned, Burst: 1},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { limitertest.KeepsItsDistance(rt, c, tuned) })
		})
	}
}
