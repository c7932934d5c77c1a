package compare

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
)

// keep leaves only the runs of some seeds.
func keep(d result.Data, seeds ...uint64) result.Data {
	d.Runs = slices.DeleteFunc(slices.Clone(d.Runs), func(r result.Run) bool { return !slices.Contains(seeds, r.Seed) })
	return d
}

func TestPairing(t *testing.T) {
	a := func(seed uint64, runs int) result.Data {
		return results("blog", "virtual", seed, outcome{"a", make([]float64, runs)})
	}
	realTime := a(1, 5)
	realTime.Summary.Clock = "real"
	another := results("blog", "real", 1, outcome{"a", []float64{0, 0, 0, 0, 1}})
	otherFile := a(1, 5)
	otherFile.Summary.Scenario.SHA256 = "other"
	longer := a(1, 5)
	longer.Summary.DurationS++
	unblocked := a(1, 5)
	unblocked.Summary.Overrides = []scenario.Override{{Flag: "--runs", Value: "5"}, {Flag: "--block-after", Value: "0"}}
	fiveRuns := a(1, 5)
	fiveRuns.Summary.Overrides = unblocked.Summary.Overrides[:1]
	version1 := a(1, 5)
	version1.Summary.SchemaVersion = 1
	interrupted1 := keep(version1, 1, 2, 5)
	for name, tc := range map[string]struct {
		base, new result.Data
		want      pairing
		words     string
	}{
		"the same seeds":               {a(1, 5), a(1, 5), pairing{true, true, true, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"one seed":                     {a(1, 1), a(1, 1), pairing{true, true, true, 1, 1, 1, 1, 0, ""}, "1 pair of runs with the same seed"},
		"other seeds":                  {a(1, 5), a(6, 4), pairing{false, false, false, 0, 5, 4, 4, 0, ""}, "5 and 4 runs, not paired"},
		"some of them":                 {a(1, 5), a(4, 5), pairing{true, true, true, 2, 5, 5, 5, 3, ""}, "2 pairs of runs with the same seed"},
		"fewer":                        {a(1, 5), a(1, 3), pairing{true, true, true, 3, 5, 3, 5, 2, ""}, "3 pairs of runs with the same seed"},
		"more":                         {a(1, 3), a(1, 5), pairing{true, true, true, 3, 3, 5, 3, 0, ""}, "3 pairs of runs with the same seed"},
		"interrupted":                  {a(1, 5), keep(a(1, 5), 1, 3, 5), pairing{true, true, true, 3, 5, 3, 5, 2, ""}, "3 pairs of runs with the same seed"},
		"both":                         {keep(a(1, 5), 1, 2, 4), keep(a(1, 5), 1, 3, 4), pairing{true, true, true, 2, 3, 3, 3, 1, ""}, "2 pairs of runs with the same seed"},
		"other, interrupted":           {a(1, 5), keep(a(6, 5), 6, 8), pairing{false, false, false, 0, 5, 2, 5, 3, ""}, "5 and 2 runs, not paired"},
		"real time":                    {realTime, another, pairing{true, false, false, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"both clocks":                  {a(1, 5), another, pairing{true, false, false, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"a part of the very same runs": {realTime, keep(realTime, 1, 3), pairing{true, false, false, 2, 5, 2, 5, 3, ""}, "2 pairs of runs with the same seed"},
		"the very same runs":           {realTime, realTime, pairing{true, true, true, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"other file":                   {a(1, 5), otherFile, pairing{true, true, false, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"longer":                       {a(1, 5), longer, pairing{true, true, false, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"version 1":                    {version1, a(1, 5), pairing{true, true, true, 5, 5, 5, 5, 0, ""}, "5 pairs of runs with the same seed"},
		"version 1, and less":          {interrupted1, a(1, 5), pairing{false, false, false, 0, 3, 5, 5, 0, "not paired: the results in a are of an older version and do not say which seeds are missing"}, "3 and 5 runs, not paired"},
	} {
		got := newPairing(labelled{&tc.base, "a"}, labelled{&tc.new, "b"}, "a")
		if got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got, tc.want)
		}
		if words := inWords([]pairing{got}); words != tc.words {
			t.Errorf("%s: %q, want %q", name, words, tc.words)
		}
	}
	if got, want := inWords([]pairing{{pairs: 3}, {pairs: 12}}), "3 to 12 pairs of runs with the same seed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The order in which runs are written, or end, changes nothing.
func TestOrderOfRunsDoesNotMatter(t *testing.T) {
	base, new := twoSides()
	text := func(base, new Side) string {
		c, err := Sides(base, []Side{new}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		gateOf(t, "tps<-2%", "429>+5").Check(&c)
		var b bytes.Buffer
		if err := Write(&b, c, table.JSON, 200); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := text(base, new)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		for _, side := range []Side{base, new} {
			for i := range side.Results {
				runs := side.Results[i].Runs
				random.Shuffle(len(runs), func(i, k int) { runs[i], runs[k] = runs[k], runs[i] })
			}
		}
		if text(base, new) != want {
			t.Fatal("another comparison when the runs are in another order")
		}
	}
}

// Whichever runs of the same code have ended when a run is interrupted, nothing
// has changed; with a base that was interrupted a gate lets it pass, and it never
// passes if the new side has less.
func TestInterruptedRunsOfTheSameCode(t *testing.T) {
	whole := func() result.Data {
		return results("blog", "virtual", 1, outcome{"a", []float64{80, 20, 50, 90, 10, 77, 30, 61}}, outcome{"b", []float64{8, 2, 5, 9, 1, 7, 3, 6}})
	}
	rapid.Check(t, func(rt *rapid.T) {
		part := whole()
		part.Summary.Interrupted = true
		part.Runs = slices.DeleteFunc(part.Runs, func(r result.Run) bool {
			return r.Seed > 1 && rapid.Bool().Draw(rt, fmt.Sprint(r.Strategy, r.Seed))
		})
		for _, tc := range []struct {
			base, new result.Data
			passes    bool
		}{{whole(), part, false}, {part, whole(), true}} {
			c := sides(t, tc.base, tc.new, Options{})
			for change := range c.changes() {
				if change.Verdict != Same {
					rt.Errorf("%s of %s is %s", change.Metric, change.Strategy, change.Verdict)
				}
			}
			if gateOf(t, "tps<-2%").Check(&c) != tc.passes {
				rt.Errorf("passes: %v, want %v", !tc.passes, tc.passes)
			}
		}
	})
}

// Every metric of the catalogue is compared run by run.
func TestEveryMetricIsTested(t *testing.T) {
	data := func(by float64) result.Data {
		d := results("blog", "real", 1, outcome{"a", []float64{10, 12, 11, 13, 12, 10}})
		for i := range d.Runs {
			known := map[string]float64{}
			for _, name := range metrics.Names() {
				known[name] = by + float64(i*i%5)*by/100
			}
			d.Runs[i].Figures = result.NewFigures(known)
		}
		return d
	}
	c := sides(t, data(10), data(20), Options{Metrics: metrics.Names()})
	tested := 0
	for change := range c.changes() {
		if change.Test != PairedT || change.Verdict == NotShown {
			t.Errorf("%s: test %q, %s", change.Metric, change.Test, change.Verdict)
		}
		tested++
	}
	if tested != len(metrics.Catalogue()) || c.Tests != tested {
		t.Errorf("%d of %d metrics, %d tests", tested, len(metrics.Catalogue()), c.Tests)
	}
}

func TestSeeds(t *testing.T) {
	for _, tc := range []struct {
		seeds []uint64
		want  string
	}{
		{nil, ""},
		{[]uint64{7}, "7"},
		{[]uint64{3, 1, 2}, "1 to 3"},
		{[]uint64{1, 2, 3, 7, 9, 10}, "1 to 3, 7, 9 to 10"},
		{[]uint64{1, 3, 5, 7, 9}, "1, 3, 5, 7, 9"},
		{[]uint64{1, 3, 5, 7, 9, 11}, "1, 3, 5, 7, 9 and others"},
		{[]uint64{math.MaxUint64, 0, math.MaxUint64 - 1}, "0, 18446744073709551614 to 18446744073709551615"},
	} {
		var d result.Data
		for _, strategy := range []string{"a", "b"} {
			for _, seed := range tc.seeds {
				d.Runs = append(d.Runs, result.Run{Strategy: strategy, Seed: seed})
			}
		}
		if got := seeds(&d); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.seeds, got, tc.want)
		}
	}
}

// An interrupted side in virtual time has nothing but whole runs; in real time the
// last one was cut short.
func TestUnlike(t *testing.T) {
	for _, tc := range []struct {
		clock     string
		base, new bool // interrupted
		want      []string
	}{
		{"virtual", false, false, []string{}},
		{"virtual", true, false, []string{}},
		{"virtual", false, true, []string{"b was interrupted"}},
		{"real", false, false, []string{}},
		{"real", true, false, []string{"a was interrupted"}},
		{"real", true, true, []string{"a was interrupted", "b was interrupted"}},
	} {
		base, new := results("blog", tc.clock, 1), results("blog", tc.clock, 1)
		base.Summary.Interrupted, new.Summary.Interrupted = tc.base, tc.new
		if got := unlike(labelled{&base, "a"}, labelled{&new, "b"}); !slices.Equal(got, tc.want) {
			t.Errorf("%s, %v, %v: %q, want %q", tc.clock, tc.base, tc.new, got, tc.want)
		}
	}
}
