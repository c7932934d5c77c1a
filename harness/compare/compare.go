// Package compare says what changed between sets of results: by how much, how
// certain that is, and whether it is for the better.
//
// Figures are compared run by run, and runs with the same seed in pairs: they
// met the same load and the same latencies, so that what is left of their
// difference is the change. A verdict is given after Benjamini and Hochberg's
// procedure over all figures, a [Gate] judges after Holm's over those that it
// tests: with many figures, some look changed by chance.
//
// It reads no files and judges nothing by itself; what a gate forbids is for the
// caller to say.
package compare

import (
	"cmp"
	"iter"
	"slices"

	"ratebench/harness/result"
	"ratebench/harness/stats"
)

// A Side is one of the sets of results that are compared.
type Side struct {
	Label   string // what to call it
	Results []result.Data
	// Folders are where the results are, relative to the side: that is what
	// tells two of one scenario and clock apart. Nil: there are no such two.
	Folders []string
}

// Options are what is compared, and how strictly.
type Options struct {
	Metrics    []string // names of the catalogue; none: those of Metrics
	Strategies []string // none: all
	// Alpha is the level of significance, above 0 and below 1; 0: DefaultAlpha.
	Alpha float64
}

// DefaultAlpha is the usual level of significance.
const DefaultAlpha = 0.05

// Metrics are what is compared if nobody asks for anything else.
func Metrics() []string { return []string{"tps", "latency_p99_ms", "429", "expirations"} }

// A Comparison is what several sides come to against one base.
type Comparison struct {
	Base    string   `json:"base"`  // label
	Alpha   float64  `json:"alpha"` // level of significance
	Tests   int      `json:"tests"` // figures that were tested, on all sides together
	Against []Versus `json:"against"`
	// Gate is what the conditions of a gate came to; none: there was no gate.
	Gate []Checked `json:"gate,omitempty"`
}

// A Versus is all that a side and the base have in common, and what they do not.
type Versus struct {
	New       string     `json:"new"`       // label
	Scenarios []Scenario `json:"scenarios"` // on both sides, in the order of the base
	OnlyBase  []string   `json:"only_base"` // scenarios on one side
	OnlyNew   []string   `json:"only_new"`
}

// Scenario is a scenario that both sides ran.
type Scenario struct {
	Name     string   `json:"name"`
	Clock    string   `json:"clock"` // "virtual", "real", or both where they differ
	Pairing  string   `json:"pairing"`
	Changes  []Change `json:"changes"`   // strategy by strategy, then metric by metric
	OnlyBase []string `json:"only_base"` // strategies on one side
	OnlyNew  []string `json:"only_new"`
	Warnings []string `json:"warnings"` // what the sides do not have in common
	// Unlike is why the runs of the new side are no measure of what those of the
	// base measure, such as runs that were cut short. A gate does not pass then.
	Unlike []string `json:"unlike"`
}

// Change is what became of one metric of one strategy.
type Change struct {
	Strategy string  `json:"strategy"`
	Metric   string  `json:"metric"`
	Verdict  Verdict `json:"verdict"`
	Estimate
}

// Sides compares each of some sides with the base. An error means that a side
// has one scenario twice.
func Sides(base Side, news []Side, o Options) (Comparison, error) {
	if len(o.Metrics) == 0 {
		o.Metrics = Metrics()
	}
	o.Alpha = cmp.Or(o.Alpha, DefaultAlpha)
	c := Comparison{Base: base.Label, Alpha: o.Alpha, Against: []Versus{}}
	base = base.restrict(o.Strategies)
	for _, new := range news {
		v, err := versus(base, new.restrict(o.Strategies), o)
		if err != nil {
			return Comparison{}, err
		}
		c.Against = append(c.Against, v)
	}
	c.judge()
	return c, nil
}

func versus(base, new Side, o Options) (Versus, error) {
	v := Versus{New: new.Label, Scenarios: []Scenario{}}
	pairs, err := match(base, new)
	if err != nil {
		return v, err
	}
	v.OnlyBase, v.OnlyNew = pairs.onlyBase, pairs.onlyNew
	for _, p := range pairs.both {
		b, n := labelled{p.base, base.Label}, labelled{p.new, new.Label}
		s := compareScenario(b, n, o)
		s.Name = p.name
		v.Scenarios = append(v.Scenarios, s)
	}
	return v, nil
}

// labelled results are those of a scenario on the side of that label.
type labelled struct {
	*result.Data
	label string
}

// compareScenario compares two results of one scenario.
func compareScenario(base, new labelled, o Options) Scenario {
	s := Scenario{
		Clock:    both(base.Summary.Clock, new.Summary.Clock),
		Changes:  []Change{},
		OnlyBase: strategiesMissing(base, new),
		OnlyNew:  strategiesMissing(new, base),
		Warnings: differences(base, new),
		Unlike:   unlike(base, new),
	}
	var pairings []pairing
	for _, st := range base.Summary.Strategies {
		name := st.Name
		if _, ok := new.Summary.Strategy(name); !ok {
			continue
		}
		p := newPairing(base, new, name)
		pairings = append(pairings, p)
		for _, metric := range o.Metrics {
			e := estimate(figuresOf(base, name, metric), figuresOf(new, name, metric), p, o.Alpha)
			s.Changes = append(s.Changes, Change{Strategy: name, Metric: metric, Estimate: e})
		}
	}
	s.Pairing = inWords(pairings)
	return s
}

func both(base, new string) string {
	if base == new {
		return base
	}
	return base + " and " + new
}

// strategiesMissing returns the strategies that there has and here has not.
func strategiesMissing(there, here labelled) []string {
	missing := []string{}
	for _, s := range there.Summary.Strategies {
		if _, ok := here.Summary.Strategy(s.Name); !ok {
			missing = append(missing, s.Name)
		}
	}
	return missing
}

// judge gives every change its verdict, all together.
func (c *Comparison) judge() {
	var tested []*Change
	var p []float64
	for change := range c.changes() {
		if change.P != nil {
			tested, p = append(tested, change), append(p, *change.P)
		}
	}
	c.Tests = len(tested)
	for i, adjusted := range stats.BenjaminiHochberg(p) {
		tested[i].PAdjusted = number(adjusted)
	}
	for change := range c.changes() {
		change.Verdict = verdict(change.Metric, change.Estimate, c.Alpha)
	}
}

// changes are all changes, on all sides.
func (c *Comparison) changes() iter.Seq[*Change] {
	var all []*Change
	for i := range c.Against {
		all = append(all, c.Against[i].changes()...)
	}
	return slices.Values(all)
}

// changes are all changes on one side.
func (v *Versus) changes() (all []*Change) {
	for _, s := range v.Scenarios {
		for i := range s.Changes {
			all = append(all, &s.Changes[i])
		}
	}
	return all
}

// Count is how many changes have a verdict.
func (v *Versus) Count(verdict Verdict) int {
	n := 0
	for _, change := range v.changes() {
		if change.Verdict == verdict {
			n++
		}
	}
	return n
}

// HasChanges reports whether anything could be compared.
func (v *Versus) HasChanges() bool { return len(v.changes()) > 0 }
