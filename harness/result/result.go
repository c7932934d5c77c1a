// Package result is what the runs of a scenario say, and the folder it is kept
// in. It draws nothing.
//
// Everything is in a Data value. Build makes one from runs, and Read gets the
// same one back from the files of earlier runs.
package result

import (
	"slices"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result/setting"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// Data is everything that tables, files and charts are made of. Its figures
// are rounded as the files hold them, so that nothing depends on whether they
// come from runs or from files.
type Data struct {
	Summary Summary
	Series  []Timeline     // in the order of Summary.Strategies
	Latency []Distribution // in the same order
	Runs    []Run          // strategy by strategy, seeds ascending
	Blocks  []RunBlocks    // in the same order

	// Scenario is the scenario as it was run, as setting.Text writes it; nil: not
	// known, as of results of an earlier version.
	Scenario []byte

	// What is there on request only; nil: it is not.

	Graveyard []Burial   // in the same order
	Resources *Resources // what the clients cost

	// Lacks says which figures the files do not have, as those of an older
	// version; nothing does if they come from runs.
	Lacks []string
}

// Meta is what runs do not say about themselves.
type Meta struct {
	Scenario    string
	Question    string
	SHA256      string // of the scenario file, in hex
	Fingerprint string // of the scenario as it was run, in hex
	Overrides   []scenario.Override
	Clock       string // "virtual" or "real"
	Seed        uint64 // of the first run
	Runs        int    // per strategy, as planned
	Duration    time.Duration
	TTL         time.Duration
	Keys        int            // API keys that a client has; 0: not known
	Interrupted bool           // cut short; also taken from the runs
	Strategies  []string       // in the order of the scenario; of a sweep its rows
	Axes        []Axis         // of a sweep; none: there is none
	Points      []Point        // of a sweep
	Rows        map[string]Row // of a sweep, by name: a strategy and a point
	Ceilings    theory.Ceilings
	Steps       []theory.Step // of the ceilings; none: they never change
	Expect      []scenario.Expectation
	Resolved    []byte // the scenario as it is run; nil: not known
	// Bound is what a run cannot get above; nil: nobody knows.
	Bound func(strategy string, seed uint64, length time.Duration) theory.Bound
}

// MetaOf is what a scenario says about its runs. The clock is for the caller
// to fill in.
func MetaOf(sc *scenario.Scenario) Meta {
	m := Meta{
		Scenario:  sc.Name,
		Question:  sc.Question,
		SHA256:    sc.SHA256,
		Overrides: sc.Overrides,
		Seed:      sc.Seed,
		Runs:      sc.Runs,
		Duration:  sc.Duration,
		TTL:       sc.Load.TTL,
		Keys:      sc.Server.Keys,
		Ceilings:  theory.Of(sc),
		Steps:     theory.Steps(sc),
		Expect:    sc.Claims(),
		Bound:     boundOf(sc),
	}
	m.Fingerprint, _ = sc.Fingerprint() // fails for no scenario that can be read
	m.Resolved, _ = setting.Text(sc)    // nor does this
	for _, row := range sc.Rows() {
		m.Strategies = append(m.Strategies, row.Name)
	}
	m.sweep(sc)
	return m
}

// Build summarises runs. Runs of one strategy are taken in the order given; a
// strategy without any run, as when the benchmark was cut short before its
// turn, is left out of everything but the expectations, which it fails. What
// there is on request only is for the caller to add.
func Build(meta Meta, runs []metrics.Run) Data { return (*Pool)(nil).Build(meta, runs) }

// Build is the Build of all runs; nothing more is asked of those that have been
// added than to be there.
func (p *Pool) Build(meta Meta, runs []metrics.Run) Data {
	d := Data{Summary: newSummary(meta), Scenario: meta.Resolved}
	s := &d.Summary
	for _, name := range meta.Strategies {
		own := runsOf(name, runs)
		if len(own) == 0 {
			continue
		}
		for _, r := range own {
			s.Interrupted = s.Interrupted || r.Interrupted
		}
		of := p.of(&meta, name, own)
		s.Strategies = append(s.Strategies, of.strategy)
		s.SeriesRowS = of.series.Row
		d.Series, d.Latency = append(d.Series, of.series), append(d.Latency, of.latency)
		d.Runs, d.Blocks = append(d.Runs, of.runs...), append(d.Blocks, of.blocks...)
	}
	if s.Interrupted {
		s.InterruptedAfter = newReached(&meta, runs)
	}
	for _, e := range meta.Expect {
		s.Expectations = append(s.Expectations, s.Check(e))
	}
	return d
}

// RunsOf are the runs of a strategy.
func (d *Data) RunsOf(strategy string) []Run {
	return slices.DeleteFunc(slices.Clone(d.Runs), func(r Run) bool { return r.Strategy != strategy })
}

// runsOf picks the runs of a strategy. They stay where they are: a Run holds
// histograms and a series.
func runsOf(strategy string, runs []metrics.Run) []*metrics.Run {
	var own []*metrics.Run
	for i := range runs {
		if runs[i].Strategy == strategy {
			own = append(own, &runs[i])
		}
	}
	return own
}

// Value is what v points to; false: there is no value.
func Value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
