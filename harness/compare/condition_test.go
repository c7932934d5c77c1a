package compare

import (
	"strings"
	"testing"
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
