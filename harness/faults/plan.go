// Package faults breaks requests on purpose, in both worlds alike: a Plan
// decides the fate of each request from the seed, a Caller carries the fates
// out in virtual time, and a Handler over HTTP.
package faults

import (
	"time"

	"ratebench/harness/dist"
)

// A Fate is what happens to a request.
type Fate uint8

// The fates. Counted means that the server has judged the request, and that it
// took a slot if it was accepted, whatever the client gets to see.
const (
	None        Fate = iota // served as usual
	Error500                // answered 500 at once, by something in front of the server; not counted
	Error503                // answered 503 in the same way
	Spike                   // takes longer on the way in
	Hang                    // counted, and never answered
	ResetBefore             // the connection breaks before the server sees the request
	ResetAfter              // counted, and the connection breaks before the answer is through
	Malformed               // counted, and the answer is cut short
	Down                    // the server is down: the connection breaks at once
	fates
)

var names = [...]string{"none", "500", "503", "spike", "hang", "reset-before", "reset-after", "malformed", "down"}

func (f Fate) String() string { return names[f] }

// Fates lists all fates but None.
func Fates() []Fate {
	all := make([]Fate, 0, fates)
	for f := None + 1; f < fates; f++ {
		all = append(all, f)
	}
	return all
}

// Config says how often each fate befalls a request. Shares are probabilities;
// their sum is at most 1. The zero Config breaks nothing.
type Config struct {
	Error500, Error503      float64
	Spike                   float64
	SpikeLatency            dist.Dist // added to the latency in; required if Spike is more than 0
	Hang                    float64
	ResetBefore, ResetAfter float64
	Malformed               float64
	Outages                 []Outage // in ascending order, not overlapping
}

// An Outage is a time in which the server is down.
type Outage struct {
	At, For time.Duration // since the start of the run, and how long
	Lose    bool          // the server comes back with its windows and nonces lost
}

// Any reports whether anything is to be broken.
func (c Config) Any() bool { return c.Total() > 0 || len(c.Outages) > 0 }

// Total is the share of requests that are broken, outages apart.
func (c Config) Total() float64 {
	sum := 0.0
	for _, s := range c.shares() {
		sum += s.share
	}
	return sum
}

type share struct {
	fate  Fate
	share float64
}

func (c Config) shares() []share {
	return []share{
		{Error500, c.Error500}, {Error503, c.Error503}, {Spike, c.Spike}, {Hang, c.Hang},
		{ResetBefore, c.ResetBefore}, {ResetAfter, c.ResetAfter}, {Malformed, c.Malformed},
	}
}

// Streams of random numbers, apart from those of the harness.
const (
	streamFate  = 1 << 40
	streamSpike = 1<<40 + 1
)

// A Plan decides fates. Decisions depend on the seed, on how many requests
// there were before, and on the time, and on nothing else.
type Plan struct {
	config Config
	seed   uint64
}

// NewPlan returns the plan of a seed.
func NewPlan(c Config, seed uint64) *Plan { return &Plan{c, seed} }

// Fate decides on request n, counted from 0, which reaches the server's side
// at a time since the start of the run. The extra latency is that of a Spike.
func (p *Plan) Fate(n uint64, at time.Duration) (f Fate, extra time.Duration) {
	for _, o := range p.config.Outages {
		if at >= o.At && at < o.At+o.For {
			return Down, 0
		}
	}
	u := dist.U(p.seed, streamFate, n)
	for _, s := range p.config.shares() {
		if u < s.share {
			if s.fate == Spike {
				extra = p.config.SpikeLatency.Quantile(dist.U(p.seed, streamSpike, n))
			}
			return s.fate, extra
		}
		u -= s.share
	}
	return None, 0
}
