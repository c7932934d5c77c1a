package tune

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/tune/candidate"
)

// exhaustiveVar names scenario files for TestTunedIsNearTheBestOfAll, divided by
// blanks: see "make exhaustive".
const exhaustiveVar = "RATEBENCH_EXHAUSTIVE"

// The winner is within 0.5 % of the best of a grid that is four times as fine along
// every parameter, with every kind of limiter, in runs as long as the scenario's on
// seeds that the search has not seen, and no run has a 429. Most of the grid is out
// early: at the first 429, which is exact, and when it is far behind.
func TestTunedIsNearTheBestOfAll(t *testing.T) {
	if testing.Short() {
		t.Skip("tries a whole grid, as TestTunedIsNearTheBestThereIs does with fewer kinds")
	}
	scenarios, limiters := []*scenario.Scenario{parse(t, small)}, some("paced", "window", "token-bucket", "ack-clocked")
	if paths := os.Getenv(exhaustiveVar); paths != "" {
		scenarios, limiters = nil, kinds.All()
		for _, path := range strings.Fields(paths) {
			all, err := scenario.Loader{Kinds: limiters}.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			scenarios = append(scenarios, all)
		}
	}
	for _, sc := range scenarios {
		r, err := Run(t.Context(), sc, Options{Kinds: limiters})
		if err != nil {
			t.Fatal(err)
		}
		all := []candidate.Candidate{r.tuned.Candidate}
		seen := []string{all[0].Label()}
		for _, c := range candidate.All(sc, limiters, 0) {
			for _, c := range append([]candidate.Candidate{c}, c.Neighbours(sc, seen)...) {
				if what := c.Label(); !slices.Contains(seen, what) {
					all, seen = append(all, c), append(seen, what)
				}
			}
		}
		left := enter(all)
		tuned := left[0]
		tn := &tuner{Options: Options{Kinds: limiters}.withDefaults(), scenario: sc, better: 1}
		for _, stage := range []struct {
			seeds  int
			behind float64 // who is out after it, as a part of the best
		}{{1, 0.05}, {4, 0.02}, {30, 0}} {
			if left, err = tn.exhaust(t, left, stage.seeds); err != nil {
				t.Fatal(err)
			}
			best := slices.MaxFunc(left, byMean)
			left = slices.DeleteFunc(left, func(e *entry) bool { return e != tuned && mean(e.values) < (1-stage.behind)*mean(best.values) })
		}
		best := slices.MaxFunc(left, byMean)
		t.Logf("%s: of %d candidates %s has %.3f, and %s has %.3f, the best: %.2f %%",
			sc.Name, len(all), tuned.Label(), mean(tuned.values), best.Label(), mean(best.values), 100*mean(tuned.values)/mean(best.values))
		if tuned.out != "" {
			t.Errorf("%s: %s is answered 429", sc.Name, tuned.Label())
		}
		if mean(tuned.values) < 0.995*mean(best.values) {
			t.Errorf("%s: what was found is more than 0.5 %% behind", sc.Name)
		}
	}
}

func byMean(a, b *entry) int { return cmp.Compare(mean(a.values), mean(b.values)) }

// exhaust runs entries with so many seeds, of which a later stage repeats those of
// an earlier one, and returns who was not refused.
func (t *tuner) exhaust(tb *testing.T, entries []*entry, seeds int) ([]*entry, error) {
	const unseen = 5_000_000
	for from := 0; from < len(entries); from += 200 { // results of so many are in memory at once
		part := entries[from:min(from+200, len(entries))]
		runs, err := t.measure(tb.Context(), "", part, t.scenario.Duration, t.scenario.Seed+unseen, seeds)
		if err != nil {
			return nil, err
		}
		for i, e := range part {
			e.values = nil
			for _, r := range runs[i] {
				e.values = append(e.values, r.value)
				e.out = cmp.Or(t.verdict(&r), e.out)
			}
		}
	}
	return slices.DeleteFunc(entries, func(e *entry) bool { return e.out != "" }), nil
}
