package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// thrombolysis are the p-values that Benjamini and Hochberg work their procedure
// out on (1995, section 4): fifteen end points of a trial of two treatments of
// myocardial infarction by Neuhaus and others (1992). At 0.05 Bonferroni's
// procedure and Holm's reject three of them, theirs four.
func thrombolysis() []float64 {
	return []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
		0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000}
}

func TestMultipleTests(t *testing.T) {
	for name, tc := range map[string]struct {
		adjust  func([]float64) []float64
		p, want []float64
	}{
		// 15·0.0001, 14·0.0004, 13·0.0019, 12·0.0095, 11·0.0201, 10·0.0278; then
		// 9·0.0298 and 8·0.0344 are less than 0.278; 7·0.0459; the rest above 1.
		"Holm": {Holm, thrombolysis(), []float64{0.0015, 0.0056, 0.0247, 0.1140, 0.2211, 0.2780, 0.2780, 0.2780,
			0.3213, 1, 1, 1, 1, 1, 1}},
		// 15/1·0.0001, 15/2·0.0004, 15/3·0.0019, 15/4·0.0095, 15/5·0.0201; 15/6·0.0278
		// is more than 15/7·0.0298 = 0.06386; 15/8·0.0344 and so on.
		"Benjamini-Hochberg": {BenjaminiHochberg, thrombolysis(), []float64{0.0015, 0.0030, 0.0095, 0.035625, 0.0603,
			0.0638571, 0.0638571, 0.0645, 0.0765, 0.4860, 0.5811818, 0.714875, 0.7532308, 0.8132143, 1}},
		// Holm stops at the first that is too large: 3·0.01 ≤ 0.05, but 2·0.03 > 0.05,
		// though 0.04 alone would do. Benjamini and Hochberg begin at the other end.
		"Holm stops":                        {Holm, []float64{0.04, 0.01, 0.03}, []float64{0.06, 0.03, 0.06}},
		"Benjamini-Hochberg goes all along": {BenjaminiHochberg, []float64{0.04, 0.01, 0.03}, []float64{0.04, 0.03, 0.04}},
		"one test, Holm":                    {Holm, []float64{0.03}, []float64{0.03}},
		"one test, Benjamini-Hochberg":      {BenjaminiHochberg, []float64{0.03}, []float64{0.03}},
		"no test, Holm":                     {Holm, nil, nil},
		"no test, Benjamini-Hochberg":       {BenjaminiHochberg, nil, nil},
		"all the same, Holm":                {Holm, []float64{0.02, 0.02, 0.02}, []float64{0.06, 0.06, 0.06}},
		"all the same, Benjamini-Hochberg":  {BenjaminiHochberg, []float64{0.02, 0.02, 0.02}, []float64{0.02, 0.02, 0.02}},
	} {
		before := slices.Clone(tc.p)
		got := tc.adjust(tc.p)
		if !slices.EqualFunc(got, tc.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-6 }) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
		if !slices.Equal(before, tc.p) {
			t.Errorf("%s: changed what it was given", name)
		}
	}
}

func TestRejectionsOfThrombolysis(t *testing.T) {
	count := func(adjusted []float64) (n int) {
		for _, p := range adjusted {
			if p <= 0.05 {
				n++
			}
		}
		return n
	}
	if got := count(Holm(thrombolysis())); got != 3 {
		t.Errorf("Holm rejects %d, want 3", got)
	}
	if got := count(BenjaminiHochberg(thrombolysis())); got != 4 {
		t.Errorf("Benjamini-Hochberg rejects %d, want 4", got)
	}
}

func drawP(t *rapid.T) []float64 {
	return rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64Range(0, 0.05), rapid.Just(0.0), rapid.Just(1.0)), 1, 8).Draw(t, "p")
}

// Holm's procedure is the closed testing of Bonferroni's: a hypothesis is as
// significant as the least significant set of hypotheses that it is in, and a set
// of k has the p-value k times its least.
func TestHolmIsClosedTesting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawP(t)
		got := Holm(p)
		for i := range p {
			want := 0.0
			for set := range 1 << len(p) {
				if set&(1<<i) == 0 {
					continue
				}
				size, least := 0.0, 1.0
				for k := range p {
					if set&(1<<k) != 0 {
						size++
						least = min(least, p[k])
					}
				}
				want = max(want, min(1, size*least))
			}
			if math.Abs(got[i]-want) > 1e-12 {
				t.Fatalf("%v: adjusted %v, want %v at %d", p, got, want, i)
			}
		}
	})
}

// An adjusted value is the lowest level at which the procedure rejects, as it is
// worded by its authors: let k be the largest i for which p₍ᵢ₎ ≤ i/m·q; then
// reject all H₍ᵢ₎ up to k.
func TestBenjaminiHochbergIsStepUp(t *testing.T) {
	rejects := func(p []float64, i int, q float64) bool {
		sorted := slices.Sorted(slices.Values(p))
		for k := len(p); k > 0; k-- {
			if sorted[k-1] <= float64(k)/float64(len(p))*q+1e-15 {
				return p[i] <= sorted[k-1]
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawP(t)
		for i, q := range BenjaminiHochberg(p) {
			if q < 1 && !rejects(p, i, q+1e-9) {
				t.Fatalf("%v: not rejected at its own level %v at %d", p, q, i)
			}
			if q > 1e-9 && rejects(p, i, q-1e-9) {
				t.Fatalf("%v: rejected below its level %v at %d", p, q, i)
			}
		}
	})
}
