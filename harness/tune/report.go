package tune

import (
	"context"
	"errors"
	"slices"
	"time"

	"ratebench/harness"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/tune/candidate"
)

// A Report is what tuning came to.
type Report struct {
	Metric  string  // that candidates were compared by
	Delta   float64 // difference that nobody cares for, in its unit
	Alpha   float64 // of both races together
	Refused float64 // 429s per run that were allowed

	Candidates, Kinds int           // of so many kinds
	OutRefused        int           // in short runs
	OutUnknown        int           // which have no figure to compare by in them
	Raced, Finalists  int           // who had a part in the race, and in the final
	Short, Long, Full time.Duration // lengths of runs: short, of the race, of the final
	Race, Final       Leg
	Interrupted       bool
	Unsafe            int // how many winners of the final were refused with fresh seeds

	// Leaders are the best so far, the best first: what there is to say of an
	// interrupted search.
	Leaders []Leader
	// Fresh are the results on fresh seeds, of Beside in the same order; nil: it did
	// not come to that. The first is the tuned client.
	Fresh  *result.Data `json:"-"`
	Beside []Beside

	scenario *scenario.Scenario
	tuned    *entry // nil: there is none yet
	file     *entry // best of the scenario's own strategies; nil: all are out
}

// A Leader is a candidate that was not refused.
type Leader struct {
	What   string // its kind and settings
	Value  float64
	Runs   int
	Proved bool // never to be refused
}

// A Beside is one of the strategies that were measured on fresh seeds.
type Beside struct {
	Name string // in the results
	What string // its kind and settings
}

// A Leg is a race that has been run.
type Leg struct {
	Seeds int // that it took
	Left  int // that it could not tell apart by Delta, or that came to the same
}

func (r *Report) note(stage string, seeds, left int) {
	leg := &r.Race
	if stage == "final" {
		leg = &r.Final
	}
	*leg = Leg{seeds, left}
}

// Names of the strategies in the results on fresh seeds.
const (
	nameTuned   = "tuned"
	nameNext    = "next-best"
	nameDefault = "by-default"
	nameFile    = "of-the-file"
)

// lead keeps the first of a ranking.
func (t *tuner) lead(ranked []*entry) {
	const most = 5
	t.report.Leaders = nil
	for _, e := range ranked[:min(most, len(ranked))] {
		t.report.Leaders = append(t.report.Leaders, Leader{e.Label(), t.better * mean(e.values), len(e.values), e.Proved})
	}
}

// confirm measures the best on fresh seeds, beside the next kind, itself with the
// defaults, and the best of the file. Who is refused there is out, and the next one
// takes its place with seeds of its own.
func (t *tuner) confirm(ctx context.Context, ranked []*entry) error {
	for i, e := range ranked {
		sc := t.only(nil, t.report.Full, t.scenario.Seed+freshSeeds+uint64(i*t.Fresh), t.Fresh)
		sc.Strategies, t.report.Beside = t.beside(e, ranked[i+1:])
		runs, err := harness.Run(ctx, sc, harness.Options{Progress: func(done float64) { t.Progress("fresh seeds", done) }})
		if err != nil {
			return err
		}
		meta := result.MetaOf(sc)
		meta.Clock = "virtual"
		d := result.Build(meta, runs)
		if st := &d.Summary.Strategies[0]; st.TPS().Value == 0 {
			return errors.New("no candidate gets a single request through")
		} else if st.KeepsKeys() && st.Mean("refused") <= t.Refused {
			t.report.tuned, t.report.Fresh = e, &d
			return nil
		}
		t.report.Unsafe++
	}
	return t.nobody(ranked)
}

// beside are the strategies to measure, under names of their own; the tuned one
// first.
func (t *tuner) beside(tuned *entry, rest []*entry) (all []scenario.Strategy, names []Beside) {
	known := map[string]bool{}
	add := func(name string, c *candidate.Candidate) {
		if what := c.Label(); !known[what] {
			known[what] = true
			if name == nameFile {
				what = c.Name + ": " + what
			}
			st := c.Strategy
			st.Name = name
			all, names = append(all, st), append(names, Beside{name, what})
		}
	}
	add(nameTuned, &tuned.Candidate)
	if i := slices.IndexFunc(rest, func(e *entry) bool { return e.Kind.Name != tuned.Kind.Name }); i >= 0 {
		add(nameNext, &rest[i].Candidate)
	}
	for _, c := range tuned.ByDefault(t.scenario) {
		add(nameDefault, &c)
	}
	if t.report.file != nil {
		add(nameFile, &t.report.file.Candidate)
	}
	return all, names
}
