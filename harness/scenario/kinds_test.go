package scenario

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// testKinds are limiters for the tests of the decoder, with parameters of
// every type there is.
func testKinds() []limiter.Kind {
	return []limiter.Kind{
		{Name: "fixed-interval", Polls: true, Default: func() limiter.Config { return &spacing{Interval: 50 * time.Millisecond} }},
		{Name: "window", Default: func() limiter.Config { return &spacing{} }},
		{Name: "adaptive", Default: func() limiter.Config {
			return &everyType{
				Headroom: headroom{Start: 40 * time.Millisecond, Min: 30 * time.Millisecond, Max: 50 * time.Millisecond, Factor: 1.1, Samples: 100},
				Measure:  "creation",
			}
		}},
	}
}

type spacing struct {
	Interval time.Duration `yaml:"interval"`
	Private  int           `yaml:"-"`
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

func (c *spacing) New(limiter.Quota) limiter.Limiter { return nil }

type everyType struct {
	Headroom headroom `yaml:"headroom"`
	Measure  string   `yaml:"measure"`
	Jitter   bool     `yaml:"jitter,omitempty"`
	Seed     uint64   `yaml:"seed"`
	Limit    Limit    `yaml:"limit"`
}

type headroom struct {
	Start   time.Duration `yaml:"start"`
	Min     time.Duration `yaml:"min"`
	Max     time.Duration `yaml:"max"`
	Factor  float64       `yaml:"factor"`
	Samples int           `yaml:"samples"`
}

func (c *everyType) Validate(limiter.Quota) error {
	var errs []error
	if h := c.Headroom; h.Max < h.Min {
		errs = append(errs, fmt.Errorf("headroom.max is %v, want at least headroom.min %v", h.Max, h.Min))
	}
	if c.Measure != "creation" && c.Measure != "send" {
		errs = append(errs, fmt.Errorf("measure is %q, want creation or send", c.Measure))
	}
	return errors.Join(errs...)
}

func (c *everyType) New(limiter.Quota) limiter.Limiter { return nil }
