package compare

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// madeUp is a comparison of figures that are drawn from normal distributions: so
// many that have not changed, and so many that fell by three standard deviations.
func madeUp(random *rand.Rand, p pairing, runs, unchanged, fallen int) Comparison {
	draw := func(mean float64) figures {
		f := figures{hasMean: true, mean: mean}
		for i := range runs {
			f.runs = append(f.runs, figure{uint64(i), mean + random.NormFloat64(), true})
		}
		return f
	}
	s := Scenario{Name: "made up"}
	for i := range unchanged + fallen {
		name, to := "unchanged", 100.0
		if i >= unchanged {
			name, to = "fallen", 97
		}
		e := estimate(draw(100), draw(to), p, DefaultAlpha)
		s.Changes = append(s.Changes, Change{Strategy: name, Metric: "tps", Estimate: e})
	}
	c := Comparison{Alpha: DefaultAlpha, Against: []Versus{{New: "new", Scenarios: []Scenario{s}}}}
	c.judge()
	return c
}

// If nothing has changed the gate fails in 5 % of all cases at most, even if its
// bounds leave no room and it looks both ways. In 200 cases that is 10, give or
// take three times 3.1.
func TestGateWhereNothingHasChanged(t *testing.T) {
	const cases, most = 200, 10 + 9
	for _, tc := range []struct {
		pairing pairing
		runs    int
	}{{unrelated, 5}, {real, 6}, {real, 20}} {
		random := rand.New(rand.NewPCG(uint64(tc.runs), 7))
		failed := 0
		for range cases {
			c := madeUp(random, tc.pairing, tc.runs, 20, 0)
			if !gateOf(t, "tps<0%", "tps>0%").Check(&c) {
				failed++
			}
		}
		if failed > most {
			t.Errorf("%d runs, pairs: %v: fails in %d of %d cases", tc.runs, tc.pairing.bySeed, failed, cases)
		}
		t.Logf("%d runs, pairs: %v: fails in %d of %d cases", tc.runs, tc.pairing.bySeed, failed, cases)
	}
}

// Of the figures that have a verdict, 5 % at most have not changed, however many
// others have, give or take two times 2 % in 60 cases; and what has fallen by far
// is found.
func TestVerdictsWhereSomeHaveChanged(t *testing.T) {
	for _, fallen := range []int{1, 20} {
		random := rand.New(rand.NewPCG(uint64(fallen), 8))
		var wrong, share, found float64
		const cases = 60
		for range cases {
			c := madeUp(random, unrelated, 20, 40, fallen)
			wrong = 0
			verdicts := 0.0
			for change := range c.changes() {
				if change.Verdict == NotShown {
					continue
				}
				verdicts++
				if change.Strategy == "unchanged" {
					wrong++
				} else {
					found++
				}
			}
			share += wrong / max(1, verdicts) / cases
		}
		what := fmt.Sprintf("%d of %d fallen: %.1f %% of the verdicts are wrong, %.1f %% of the fallen are found", fallen, 40+fallen, 100*share, 100*found/float64(fallen*cases))
		if share > 0.05+0.04 || found < 0.99*float64(fallen*cases) {
			t.Error(what)
		}
		t.Log(what)
	}
}
