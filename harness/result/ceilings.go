package result

import (
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/theory"
)

// Ceilings are the upper bounds that package theory computes, in requests per
// second; nil: the bound does not exist, as with an unbounded latency.
type Ceilings struct {
	ServerCap     *float64 `json:"server_cap"`     // what the server admits at all
	ServerTime    *float64 `json:"server_time"`    // without a 429, knowing when requests arrive
	Provable      *float64 `json:"provable"`       // without a 429, knowing send and answer times
	FixedHeadroom *float64 `json:"fixed_headroom"` // without a 429, waiting out the longest latency
	Offered       *float64 `json:"offered"`        // what the generator makes
}

// A CeilingStep is what the ceilings are from a time of the run on, until the
// next step. The first step begins at 0. A scenario whose ceilings never change
// has none, and neither have files from before there were steps; then the
// ceilings hold for all of the run.
//
// While the server is down, all ceilings but that of the load are 0.
type CeilingStep struct {
	FromS float64 `json:"from_s"` // since the start of the run
	Ceilings
}

// NewCeilings is c as summaries hold it: rounded, and nil where there is none.
func NewCeilings(c theory.Ceilings) Ceilings {
	some := func(v float64) *float64 {
		if v == 0 {
			return nil
		}
		v = metrics.Rounded(v)
		return &v
	}
	return Ceilings{
		ServerCap:     some(c.ServerCap),
		ServerTime:    some(c.ServerTime),
		Provable:      some(c.Provable),
		FixedHeadroom: some(c.FixedHeadroom),
		Offered:       some(c.Offered),
	}
}

// NewCeilingSteps are steps with the bounds that there are over the run.
func NewCeilingSteps(steps []theory.Step, run Ceilings) []CeilingStep {
	var list []CeilingStep
	for _, s := range steps {
		c := NewCeilings(s.Ceilings)
		if s.Down {
			c = run.whileDown()
		}
		list = append(list, CeilingStep{s.From.Seconds(), c})
	}
	return list
}

// whileDown is what is left of the bounds while the server is down.
func (c Ceilings) whileDown() Ceilings {
	for _, b := range c.bounds() {
		if *b.of != nil && b.of != &c.Offered {
			*b.of = new(float64)
		}
	}
	return c
}

// A bound is a ceiling that may not exist.
type bound struct {
	name string // in the files
	of   **float64
	Ceiling
}

// bounds are the ceilings in the order of their definition.
func (c *Ceilings) bounds() []bound {
	return []bound{
		{"server_cap", &c.ServerCap, Ceiling{Label: "server cap", Meaning: "what the server admits at all"}},
		{"server_time", &c.ServerTime, Ceiling{Label: "server time", Meaning: "without a 429, knowing when requests arrive"}},
		{"provable", &c.Provable, Ceiling{Label: "provable", Meaning: "without a 429, knowing when requests are sent and answered", Main: true}},
		{"fixed_headroom", &c.FixedHeadroom, Ceiling{Label: "fixed headroom", Meaning: "without a 429, waiting out the longest latency"}},
		{"offered", &c.Offered, Ceiling{Label: "offered", Meaning: "what the load generator makes"}},
	}
}

// Averaged says of ceilings that change that the figures are their means; "" of
// those that do not. Package theory has the reason why outages do not count.
func (s *Summary) Averaged() string {
	switch {
	case len(s.CeilingSteps) == 0:
		return ""
	case slices.ContainsFunc(s.CeilingSteps, CeilingStep.isDown):
		return "means over the run, outages not counted"
	}
	return "means over the run"
}

func (s CeilingStep) isDown() bool { return s.ServerCap != nil && *s.ServerCap == 0 }

// A Ceiling is a bound with the words for it.
type Ceiling struct {
	Label   string
	Meaning string
	Value   float64
	Main    bool // the one that strategies are measured by
}

// List returns the ceilings that exist, in the order of their definition.
func (c *Ceilings) List() []Ceiling {
	var list []Ceiling
	for _, b := range c.bounds() {
		if v := *b.of; v != nil {
			b.Value = *v
			list = append(list, b.Ceiling)
		}
	}
	return list
}
