package scenario

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/kinds"
)

// testKinds are limiters for the tests of the decoder, with parameters of
// every type there is.
func testKinds() []kinds.Kind {
	spaced := func(interval time.Duration) func() (limiter.Config, []kinds.Parameter) {
		return func() (limiter.Config, []kinds.Parameter) {
			c := &spacing{Interval: interval}
			return c, []kinds.Parameter{{Name: "interval", Value: &c.Interval}}
		}
	}
	return []kinds.Kind{
		{Name: "fixed-interval", Polls: true, New: spaced(50 * time.Millisecond)},
		{Name: "window", New: spaced(0)},
		{Name: "adaptive", New: func() (limiter.Config, []kinds.Parameter) {
			c := &everyType{
				Headroom: headroom{Start: 40 * time.Millisecond, Min: 30 * time.Millisecond, Max: 50 * time.Millisecond, Factor: 1.1, Samples: 100},
				Measure:  "creation",
			}
			h := &c.Headroom
			return c, []kinds.Parameter{
				{Name: "headroom", Value: []kinds.Parameter{
					{Name: "start", Value: &h.Start},
					{Name: "min", Value: &h.Min},
					{Name: "max", Value: &h.Max},
					{Name: "factor", Value: &h.Factor},
					{Name: "samples", Value: &h.Samples},
				}},
				{Name: "measure", Value: &c.Measure, Words: []string{"creation", "send"}},
				{Name: "jitter", Value: &c.Jitter},
				{Name: "seed", Value: &c.Seed},
				{Name: "limit", Value: &c.Limit},
			}
		}},
	}
}

func testLoader() Loader { return Loader{Kinds: testKinds()} }

type spacing struct {
	Interval time.Duration
}

func (c *spacing) Validate(q limiter.Quota) error {
	if c.Interval < 0 {
		return fmt.Errorf("interval is %v, want 0 or more", c.Interval)
	}
	if c.Interval > q.Window {
		return fmt.Errorf("interval is %v, want at most the window %v", c.Interval, q.Window)
	}
	return nil
}

func (c *spacing) New(limiter.Quota) (limiter.Limiter, error) { return nil, nil }

type everyType struct {
	Headroom headroom
	Measure  string
	Jitter   bool
	Seed     uint64
	Limit    Limit
}

type headroom struct {
	Start   time.Duration
	Min     time.Duration
	Max     time.Duration
	Factor  float64
	Samples int
}

func (c *everyType) Validate(limiter.Quota) error {
	var errs []error
	if h := c.Headroom; h.Max < h.Min {
		errs = append(errs, fmt.Errorf("headroom.max is %v, want at least headroom.min %v", h.Max, h.Min))
	}
	if c.Headroom.Samples < 1 {
		errs = append(errs, fmt.Errorf("headroom.samples is %d, want 1 or more", c.Headroom.Samples))
	}
	return errors.Join(errs...)
}

func (c *everyType) New(limiter.Quota) (limiter.Limiter, error) { return nil, nil }
