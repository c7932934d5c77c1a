package compare

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"ratebench/harness/table"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/harness/result"
)

// reasons are why a gate does not let a comparison of one change pass.
func reasons(t *testing.T, condition, metric string, base, new figures, p pairing) (why []string) {
	t.Helper()
	if p.bySeed {
		p.pairs = len(base.runs)
	}
	e := estimate(base, new, p, 0.05)
	s := Scenario{Name: "blog", Changes: []Change{{Strategy: "a", Metric: metric, Estimate: e}}}
	c := Comparison{Alpha: 0.05, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
	c.judge()
	passes := gateOf(t, condition).Check(&c)
	for _, f := range c.Gate[0].Failures {
		why = append(why, f.Why)
	}
	if passes != (len(why) == 0) {
		t.Errorf("passes: %v, with %q", passes, why)
	}
	return why
}

func TestGate(t *testing.T) {
	none := []string(nil)
	half := []string{"tps changed by -50.00 %, which tps<-2% forbids"}
	for name, tc := range map[string]struct {
		condition, metric string
		base, new         figures
		pairing           pairing
		want              []string
	}{
		// Differences that are the same for every seed.
		"one exact run, half":        {"tps<-2%", "tps", repeat(80, 1), repeat(40, 1), sameFile, half},
		"one run, half":              {"tps<-2%", "tps", repeat(80, 1), repeat(40, 1), real, half},
		"two exact runs, half":       {"tps<-2%", "tps", repeat(80, 2), repeat(40, 2), virtual, half},
		"five exact runs, half":      {"tps<-2%", "tps", repeat(80, 5), repeat(40, 5), virtual, half},
		"two real runs, half":        {"tps<-2%", "tps", repeat(80, 2), repeat(40, 2), real, half},
		"two other runs, half":       {"tps<-2%", "tps", repeat(80, 2), repeat(40, 2), unrelated, half},
		"not as much":                {"tps<-60%", "tps", repeat(80, 2), repeat(40, 2), virtual, none},
		"on the bound":               {"tps<-50%", "tps", repeat(80, 2), repeat(40, 2), virtual, none},
		"absolute":                   {"tps<-30", "tps", repeat(80, 2), repeat(40, 2), virtual, []string{"tps changed by -50.00 %, which tps<-30 forbids"}},
		"the other way":              {"tps>2%", "tps", repeat(80, 2), repeat(40, 2), virtual, none},
		"from zero":                  {"429>1000%", "429", repeat(0, 2), repeat(1, 2), virtual, []string{"429 changed by +1.00, which 429>1000% forbids"}},
		"one exact run, not as much": {"tps<-60%", "tps", repeat(80, 1), repeat(40, 1), sameFile, none},

		// Every seed by half, but with different amounts: no t test sees it.
		"two unequal halves": {"tps<-2%", "tps", series(10, 90), series(5, 45), virtual,
			[]string{"tps changed by -25.00 (-279.12 to +229.12), which tps<-2% forbids"}},
		"six real runs, half": {"tps<-2%", "tps", repeat(80, 6), repeat(40, 6), real, half},
		"all fell, one by far": {"tps<-2%", "tps", repeat(100, 8), series(96, 96, 96, 96, 96, 96, 96, 1), real,
			[]string{"tps changed by -15.88 % (-43.95 to +12.20), which tps<-2% forbids"}},

		// The same.
		"identical":          {"tps<-2%", "tps", series(7, 8), series(7, 8), virtual, none},
		"identical, one run": {"tps<-2%", "tps", series(7), series(7), virtual, none},
		"one real run each":  {"tps<-2%", "tps", series(7), series(7), real, []string{"tps<-2% cannot be checked: one run does not tell tps from chance"}},
		"two real runs each": {"tps<-2%", "tps", series(7, 8), series(7, 8), real, none},
		"zero":               {"429>0%", "429", repeat(0, 6), repeat(0, 6), unrelated, none},

		// Tests.
		"shown":              {"tps<-2%", "tps", series(50, 50, 50), series(41, 40, 39), real, []string{"tps changed by -20.00 % (-24.97 to -15.03), which tps<-2% forbids"}},
		"not shown":          {"tps<-2%", "tps", series(50, 51, 49, 50, 52, 48), series(45, 56, 44, 49, 54, 45), real, none},
		"shown, not as much": {"tps<-2%", "tps", repeat(100, 6), series(99, 99.1, 98.9, 99, 99.1, 98.9), real, none},

		// Too few runs.
		"few, open": {"tps<-2%", "tps", series(50, 51, 49), series(45, 56, 44), virtual,
			[]string{"tps<-2% cannot be checked: tps changed by -3.33 % (-33.47 to +24.31), and 3 runs are too few to tell that from chance"}},
		"few, ruled out":            {"tps<-2%", "tps", repeat(100, 3), series(99.9, 99.8, 99.9), virtual, none},
		"few, without scatter":      {"429>+5", "429", repeat(0, 3), repeat(1, 3), real, none},
		"few, from zero":            {"429>+5%", "429", repeat(0, 3), series(0, 1, 0), real, []string{"429>+5% cannot be checked: 429 changed by +0.333 (-1.101 to +1.768), and 3 runs are too few to tell that from chance"}},
		"one real run, not as much": {"tps<-2%", "tps", series(80), series(79), real, []string{"tps<-2% cannot be checked: tps changed by -1.25 %, and there is nothing to tell that from chance"}},
		"one run of another file":   {"tps<-2%", "tps", series(80), series(79), virtual, []string{"tps<-2% cannot be checked: tps changed by -1.25 %, and there is nothing to tell that from chance"}},
		"means only":                {"tps<-2%", "tps", means(80), means(79), virtual, []string{"tps<-2% cannot be checked: tps changed by -1.25 %, and there is nothing to tell that from chance"}},

		// A change that is asked for.
		"asked for, shown":     {"tps<5%", "tps", series(50, 50, 50), series(59, 60, 61), real, none},
		"asked for, too small": {"tps<30%", "tps", series(50, 50, 50), series(59, 60, 61), real, []string{"tps changed by +20.00 % (+15.03 to +24.97), which tps<30% forbids"}},
		"asked for, not shown": {"tps<5%", "tps", series(50, 50, 50), series(50, 60, 70), real, []string{"tps<5% asks for a change of tps, and none is shown: +20.00 % (-29.68 to +69.68)"}},
		"asked for, identical": {"429>-1", "429", series(5, 6), series(5, 6), virtual, []string{"429 is identical, which 429>-1 forbids"}},

		// Less than the base has.
		"nothing in new": {"latency_p99_ms>5%", "latency_p99_ms", repeat(5, 6), repeat(-1, 6), virtual,
			[]string{"latency_p99_ms>5% cannot be checked: latency_p99_ms: nothing was recorded on one side"}},
		"nothing in the base": {"latency_p99_ms>5%", "latency_p99_ms", repeat(-1, 6), repeat(5, 6), virtual,
			[]string{"latency_p99_ms>5% cannot be checked: latency_p99_ms: nothing was recorded on one side"}},
		"nothing anywhere": {"latency_p99_ms>5%", "latency_p99_ms", repeat(-1, 6), repeat(-1, 6), virtual,
			[]string{"latency_p99_ms>5% cannot be checked: there is no figure to check"}},
		"no figure for a seed": {"latency_p99_ms>5%", "latency_p99_ms", repeat(5, 6), series(5, 5, 5, -1, 5, 5), virtual,
			[]string{"latency_p99_ms>5% cannot be checked: latency_p99_ms: 1 of 6 pairs left out, in which one side has no such figure"}},
		"a figure more":  {"latency_p99_ms>5%", "latency_p99_ms", series(5, 5, 5, -1, 5, 5), repeat(5, 6), virtual, none},
		"no such metric": {"429>5", "tps", repeat(5, 6), repeat(5, 6), virtual, []string{"429>5 cannot be checked: there is no figure to check"}},
	} {
		if got := reasons(t, tc.condition, tc.metric, tc.base, tc.new, tc.pairing); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %s", name, cmp.Diff(tc.want, got))
		}
	}
}

// What the base has and the new side has not is said for each condition.
func TestGateOnLessThanTheBase(t *testing.T) {
	tps := []float64{80, 81, 79, 80, 82, 78}
	a, b := outcome{"a", tps}, outcome{"b", tps}
	base := Side{Label: "old", Results: []result.Data{results("one", "virtual", 1, a, b), results("two", "virtual", 1, a)}}
	shorter := results("two", "virtual", 1, a)
	shorter.Summary.DurationS = 1
	interrupted := results("two", "virtual", 1, a)
	interrupted.Summary.Interrupted = true
	partOfIt := keep(results("two", "virtual", 1, a), 1, 2, 4)
	one := results("one", "virtual", 1, a, b)
	for name, tc := range map[string]struct {
		new     []result.Data
		options Options
		want    string // "" passes
	}{
		"all of it":             {[]result.Data{one, results("two", "virtual", 1, a, b)}, Options{}, ""},
		"a scenario missing":    {[]result.Data{one}, Options{}, "two: the scenario is missing in new"},
		"a strategy missing":    {[]result.Data{results("one", "virtual", 1, a), results("two", "virtual", 1, a)}, Options{}, "one b: the strategy is missing in new"},
		"not asked for":         {[]result.Data{results("one", "virtual", 1, a), results("two", "virtual", 1, a)}, Options{Strategies: []string{"a"}}, ""},
		"a scenario without it": {[]result.Data{one}, Options{Strategies: []string{"b"}}, ""},
		"runs missing":          {[]result.Data{one, partOfIt}, Options{}, "two a: %s: 3 of 6 runs are missing on the new side"},
		"shorter":               {[]result.Data{one, shorter}, Options{}, "two: runs take 25 s in old and 1 s in new"},
		"interrupted":           {[]result.Data{one, interrupted}, Options{}, "two: new was interrupted"},
	} {
		c, err := Sides(base, []Side{{Label: "new", Results: tc.new}}, tc.options)
		if err != nil {
			t.Fatal(err)
		}
		if passes := gateOf(t, "tps<-2%", "429>+5").Check(&c); passes != (tc.want == "") {
			t.Errorf("%s: passes: %v", name, passes)
		}
		for _, g := range c.Gate {
			var got []string
			for _, f := range g.Failures {
				if !f.Unknown {
					t.Errorf("%s: %+v is not unknown", name, f)
				}
				about := strings.TrimSpace(f.Scenario + " " + f.Strategy)
				got = append(got, about+": "+strings.TrimPrefix(f.Why, g.Condition+" cannot be checked: "))
			}
			want := tc.want
			if strings.Contains(want, "%s") {
				want = fmt.Sprintf(want, map[string]string{"tps<-2%": "tps", "429>+5": "429"}[g.Condition])
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("%s, %s: %q, want %q", name, g.Condition, got, want)
			}
		}
	}
}

// With few runs and many figures, all runs of some fall by chance. That trips the
// gate where it is none: in virtual time, and without scatter.
func TestGateOnEveryRunOfManyFigures(t *testing.T) {
	before, after := series(100, 101, 99, 100, 102, 98, 101), series(96, 70, 95, 20, 90, 80, 60)
	chance := estimate(before, series(101, 100, 100, 99, 98, 102, 101), real, 0.05)
	for _, tc := range []struct {
		base, new figures
		pairing   pairing
		passes    bool
	}{
		{before, after, real, true},
		{before, after, unrelated, true},
		{before, after, virtual, false},
		{repeat(80, 7), repeat(40, 7), real, false},
		{repeat(80, 7), repeat(40, 7), unrelated, false},
	} {
		s := Scenario{Name: "blog", Changes: []Change{{Strategy: "a", Metric: "tps", Estimate: estimate(tc.base, tc.new, tc.pairing, 0.05)}}}
		for range 10_000 {
			s.Changes = append(s.Changes, Change{Strategy: "b", Metric: "tps", Estimate: chance})
		}
		c := Comparison{Alpha: 0.05, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
		c.judge()
		if got := gateOf(t, "tps<-2%").Check(&c); got != tc.passes {
			t.Errorf("%+v: passes: %v, want %v", tc.pairing, got, tc.passes)
		}
	}
}

// The gate goes by Holm's procedure, verdicts by that of Benjamini and Hochberg: of
// p-values 0.0001, 0.02, 0.03 and 0.9, Holm's takes the first (3 · 0.02 is more than
// 0.05), the other one three (4/3 · 0.03 is not).
func TestGateIsStricterThanVerdicts(t *testing.T) {
	s := Scenario{Name: "blog"}
	for i, p := range []float64{0.0001, 0.02, 0.03, 0.9} {
		e := estimate(series(100, 101, 99, 100, 102, 98), series(96, 95, 97, 94, 96, 99), real, 0.05)
		e.P = number(p)
		s.Changes = append(s.Changes, Change{Strategy: fmt.Sprint(i), Metric: "tps", Estimate: e})
		s.Changes[i].single.most = 1 // not in every run
		s.Changes[i].single.mostPercent = 1
	}
	c := Comparison{Alpha: 0.05, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
	c.judge()
	gateOf(t, "tps<-2%").Check(&c)
	var failed []string
	for _, f := range c.Gate[0].Failures {
		failed = append(failed, f.Strategy)
	}
	if worse := c.Against[0].Count(Worse); !slices.Equal(failed, []string{"0"}) || worse != 3 {
		t.Errorf("the gate fails for %q and %d are worse, want 0 and 3", failed, worse)
	}
}

// Chance does not get through a gate with many figures and conditions: a p-value
// of 0.01 counts for one figure, and not for one of a hundred.
func TestGateOfManyFigures(t *testing.T) {
	base, new := repeat(100, 20), figures{hasMean: true}
	for i := range 20 { // t = 2.9
		new.runs = append(new.runs, figure{uint64(i + 1), 100 - 3 + 4.6*float64(i%2*2-1), true})
	}
	unchanged, shuffled := series(1, 2, 3, 4, 5, 6), series(2, 1, 4, 3, 6, 5)
	for n, want := range map[int]bool{0: false, 1: false, 99: true} {
		s := Scenario{Name: "blog", Changes: []Change{{Strategy: "a", Metric: "tps", Estimate: estimate(base, new, real, 0.05)}}}
		for range n {
			s.Changes = append(s.Changes, Change{Strategy: "b", Metric: "429", Estimate: estimate(unchanged, shuffled, real, 0.05)})
		}
		c := Comparison{Alpha: 0.05, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
		c.judge()
		if got := gateOf(t, "tps<-2%", "429>+5").Check(&c); got != want {
			t.Errorf("%d other figures: passes: %v, want %v; %+v", n, got, want, c.Gate)
		}
		if c.Tests != n+1 || c.Gate[0].Tests != n+1 {
			t.Errorf("%d and %d tests, want %d", c.Tests, c.Gate[0].Tests, n+1)
		}
	}
}

// Figures that are identical are no tests: however many there are, they neither
// count nor hide what has changed, with pairs or without.
func TestIdenticalFiguresAreNoTests(t *testing.T) {
	base, new := repeat(100, 20), figures{hasMean: true}
	for i := range 20 { // t = 2.9, as above
		new.runs = append(new.runs, figure{uint64(i + 1), 100 - 3 + 4.6*float64(i%2*2-1), true})
	}
	nothing := series(0, 0, 0, 0, 0, 0)
	for _, p := range []pairing{real, unrelated} {
		s := Scenario{Name: "blog", Changes: []Change{{Strategy: "a", Metric: "tps", Estimate: estimate(base, new, real, 0.05)}}}
		for range 99 {
			s.Changes = append(s.Changes, Change{Strategy: "b", Metric: "429", Estimate: estimate(nothing, nothing, p, 0.05)})
		}
		c := Comparison{Alpha: 0.05, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
		c.judge()
		passes := gateOf(t, "tps<-2%", "429>+5").Check(&c)
		if c.Tests != 1 || c.Gate[0].Tests != 1 || s.Changes[0].Verdict != Worse || passes {
			t.Errorf("pairs: %v: %d and %d tests, %s, passes: %v; want 1 and 1, worse, and no pass", p.bySeed, c.Tests, c.Gate[0].Tests, s.Changes[0].Verdict, passes)
		}
		if e := s.Changes[1].Estimate; e.P != nil || e.PAdjusted != nil || s.Changes[1].Verdict != Same {
			t.Errorf("pairs: %v: %+v", p.bySeed, s.Changes[1])
		}
	}
}

// Where nothing was tested nothing is said of tests, and blocks have one blank line
// between them.
func TestTextWithoutTests(t *testing.T) {
	four := results("blog", "virtual", 1, outcome{"a", []float64{80, 81, 79, 80}}, outcome{"b", []float64{1, 1, 1, 1}})
	one := results("blog", "virtual", 100, outcome{"a", []float64{82}})
	c := sides(t, four, one, Options{})
	for _, f := range []table.Format{table.Text, table.Markdown} {
		var b bytes.Buffer
		if err := Write(&b, c, f, 200); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if c.Tests != 0 || strings.Contains(got, "tests at level") || strings.Contains(got, "0 tests") {
			t.Errorf("%d tests:\n%s", c.Tests, got)
		}
		if strings.Contains(got, "\n\n\n") || !strings.Contains(got, "\n\nStrategies only in a: b\n") || strings.HasPrefix(got, "\n") {
			t.Errorf("blank lines:\n%s", got)
		}
	}
}

// nothingShown is a level at which no test shows anything.
var nothingShown = level{alpha: 0.05, one: 0.05, shown: func(*Change) bool { return false }}

// A change that meets a condition in every pair of runs in virtual time trips the
// gate, whatever the number of runs and their scatter; in real time, too, if there
// are not many other figures.
func TestGateTripsWhereEveryRunMeetsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		p := rapid.SampledFrom([]pairing{real, virtual, sameFile}).Draw(t, "pairing")
		base := rapid.SliceOfN(rapid.Float64Range(0.001, 1e6), n, n).Draw(t, "base")
		new := make([]float64, n)
		for i := range new {
			new[i] = base[i] * rapid.Float64Range(0, 0.97).Draw(t, "share")
		}
		b, a := series(base...), series(new...)
		e := estimate(b, a, p, 0.05)
		change := Change{Strategy: "a", Metric: "tps", Estimate: e}
		c := Condition{Text: "tps<-2%", Metric: "tps", Below: true, Bound: -2, Percent: true}
		if c.forbids(&change, nothingShown) == "" {
			t.Fatalf("%v to %v passes", base, new)
		}
	})
}

// What a gate lets pass in few runs is clear of its bound, or exact.
func TestGateWithFewRuns(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	c := Condition{Text: "tps<-2%", Metric: "tps", Below: true, Bound: -2, Percent: true}
	passed := 0
	for range 2000 {
		n := 1 + random.IntN(3)
		scatter := random.Float64() * 10
		var base, new []float64
		for range n {
			base, new = append(base, 100), append(new, 100+scatter*random.NormFloat64())
		}
		for _, p := range []pairing{real, virtual, unrelated} {
			change := Change{Metric: "tps", Estimate: estimate(series(base...), series(new...), p, 0.05)}
			if c.forbids(&change, nothingShown) != "" || c.cannotTell(&change, 0.05) != "" {
				continue
			}
			if passed++; n == 1 || change.PercentCI[0] < -2 {
				t.Fatalf("%v passes with %+v", new, change.Estimate)
			}
		}
	}
	if passed == 0 {
		t.Error("nothing passes")
	}
}
