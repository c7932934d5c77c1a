package result

import (
	"fmt"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// SchemaVersion is the version of summary.json, raised when a key changes its
// name or its meaning. Version 2 has the question, the TTL and the number of
// keys, its first_block_s is a median over all runs, and it comes with checksums.
// Read takes version 1, too, without what that has not.
const SchemaVersion = 2

// Summary is summary.json. Counts are means per run.
type Summary struct {
	SchemaVersion int      `json:"schema_version"`
	Scenario      Scenario `json:"scenario"`
	Question      string   `json:"question,omitempty"` // of the scenario
	Clock         string   `json:"clock"`              // "virtual" or "real"
	Seed          uint64   `json:"seed"`               // of the first run
	Runs          int      `json:"runs"`               // per strategy
	DurationS     float64  `json:"duration_s"`         // of a run, as planned
	TTLS          float64  `json:"ttl_s,omitempty"`    // of a request; 0: not known
	Keys          int      `json:"keys,omitempty"`     // API keys that a client has; 0: not known
	// SeriesRowS is how many seconds there are in a row of the series, where a
	// run is too long for one each; 0 is one.
	SeriesRowS  int  `json:"series_row_s,omitempty"`
	Interrupted bool `json:"interrupted"`
	// InterruptedAfter is how far it got; nil: to the end, or nobody knows, as of
	// results of an earlier version.
	InterruptedAfter *Reached `json:"interrupted_after,omitempty"`
	// Overrides are what the command line has changed of the file.
	Overrides    []scenario.Override `json:"overrides,omitempty"`
	Ceilings     Ceilings            `json:"ceilings_tps"` // means over the run
	CeilingSteps []CeilingStep       `json:"ceiling_steps_tps,omitempty"`
	// Axes are those of a sweep, and Points the combinations of their values;
	// none if there is no sweep.
	Axes         []Axis        `json:"axes,omitempty"`
	Points       []Point       `json:"points,omitempty"`
	Strategies   []Strategy    `json:"strategies"`
	Expectations []Expectation `json:"expectations"`
}

// Scenario says which scenario was run.
type Scenario struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file, in hex
	// Fingerprint covers all that was run: the scenario with its defaults and
	// what the command line has changed of it, and the files that it names.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// Strategy is what the runs of one strategy come to, at one point if there is a
// sweep.
type Strategy struct {
	Name    string      `json:"name"`    // unlike those of the others: with the point
	Plain   string      `json:"of"`      // the strategy as the scenario names it
	Point   []string    `json:"at"`      // its values of the axes; none: there is no sweep
	Routes  []Route     `json:"routes"`  // of each kind of requests; none: there is but one
	Ceiling *OwnCeiling `json:"ceiling"` // nil: it has none, or it is not known
	Figures `json:"-"`
}

func newStrategy(meta *Meta, name string, runs []*metrics.Run) Strategy {
	st := Strategy{Name: name, Plain: name, Ceiling: meta.ownCeiling(runs), Figures: pool(runs)}
	st.Routes = newRoutes(runs)
	if row, swept := meta.Rows[name]; swept {
		st.Plain, st.Point = row.Strategy, row.At
	}
	return st
}

// Strategy returns the strategy of that name; false: it has no runs.
func (s *Summary) Strategy(name string) (*Strategy, bool) {
	for i := range s.Strategies {
		if s.Strategies[i].Name == name {
			return &s.Strategies[i], true
		}
	}
	return nil, false
}

// Conditions says in a few words each under which conditions the scenario ran.
func (s *Summary) Conditions() []string {
	runs, seeds := "1 run", fmt.Sprintf("seed %d", s.Seed)
	if s.Runs > 1 {
		runs, seeds = fmt.Sprintf("%d runs", s.Runs), fmt.Sprintf("seeds %d to %d", s.Seed, s.Seed+uint64(s.Runs)-1)
	}
	c := []string{s.Clock + " clock", fmt.Sprintf("%s of %s s", runs, metrics.Shortest(s.DurationS)), seeds}
	for _, o := range s.Overrides {
		c = append(c, fmt.Sprintf("%s %s", o.Flag, o.Value))
	}
	if s.Interrupted {
		c = append(c, "interrupted"+s.InterruptedAfter.words(s.Runs))
	}
	return c
}

// newSummary is a summary without strategies.
func newSummary(meta Meta) Summary {
	ceilings := NewCeilings(meta.Ceilings)
	return Summary{
		SchemaVersion: SchemaVersion,
		Scenario:      Scenario{Name: meta.Scenario, SHA256: meta.SHA256, Fingerprint: meta.Fingerprint},
		Overrides:     meta.Overrides,
		Question:      OneLine(meta.Question),
		Clock:         meta.Clock,
		Seed:          meta.Seed,
		Runs:          meta.Runs,
		DurationS:     metrics.Rounded(meta.Duration.Seconds()),
		TTLS:          metrics.Rounded(meta.TTL.Seconds()),
		Keys:          meta.Keys,
		Interrupted:   meta.Interrupted,
		Ceilings:      ceilings,
		CeilingSteps:  NewCeilingSteps(meta.Steps, ceilings),
		Axes:          meta.Axes,
		Points:        meta.Points,
		// In JSON, empty lists rather than null.
		Strategies:   []Strategy{},
		Expectations: []Expectation{},
	}
}

// OneLine replaces every run of white space by a blank.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Ellipsis stands for what was left out.
const Ellipsis = "…"

// Abbreviate shortens s to a number of characters.
func Abbreviate(s string, characters int) string {
	if runes := []rune(s); len(runes) > characters {
		return strings.TrimRight(string(runes[:characters-1]), " ") + Ellipsis
	}
	return s
}

// TPS is the throughput: requests answered 200 per second.
func (s *Strategy) TPS() Figure { return s.Of("tps") }

// KeepsKeys reports whether no key of the strategy was blocked in any run. One
// that loses keys is not the best at anything: how fast it was until then, or how
// short its queue was afterwards, is no use to anybody.
func (s *Strategy) KeepsKeys() bool { return s.Mean("keys_blocked") == 0 && s.Mean("blocked") == 0 }

// SuccessShare is how many of the requests that were made ended with an answer
// 200, in percent; false: none was made. A latency is of those that did, and says
// nothing about the others.
func (s *Strategy) SuccessShare() (float64, bool) {
	made := s.Mean("generated")
	if made == 0 {
		return 0, false
	}
	return 100 * s.Mean("succeeded") / made, true
}
