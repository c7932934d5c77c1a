// Package compare says what changed between two sets of results: by how much,
// how certain that is, and whether it is for the better.
//
// Figures are compared run by run, and runs with the same seed in pairs: they
// met the same load and the same latencies, so that what is left of their
// difference is the change. It reads no files and judges nothing by itself;
// conditions that must not be met are for the caller to give.
package compare

import (
	"ratebench/harness/result"
	"slices"
)

// A Side is one of the two sets of results.
type Side struct {
	Label   string // what to call it
	Results []result.Data
	// Folders are where the results are, relative to the side: that is what
	// tells two of one scenario and clock apart. Nil: there are no such two.
	Folders []string
}

// Comparison is all that two sides have in common, and what they do not.
type Comparison struct {
	Base      string     `json:"base"` // labels
	New       string     `json:"new"`
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
}

// Change is what became of one metric of one strategy.
type Change struct {
	Strategy string  `json:"strategy"`
	Metric   string  `json:"metric"`
	Verdict  Verdict `json:"verdict"`
	Estimate
}

// Metrics are what is compared if nobody asks for anything else.
func Metrics() []string { return []string{"tps", "latency_p99_ms", "429", "expirations"} }

// Sides compares two sides by metrics, which are names of the catalogue. An
// error means that a side has one scenario twice.
func Sides(base, new Side, metrics []string) (Comparison, error) {
	c := Comparison{Base: base.Label, New: new.Label, Scenarios: []Scenario{}}
	pairs, err := match(base, new)
	if err != nil {
		return Comparison{}, err
	}
	c.OnlyBase, c.OnlyNew = pairs.onlyBase, pairs.onlyNew
	for _, p := range pairs.both {
		s := scenarios(p.base, p.new, metrics, c)
		s.Name = p.name
		c.Scenarios = append(c.Scenarios, s)
	}
	return c, nil
}

// scenarios compares two results of one scenario.
func scenarios(base, new *result.Data, metrics []string, c Comparison) Scenario {
	paired := sameSeeds(&base.Summary, &new.Summary)
	s := Scenario{
		Clock:    both(base.Summary.Clock, new.Summary.Clock),
		Pairing:  pairing(base, new, paired),
		Changes:  []Change{},
		OnlyBase: strategiesMissing(base, new),
		OnlyNew:  strategiesMissing(new, base),
		Warnings: differences(&base.Summary, &new.Summary, c.Base, c.New),
	}
	for i := range base.Summary.Strategies {
		name := base.Summary.Strategies[i].Name
		if _, ok := new.Summary.Strategy(name); !ok {
			continue
		}
		for _, metric := range metrics {
			e := estimate(figuresOf(base, name, metric), figuresOf(new, name, metric), paired)
			s.Changes = append(s.Changes, Change{name, metric, verdict(metric, e), e})
		}
	}
	return s
}

func both(base, new string) string {
	if base == new {
		return base
	}
	return base + " and " + new
}

// strategiesMissing returns the strategies that there has and here has not.
func strategiesMissing(there, here *result.Data) []string {
	missing := []string{}
	for _, s := range there.Summary.Strategies {
		if _, ok := here.Summary.Strategy(s.Name); !ok {
			missing = append(missing, s.Name)
		}
	}
	return missing
}

// Count is how many changes have a verdict.
func (c *Comparison) Count(v Verdict) int {
	n := 0
	for _, s := range c.Scenarios {
		for _, change := range s.Changes {
			if change.Verdict == v {
				n++
			}
		}
	}
	return n
}

// HasChanges reports whether anything could be compared.
func (c *Comparison) HasChanges() bool {
	return slices.ContainsFunc(c.Scenarios, func(s Scenario) bool { return len(s.Changes) > 0 })
}
