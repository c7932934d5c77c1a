package subset_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/subset"
)

// What is taken out is what would be there had nothing else run, but for the
// expectations of the whole, which are those that are about nothing else.
func TestOfIsAsIfNothingElseHadRun(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	names := []string{runs[0].Strategy}
	own := runs[:0:0]
	for _, r := range runs {
		if r.Strategy == names[0] {
			own = append(own, r)
		}
	}
	all := result.Build(meta, runs)
	got := subset.Of(all, names)
	want := result.Build(meta, own)
	want.Summary.Expectations = slices.DeleteFunc(want.Summary.Expectations, func(e result.Expectation) bool {
		return e.Strategy != names[0] || e.Over != "" && e.Over != names[0]
	})
	// That the benchmark was cut short stays true of a part of it.
	want.Summary.Interrupted, want.Summary.InterruptedAfter = all.Summary.Interrupted, all.Summary.InterruptedAfter
	if len(all.Summary.Strategies) < 2 {
		t.Fatal("there is nothing to take out")
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b []result.RunBlocks) bool { return slices.EqualFunc(a, b, sameBlocks) })); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	if diff := cmp.Diff(result.Build(meta, runs), all); diff != "" {
		t.Errorf("what it was given was changed:\n%s", diff)
	}
}

func sameBlocks(a, b result.RunBlocks) bool {
	return a.Strategy == b.Strategy && a.Seed == b.Seed && slices.Equal(a.At, b.At)
}

func TestOfNoNameIsAll(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 2, 5*time.Second)
	if diff := cmp.Diff(d, subset.Of(d, nil)); diff != "" {
		t.Error(diff)
	}
	if got := subset.Of(d, []string{"nobody"}); len(got.Summary.Strategies)+len(got.Series)+len(got.Runs) != 0 {
		t.Errorf("nobody has %d strategies", len(got.Summary.Strategies))
	}
}

// Of a sweep a strategy is asked for with all of its rows, or row by row.
func TestSweep(t *testing.T) {
	d := resulttest.SweepOf(result.Axis{Name: "cost", Values: []string{"0ms", "3ms"}})
	plain, row := d.Summary.Strategies[0].Plain, d.Summary.Strategies[0].Name
	names := subset.Names(&d)
	if !slices.Contains(names, plain) || !slices.Contains(names, row) {
		t.Fatalf("names are %q, want %q and %q among them", names, plain, row)
	}
	if got := len(subset.Of(d, []string{plain}).Summary.Strategies); got != 2 {
		t.Errorf("%s has %d rows, want 2", plain, got)
	}
	if got := subset.Of(d, []string{row}); len(got.Summary.Strategies) != 1 || len(got.Summary.Points) != 2 {
		t.Errorf("%s has %d rows at %d points, want 1 of 2", row, len(got.Summary.Strategies), len(got.Summary.Points))
	}
}

func TestCosts(t *testing.T) {
	d := resulttest.PairOf()
	name := d.Resources.Strategies[1].Name
	got := subset.Of(d, []string{name})
	if len(got.Resources.Strategies) != 1 || got.Resources.Strategies[0].Name != name || len(got.Resources.Timelines) != 1 {
		t.Errorf("costs are those of %v", got.Resources.Strategies)
	}
}
