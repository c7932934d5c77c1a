package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCondition(t *testing.T) {
	for _, want := range []Condition{
		{"tps<-2%", "tps", true, -2, true},
		{"tps<-0.5", "tps", true, -0.5, false},
		{"429>+5", "429", false, 5, false},
		{" latency_p99_ms > 10 % ", "latency_p99_ms", false, 10, true},
		{"expirations>.5%", "expirations", false, 0.5, true},
	} {
		got, err := ParseCondition(want.Text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", want.Text, got, err, want)
		}
	}
}

func TestParseConditionErrors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", `condition "", character 1: no < or > found, want a condition such as tps<-2%`},
		{"tps", `condition "tps", character 4: no < or > found`},
		{"tsp<-2%", `condition "tsp<-2%", character 1: unknown metric "tsp" (did you mean tps?), want tps, offered_tps`},
		{"  tsp<-2%", `character 3: unknown metric "tsp"`},
		{"<-2%", `character 1: no metric found, want one of tps, `},
		{"tps<=-2%", `character 5: "=" found, want a number such as -2% or +0.5`},
		{"tps<two", `character 5: "t" found, want a number`},
		{"tps<−2%", `character 5: "−" found, want a number`}, // U+2212
		{"tps< -2e3", `character 8: "e" found, want a number`},
		{"tps<-2%%", `character 7: "%" found, want a number`},
		{"tps<", `character 5: "" is not a number`},
		{"tps<%", `character 5: "" is not a number`},
		{"tps<1.2.3", `character 5: "1.2.3" is not a number`},
		{"tps<0x10", `character 6: "x" found`},
		{"tps<NaN", `character 5: "N" found`},
		{"tps<-2%<3", `character 7: "%" found`},
	} {
		_, err := ParseCondition(tc.text)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: error %v, want %s", tc.text, err, tc.want)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{"tps<-2%", "429>+5", "", "<", "tps<=1", " tps > .5 % "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text)
		if err != nil {
			return
		}
		if c.Metric == "" || c.Bound != c.Bound {
			t.Fatalf("%q: %+v", text, c)
		}
	})
}

func TestFailures(t *testing.T) {
	steps := func(metric string, base, new figures) Change {
		e := estimate(base, new, true)
		return Change{"a", metric, verdict(metric, e), e}
	}
	tenLess := steps("tps", repeat(10, 6), repeat(9, 6))
	for name, tc := range map[string]struct {
		change    Change
		condition string
		want      []string
	}{
		"met":               {tenLess, "tps<-2%", []string{"blog, a: tps changed by -10.00 %, which tps<-2% forbids"}},
		"not met":           {tenLess, "tps<-20%", nil},
		"on the bound":      {tenLess, "tps<-10%", nil},
		"absolute":          {tenLess, "tps<-0.5", []string{"blog, a: tps changed by -10.00 %, which tps<-0.5 forbids"}},
		"the other way":     {tenLess, "tps>2%", nil},
		"chance":            {steps("tps", repeat(10, 5), repeat(9, 5)), "tps<-2%", nil},
		"untested":          {steps("tps", repeat(10, 1), repeat(9, 1)), "tps<-2%", []string{"blog, a: tps changed by -10.00 %, which tps<-2% forbids"}},
		"from zero":         {steps("429", repeat(0, 6), repeat(1, 6)), "429>1000%", []string{"blog, a: 429 changed by +1.00, which 429>1000% forbids"}},
		"zero":              {steps("429", repeat(0, 6), repeat(0, 6)), "429>0%", nil},
		"nothing in new":    {steps("latency_p99_ms", repeat(5, 6), repeat(-1, 6)), "latency_p99_ms>5%", []string{"blog, a: latency_p99_ms cannot be checked against latency_p99_ms>5%: nothing to compare on one side"}},
		"nothing anywhere":  {steps("latency_p99_ms", repeat(-1, 6), repeat(-1, 6)), "latency_p99_ms>5%", nil},
		"nothing to check":  {tenLess, "429>5", []string{"429>5: no strategy is on both sides"}},
		"with the interval": {steps("tps", series(50, 50, 50), series(41, 40, 39)), "tps<-2%", []string{"blog, a: tps changed by -20.00 % (95 %: -24.97 to -15.03), which tps<-2% forbids"}},
	} {
		c, err := ParseCondition(tc.condition)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Failures(Comparison{Scenarios: []Scenario{{Name: "blog", Changes: []Change{tc.change}}}})
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %s", name, cmp.Diff(tc.want, got))
		}
	}
}
