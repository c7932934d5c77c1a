package compare

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/table"
)

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
	c, err := Sides(base, []Side{new}, Options{Metrics: append(Metrics(), "retries")})
	if err != nil {
		t.Fatal(err)
	}
	gate := gateOf(t, "tps<-2%", "429>+5")
	if gate.Check(&c) {
		t.Error("passes")
	}
	for name, f := range map[string]table.Format{
		"compare.txt": table.Text, "compare.md": table.Markdown, "compare.csv": table.CSV, "compare.json": table.JSON,
	} {
		var b bytes.Buffer
		if err := Write(&b, c, f, 200); err != nil {
			t.Fatal(err)
		}
		resulttest.Golden(t, name, b.Bytes())
	}
}

// gateOf reads conditions.
func gateOf(t *testing.T, conditions ...string) Gate {
	t.Helper()
	var g Gate
	for _, text := range conditions {
		c, err := ParseCondition(text)
		if err != nil {
			t.Fatal(err)
		}
		g = append(g, c)
	}
	return g
}

// sides compares results made of them with each other.
func sides(t *testing.T, base, new result.Data, o Options) Comparison {
	t.Helper()
	c, err := Sides(Side{Label: "a", Results: []result.Data{base}}, []Side{{Label: "b", Results: []result.Data{new}}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Figures that are not the mean over the runs in other tables are said to be so,
// and no others.
func TestPooledNote(t *testing.T) {
	d := results("blog", "virtual", 1, outcome{"a", []float64{80, 81, 60}})
	if got := sides2(t, d).pooledNote(); !strings.HasSuffix(got, "put the runs together first (latency_p99_ms)") {
		t.Errorf("%q", got)
	}
	one := results("blog", "virtual", 1, outcome{"a", []float64{80}})
	if got := sides2(t, one).pooledNote(); got != "" {
		t.Errorf("one run: %q", got)
	}
}

func sides2(t *testing.T, d result.Data) *Comparison {
	c := sides(t, d, d, Options{Metrics: []string{"tps", "429", "latency_p99_ms", "latency_p999_ms"}})
	return &c
}

// Results do not differ from themselves.
func TestSidesOfTheSame(t *testing.T) {
	for _, side := range func() []Side { a, b := twoSides(); return []Side{a, b} }() {
		c, err := Sides(side, []Side{side}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		changes, v := 0, &c.Against[0]
		for change := range c.changes() {
			changes++
			if change.Verdict != Same {
				t.Errorf("%s: %s is %s", change.Strategy, change.Metric, change.Verdict)
			}
		}
		if changes == 0 || len(v.OnlyBase) > 0 || len(v.OnlyNew) > 0 {
			t.Errorf("%d changes, %q and %q on one side", changes, v.OnlyBase, v.OnlyNew)
		}
	}
}

// Sides changed over see the same differences the other way round.
func TestSidesChangedOver(t *testing.T) {
	base, new := twoSides()
	there, err := Sides(base, []Side{new}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := Sides(new, []Side{base}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := &there.Against[0], &back.Against[0]
	if a.Count(Better) != b.Count(Worse) || a.Count(Worse) != b.Count(Better) || a.Count(NotShown) != b.Count(NotShown) || there.Tests != back.Tests {
		t.Errorf("%s, but %s", there.summary(a), back.summary(b))
	}
}

// Virtual time can be compared with real time.
func TestSidesOfTwoClocks(t *testing.T) {
	steady := outcome{"steady", []float64{80}}
	c := sides(t, results("blog", "virtual", 1, steady), results("blog", "real", 1, steady), Options{})
	if len(c.Against[0].Scenarios) != 1 {
		t.Fatalf("%+v", c)
	}
	s := c.Against[0].Scenarios[0]
	if want := []string{"different clocks: virtual in a, real in b"}; s.Clock != "virtual and real" || !slices.Equal(s.Warnings, want) {
		t.Errorf("clock %q, warnings %q", s.Clock, s.Warnings)
	}
}

func TestSidesRefuseDuplicates(t *testing.T) {
	base, new := twoSides()
	base.Results = append(base.Results, base.Results[1])
	_, err := Sides(base, []Side{new}, Options{})
	if want := "main has two results of blog (real clock), want one"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Folders tell results of one scenario and clock apart, on one side or on both.
func TestSidesWithFolders(t *testing.T) {
	real := func(tps float64) result.Data { return results("blog", "real", 1, outcome{"a", []float64{tps}}) }
	base := Side{Label: "old", Results: []result.Data{real(10), real(20)}, Folders: []string{"measured/real/blog", "real/blog"}}
	new := Side{Label: "new", Results: []result.Data{real(20), real(10)}, Folders: []string{"real/blog", "measured/real/blog"}}
	c, err := Sides(base, []Side{new}, Options{Metrics: []string{"tps"}})
	if err != nil || len(c.Against[0].Scenarios) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	for i, want := range []string{"blog in measured/real/blog", "blog in real/blog"} {
		if s := c.Against[0].Scenarios[i]; s.Name != want || *s.Changes[0].Base != *s.Changes[0].New {
			t.Errorf("%s: %+v, want %s and the same figures", s.Name, s.Changes[0], want)
		}
	}
	new.Results, new.Folders = new.Results[:1], []string{"blog"} // elsewhere
	c, err = Sides(base, []Side{new}, Options{Metrics: []string{"tps"}})
	if v := c.Against[0]; err != nil || len(v.Scenarios) != 1 || !slices.Equal(v.OnlyBase, []string{"blog (real clock) in real/blog"}) {
		t.Errorf("%+v, %v", c, err)
	}
}

// Several sides are compared with the base one by one, and judged together.
func TestSeveralSides(t *testing.T) {
	base, new := twoSides()
	other := new
	other.Label = "other"
	one, err := Sides(base, []Side{new}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := Sides(base, []Side{new, other}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(two.Against) != 2 || two.Tests != 2*one.Tests || two.Against[1].New != "other" {
		t.Errorf("%d sides, %d tests, want 2 and %d", len(two.Against), two.Tests, 2*one.Tests)
	}
	gate := gateOf(t, "tps<-2%")
	gate.Check(&one)
	gate.Check(&two)
	if a, b := one.Gate[0], two.Gate[0]; b.Tests != 2*a.Tests || b.Figures != 2*a.Figures || len(b.Failures) != 2*len(a.Failures) {
		t.Errorf("gate %+v, want twice %+v", b, a)
	}
	if last := two.Gate[0].Failures[len(two.Gate[0].Failures)-1]; last.New != "other" {
		t.Errorf("%+v is not about the second side", last)
	}
}

// What is left out is left out of everything; what stays is found in its folder.
func TestRestrict(t *testing.T) {
	a, b := outcome{"a", []float64{1, 2}}, outcome{"b", []float64{3, 4}}
	side := Side{Label: "s", Results: []result.Data{results("one", "virtual", 1, a), results("two", "virtual", 1, a, b)}, Folders: []string{"x", "y"}}
	got := side.restrict([]string{"b"})
	if len(got.Results) != 1 || !slices.Equal(got.Folders, []string{"y"}) {
		t.Fatalf("%+v", got)
	}
	d := got.Results[0]
	if len(d.Summary.Strategies) != 1 || d.Summary.Strategies[0].Name != "b" || len(d.Runs) != 2 || d.Runs[0].Strategy != "b" {
		t.Errorf("%+v", d)
	}
	if len(side.Results) != 2 || len(side.Results[1].Runs) != 4 || len(side.Results[1].Summary.Strategies) != 2 {
		t.Error("changed what it was given")
	}
}
