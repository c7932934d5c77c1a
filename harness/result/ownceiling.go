package result

import (
	"fmt"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// An OwnCeiling is what a strategy cannot get above: the mean, over its runs, of
// what bounds each of them, load included. No other ceiling is one that it can be
// set against: one that it may exceed, as by knowing more or in a short run, says
// nothing about it.
type OwnCeiling struct {
	// Name is that of the ceiling that binds in most runs, as package theory
	// calls it.
	Name string  `json:"name"`
	TPS  float64 `json:"tps"` // in successful requests per second over all keys
}

// boundOf returns what bounds a run of a scenario with a seed and a length.
func boundOf(sc *scenario.Scenario) func(strategy string, seed uint64, length time.Duration) theory.Bound {
	bounds := map[*scenario.Scenario]*theory.Bounds{}
	rows := map[string]scenario.Row{}
	for _, row := range sc.Rows() {
		rows[row.Name] = row
		if bounds[row.Scenario] == nil {
			bounds[row.Scenario] = theory.NewBounds(row.Scenario)
		}
	}
	return func(strategy string, seed uint64, length time.Duration) theory.Bound {
		row, known := rows[strategy]
		if !known {
			return theory.Bound{}
		}
		return bounds[row.Scenario].Of(row.Strategy, seed, length)
	}
}

// ownCeiling is that of a strategy with these runs; nil: it has none.
func (m *Meta) ownCeiling(runs []*metrics.Run) *OwnCeiling {
	if m.Bound == nil {
		return nil
	}
	var own OwnCeiling
	times := map[theory.Ceiling]int{}
	for _, r := range runs {
		b := m.Bound(r.Strategy, r.Seed, r.Duration)
		own.TPS += b.TPS / float64(len(runs))
		if times[b.Ceiling]++; times[b.Ceiling] > times[theory.Ceiling(own.Name)] || own.Name == "" {
			own.Name = string(b.Ceiling)
		}
	}
	if !(own.TPS > 0) {
		return nil
	}
	own.TPS = metrics.Rounded(own.TPS)
	return &own
}

// validate reports what is wrong with a ceiling that was read.
func (c *OwnCeiling) validate() error {
	if c != nil && (c.Name == "" || !(c.TPS > 0 && c.TPS <= MostFigure)) {
		return fmt.Errorf("found a ceiling %q of %v, expected a name and more than 0, at most %.0e", c.Name, c.TPS, MostFigure)
	}
	return nil
}

// ceilingWords are the ceilings as a sentence has them.
var ceilingWords = map[string]string{
	string(theory.ServerCap):         "what the server admits",
	string(theory.ServerTime):        "the ceiling for those who are told arrival times",
	string(theory.Provable):          "the provable ceiling",
	string(theory.FixedHeadroom):     "the ceiling of a fixed headroom",
	string(theory.InOrder):           "the provable ceiling in order",
	string(theory.InOrderServerTime): "the ceiling in order for those who are told arrival times",
	string(theory.OneInFlight):       "the ceiling of one request at a time",
	string(theory.Offered):           "what is offered",
}

// Words are the ceiling in a sentence.
func (c *OwnCeiling) Words() string {
	if words, known := ceilingWords[c.Name]; known {
		return words
	}
	return "the ceiling " + OneLine(c.Name)
}

// Share is the throughput in percent of the strategy's own ceiling; false: it has
// none.
func (s *Strategy) Share() (float64, bool) {
	if s.Ceiling == nil {
		return 0, false
	}
	return 100 * s.TPS().Value / s.Ceiling.TPS, true
}
