package limiter_test

import (
	"math"
	"testing"
	"time"

	. "ratebench/clients/limiter"
)

func TestSpan(t *testing.T) {
	const year = 366 * 24 * time.Hour
	for _, c := range []struct {
		quota Quota
		want  time.Duration
	}{
		{Quota{Limit: 1, Window: time.Second, Resolution: ms}, 1001*ms + 200_200},         // 200 ppm of 1001 ms
		{Quota{Limit: 1, Window: time.Second}, time.Second + 1 + 200_001},                 // a continuous clock: strictly more, by one nanosecond; 200 ppm of it, rounded up
		{Quota{Limit: 1, Window: time.Second, Drift: 1}, time.Second + 1 + 1001},          // 1 ppm, rounded up
		{Quota{Limit: 1, Window: 1, Drift: 1}, 3},                                         // rounded up even where there is next to nothing
		{Quota{Limit: 1, Window: year, Resolution: year, Drift: 1e5}, 2*year + year/10*2}, // does not overflow
	} {
		if err := c.quota.Validate(); err != nil {
			t.Error(err)
		}
		if got := c.quota.Span(); got != c.want {
			t.Errorf("%+v: span %d, want %d", c.quota, got, c.want)
		}
	}
}

// However fast or slow the client's clock is within the drift, a span that has
// passed by it has passed by the server's.
func TestSpanHoldsForClocksWithinTheDrift(t *testing.T) {
	for _, q := range []Quota{
		{Limit: 20, Window: time.Second, Resolution: ms}, {Limit: 100, Window: time.Minute}, {Limit: 1000, Window: time.Hour, Resolution: time.Second},
		{Limit: 1, Window: 24 * time.Hour, Drift: 10_000}, {Limit: 1, Window: ms, Drift: 1},
	} {
		drift := float64(q.Drift)
		if drift == 0 {
			drift = DefaultDrift
		}
		real := float64(q.Span()) / (1 + drift/1e6)
		if least := float64(q.Window + max(q.Resolution, 1)); real < least*(1-1e-15) {
			t.Errorf("%+v: after %v nanoseconds of the server's, want %v", q, real, least)
		}
	}
}

func TestQuotaNamesTheField(t *testing.T) {
	good := Quota{Limit: 1, Window: time.Second}
	for want, change := range map[string]func(*Quota){
		"quota's Limit is 0, want 1 to 1000000":                                         func(q *Quota) { q.Limit = 0 },
		"quota's Limit is 1000001, want 1 to 1000000":                                   func(q *Quota) { q.Limit = 1_000_001 },
		"quota's Window is 0s, want more than 0 and at most 8784h0m0s":                  func(q *Quota) { q.Window = 0 },
		"quota's Window is 8784h0m0.000000001s, want more than 0 and at most 8784h0m0s": func(q *Quota) { q.Window = 366*24*time.Hour + 1 },
		"quota's Resolution is -1ns, want 0 to the window 1s":                           func(q *Quota) { q.Resolution = -1 },
		"quota's Resolution is 1.000000001s, want 0 to the window 1s":                   func(q *Quota) { q.Resolution = time.Second + 1 },
		"quota's Drift is -1 ppm, want 0 to 100000":                                     func(q *Quota) { q.Drift = -1 },
		"quota's Drift is 100001 ppm, want 0 to 100000":                                 func(q *Quota) { q.Drift = 100_001 },
		"quota's Count is Count(9), want log, aligned, first or counter":                func(q *Quota) { q.Count = 9 },
		"quota's Burst is -1, want 0 to 1000000":                                        func(q *Quota) { q.Burst = -1 },
		"quota's Burst is 1000001, want 0 to 1000000":                                   func(q *Quota) { q.Burst = 1_000_001 },
		"quota's Refill is -1ns, want 0 to 8784h0m0s":                                   func(q *Quota) { q.Burst, q.Refill = 1, -1 },
		"quota's Refill is 1s without a Burst, want a bucket to refill":                 func(q *Quota) { q.Refill = time.Second },
		"quota's Count is counter and its Burst 1, want one of the two: a limit is a window or a bucket": func(q *Quota) {
			q.Count, q.Burst = CountCounter, 1
		},
	} {
		q := good
		change(&q)
		if err := q.Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, q := range []Quota{good, {Limit: 1_000_000, Window: 366 * 24 * time.Hour, Resolution: 366 * 24 * time.Hour, Drift: 100_000}, {Limit: 1, Window: 1, Resolution: 1, Drift: 1}} {
		if err := q.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// Every limiter refuses a quota that is none, however it uses it, and times
// with which sums would overflow.
func TestEveryKindRefuses(t *testing.T) {
	for name, c := range everyKind() {
		for _, q := range []Quota{{}, {Limit: 1}, {Window: time.Second}, {Limit: -1, Window: time.Second}, {Limit: 1, Window: -1}, {Limit: math.MaxInt, Window: math.MaxInt64}} {
			if l, err := c.New(q); l != nil || err == nil {
				t.Errorf("%s accepts %+v", name, q)
			}
		}
	}
	for _, c := range []Config{
		&Window{Headroom: math.MaxInt64}, &FixedInterval{Interval: math.MaxInt64}, &FixedInterval{Interval: 1, Headroom: math.MaxInt64},
		&Paced{Spread: math.MaxInt64}, &AckClocked{Latency: math.MaxInt64}, &AckClocked{Shortest: math.MaxInt64}, &ServerTime{Latency: math.MaxInt64},
		&Jitter{Start: math.MaxInt64, Fraction: 1, Samples: 2}, &Adaptive{Headroom: AdaptiveHeadroom{Start: math.MaxInt64, Factor: 1, Samples: 1}, Measure: MeasureSend},
	} {
		if l, err := c.New(reference); l != nil || err == nil {
			t.Errorf("%T accepts the longest duration there is", c)
		}
	}
}
