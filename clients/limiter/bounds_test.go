package limiter_test

import (
	"math"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// What is at a bound is valid, and what is beyond it is refused.
func TestConfigsAtTheirBounds(t *testing.T) {
	headroom := func(least, most time.Duration, factor float64, samples int) *Adaptive {
		return &Adaptive{Headroom: AdaptiveHeadroom{Min: least, Max: most, Factor: factor, Samples: samples}, Measure: MeasureSend}
	}
	for _, c := range []struct {
		config Config
		valid  bool
	}{
		{headroom(ms, ms, 1000, 1e6), true},
		{headroom(ms, 0, 0.001, 1), true},
		{headroom(ms, ms-1, 1, 1), false},
		{headroom(0, 0, 0, 1), false},
		{headroom(0, 0, 1001, 1), false},
		{headroom(0, 0, math.NaN(), 1), false},
		{headroom(0, 0, 1, 0), false},
		{headroom(0, 0, 1, 1e6+1), false},
		{&Jitter{Fraction: 10, Samples: 1e6}, true},
		{&Jitter{Fraction: 0.001, Samples: 2}, true},
		{&Jitter{Fraction: 10.5, Samples: 2}, false},
		{&Jitter{Fraction: 0, Samples: 2}, false},
		{&Jitter{Fraction: 1, Samples: 1}, false},
		{&Jitter{Fraction: 1, Samples: 1e6 + 1}, false},
		{&SlidingLog{Limit: Rate{N: 1e6, Per: math.MaxInt64 / 1_000_000}}, true},
		{&SlidingLog{Limit: Rate{N: 1e6, Per: math.MaxInt64/1_000_000 + 1}}, false},
		{&SlidingLog{Limit: Rate{N: 1e6 + 1, Per: time.Second}}, false},
		{&FixedInterval{Interval: 1}, true},
		{&FixedInterval{}, false},
	} {
		if err := c.config.Validate(reference); (err == nil) != c.valid {
			t.Errorf("%+v: %v, valid: %v", c.config, err, c.valid)
		}
	}
	r := Rate{N: 1, Per: time.Second}
	const most = math.MaxInt64/int(time.Second) - 1
	for ahead, valid := range map[int]bool{-1: false, 0: true, most: true, most + 1: false} {
		if err := r.ValidateAhead("burst", ahead, reference); (err == nil) != valid {
			t.Errorf("%d ahead: %v", ahead, err)
		}
	}
}

// What would take more than a hundred years takes a hundred years.
func TestTheLongestWait(t *testing.T) {
	const longest = 100 * 366 * 24 * time.Hour
	for _, c := range []struct {
		interval time.Duration
		cost     int64
		want     time.Duration
	}{
		{366 * 24 * time.Hour, 99, 99 * 366 * 24 * time.Hour}, {366 * 24 * time.Hour, 100, longest}, {366 * 24 * time.Hour, 101, longest},
		{365 * 24 * time.Hour, 100, 100 * 365 * 24 * time.Hour}, {366 * 24 * time.Hour, 1 << 60, longest}, {1, 7, 7},
	} {
		l := limitertest.New(&FixedInterval{Interval: c.interval}, Quota{Limit: 1000, Window: 1000})
		l.Sent(epoch, c.cost)
		if got := l.Next(epoch, 1).Sub(epoch); got < c.want || got > c.want+2000 {
			t.Errorf("a cost of %d at %v each: the next leaves after %v, want %v", c.cost, c.interval, got, c.want)
		}
	}
}
