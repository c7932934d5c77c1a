package compare

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/result"
	"ratebench/harness/table"
)

var update = flag.Bool("update", false, "write the golden files in testdata anew")

// outcome is what the runs of a strategy came to, in tps.
type outcome struct {
	strategy string
	tps      []float64
}

// results makes up the results of a scenario: 429s go down by one for every
// request per second, and a run without a success has no latency.
func results(scenario, clock string, seed uint64, outcomes ...outcome) result.Data {
	d := result.Data{Summary: result.Summary{
		Scenario: result.Scenario{Name: scenario, SHA256: "5a0c1e5a0c1e5a0c1e"}, Clock: clock, Seed: seed, DurationS: 25,
	}}
	for _, o := range outcomes {
		d.Summary.Runs = max(d.Summary.Runs, len(o.tps))
		mean := map[string]float64{"retries": 3, "tps": mean(o.tps)}
		for i, tps := range o.tps {
			run := map[string]float64{"tps": tps, "429": 100 - tps, "expirations": 0}
			mean["429"] += (100 - tps) / float64(len(o.tps))
			if tps > 0 {
				run["latency_p99_ms"] = 1000 / tps
				mean["latency_p99_ms"] = 1000 / tps
			}
			d.Runs = append(d.Runs, result.Run{Strategy: o.strategy, Seed: seed + uint64(i), Figures: result.NewFigures(run)})
		}
		s := result.Strategy{Name: o.strategy, Figures: result.NewFigures(mean)}
		d.Summary.Strategies = append(d.Summary.Strategies, s)
	}
	return d
}

// twoSides have an example of everything that there is to say.
func twoSides() (base, new Side) {
	base = Side{Label: "main", Results: []result.Data{
		results("blog", "virtual", 1,
			outcome{"steady", []float64{80, 81, 79, 80, 82}},
			outcome{"slower", []float64{90, 91, 89, 90, 92}},
			outcome{"faster", []float64{50, 52, 51, 49, 50}},
			outcome{"noisy", []float64{60, 70, 50, 65, 55}},
			outcome{"banned", []float64{10, 0, 10, 12, 11}},
			outcome{"dropped", []float64{1, 1, 1, 1, 1}}),
		results("blog", "real", 1, outcome{"steady", []float64{80}}),
		results("seeds", "virtual", 1, outcome{"steady", []float64{80, 81, 79}}),
		results("old|one", "virtual", 1, outcome{"steady", []float64{80}}),
	}}
	new = Side{Label: "pull_request", Results: []result.Data{
		results("seeds", "virtual", 100, outcome{"steady", []float64{90, 91, 92, 90}}),
		results("blog", "virtual", 1,
			outcome{"added", []float64{1, 1, 1, 1, 1}},
			outcome{"steady", []float64{80, 81, 79, 80, 82}},
			outcome{"slower", []float64{87, 88, 86, 86, 89}},
			outcome{"faster", []float64{55, 57, 55, 54, 56}},
			outcome{"noisy", []float64{55, 72, 53, 62, 58}},
			outcome{"banned", []float64{11, 9, 9, 12, 12}}),
		results("blog", "real", 1, outcome{"steady", []float64{79}}),
		results("new", "real", 1, outcome{"steady", []float64{80}}),
	}}
	changed := &new.Results[0].Summary
	changed.Scenario.SHA256, changed.DurationS, changed.Interrupted = "ffffffffffffffff", 10.5, true
	return base, new
}

func TestSidesGolden(t *testing.T) {
	base, new := twoSides()
	c, err := Sides(base, new, append(Metrics(), "retries"))
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]table.Format{
		"compare.txt": table.Text, "compare.md": table.Markdown, "compare.csv": table.CSV, "compare.json": table.JSON,
	} {
		var b bytes.Buffer
		if err := Write(&b, c, f); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; if that is intended, run the test with -update (-want +got):\n%s", path, diff)
	}
}

// Percentiles of several runs are said to be means, and nothing else is.
func TestPercentilesNote(t *testing.T) {
	note := func(names string) string {
		return "Note: a percentile here is the mean over the runs; the tables of run and report pool the runs (" + names + ")"
	}
	several, one := outcome{"a", []float64{80, 81}}, outcome{"a", []float64{80}}
	for _, tc := range []struct {
		what    string
		outcome outcome
		metrics []string
		want    string
	}{
		{"several runs", several, []string{"tps", "latency_p99_ms"}, note("latency_p99_ms")},
		{"one run", one, []string{"tps", "latency_p99_ms"}, ""},
		{"no percentile", several, []string{"tps", "429", "latency_mean_ms"}, ""},
		{"only in the summary", several, []string{"latency_p999_ms"}, ""},
	} {
		side := func(label string) Side {
			return Side{Label: label, Results: []result.Data{results("blog", "virtual", 1, tc.outcome)}}
		}
		c, err := Sides(side("a"), side("b"), tc.metrics)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.percentilesNote(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.what, got, tc.want)
		}
	}
}

// Results do not differ from themselves.
func TestSidesOfTheSame(t *testing.T) {
	for _, side := range func() []Side { a, b := twoSides(); return []Side{a, b} }() {
		c, err := Sides(side, side, Metrics())
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		for _, s := range c.Scenarios {
			changes += len(s.Changes)
			for _, change := range s.Changes {
				if change.Verdict != NoChange {
					t.Errorf("%s, %s: %s is %s", s.Name, change.Strategy, change.Metric, change.Verdict)
				}
			}
		}
		if changes == 0 || len(c.OnlyBase) > 0 || len(c.OnlyNew) > 0 {
			t.Errorf("%d changes, %q and %q on one side", changes, c.OnlyBase, c.OnlyNew)
		}
	}
}

// Sides changed over see the same differences the other way round.
func TestSidesChangedOver(t *testing.T) {
	base, new := twoSides()
	there, err := Sides(base, new, Metrics())
	if err != nil {
		t.Fatal(err)
	}
	back, err := Sides(new, base, Metrics())
	if err != nil {
		t.Fatal(err)
	}
	if there.Count(Better) != back.Count(Worse) || there.Count(Worse) != back.Count(Better) || there.Count(NoChange) != back.Count(NoChange) {
		t.Errorf("%s, but %s", there.summary(), back.summary())
	}
}

// Virtual time can be compared with real time.
func TestSidesOfTwoClocks(t *testing.T) {
	steady := outcome{"steady", []float64{80}}
	c, err := Sides(Side{Label: "a", Results: []result.Data{results("blog", "virtual", 1, steady)}}, Side{Label: "b", Results: []result.Data{results("blog", "real", 1, steady)}}, Metrics())
	if err != nil || len(c.Scenarios) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	s := c.Scenarios[0]
	if want := []string{"different clocks: virtual in a, real in b"}; s.Clock != "virtual and real" || !slices.Equal(s.Warnings, want) {
		t.Errorf("clock %q, warnings %q", s.Clock, s.Warnings)
	}
}

func TestSidesRefuseDuplicates(t *testing.T) {
	base, new := twoSides()
	base.Results = append(base.Results, base.Results[1])
	_, err := Sides(base, new, Metrics())
	if want := "main has two results of blog (real clock), want one"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Folders tell results of one scenario and clock apart, on one side or on both.
func TestSidesWithFolders(t *testing.T) {
	real := func(tps float64) result.Data { return results("blog", "real", 1, outcome{"a", []float64{tps}}) }
	base := Side{Label: "old", Results: []result.Data{real(10), real(20)}, Folders: []string{"measured/real/blog", "real/blog"}}
	new := Side{Label: "new", Results: []result.Data{real(20), real(10)}, Folders: []string{"real/blog", "measured/real/blog"}}
	c, err := Sides(base, new, []string{"tps"})
	if err != nil || len(c.Scenarios) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	for i, want := range []string{"blog in measured/real/blog", "blog in real/blog"} {
		if s := c.Scenarios[i]; s.Name != want || *s.Changes[0].Base != *s.Changes[0].New {
			t.Errorf("%s: %+v, want %s and the same figures", s.Name, s.Changes[0], want)
		}
	}
	new.Results, new.Folders = new.Results[:1], []string{"blog"} // elsewhere
	c, err = Sides(base, new, []string{"tps"})
	if err != nil || len(c.Scenarios) != 1 || !slices.Equal(c.OnlyBase, []string{"blog (real clock) in real/blog"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// An interrupted side has fewer runs, which are those of the first seeds.
func TestSeedsOfInterruptedRuns(t *testing.T) {
	base := results("blog", "virtual", 7, outcome{"a", []float64{10, 20, 30, 40}})
	new := results("blog", "virtual", 7, outcome{"a", []float64{11, 21}})
	new.Summary.Runs = 4
	b, n, left := bySeed(figuresOf(&base, "a", "tps").runs, figuresOf(&new, "a", "tps").runs)
	if !slices.Equal(b, []float64{10, 20}) || !slices.Equal(n, []float64{11, 21}) || left != 0 {
		t.Errorf("%v, %v, %d left out", b, n, left)
	}
}

func TestSameSeeds(t *testing.T) {
	for _, tc := range []struct {
		aSeed uint64
		aRuns int
		bSeed uint64
		bRuns int
		want  bool
	}{
		{1, 20, 1, 20, true},
		{1, 20, 1, 50, true},
		{5, 3, 1, 20, true},
		{1, 20, 101, 20, false},
		{1, 20, 11, 20, false}, // half of them
		{1, 1, 1, 1, true},
	} {
		a, b := result.Summary{Seed: tc.aSeed, Runs: tc.aRuns}, result.Summary{Seed: tc.bSeed, Runs: tc.bRuns}
		if got := sameSeeds(&a, &b); got != tc.want || sameSeeds(&b, &a) != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}
