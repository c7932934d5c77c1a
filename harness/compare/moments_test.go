package compare

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// sleep is what Student worked his test out on ("The probable error of a
// mean", 1908): hours of sleep gained by ten patients with either of two drugs.
// The results below are those of R's t.test on its copy, data(sleep).
func sleep() (base, new []float64) {
	return []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
		[]float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
}

func TestMoments(t *testing.T) {
	base, new := sleep()
	for name, tc := range map[string]struct {
		m             moments
		df, p, lo, hi float64
	}{
		"paired":     {pairMoments(base, subtract(new, base)), 9, 0.002833, 0.7001142, 2.4598858},
		"not paired": {sampleMoments(base, new), 17.776, 0.07939, -0.2054832, 3.3654832},
		// Differences 1, 2, 3: mean 2, s/√3 = 1/√3, t = 2√3 = 3.4641, and
		// p = 1 − t/√(t²+2) with two degrees of freedom; t(0.975; 2) = 4.3027.
		"1, 2, 3": {pairMoments([]float64{10, 20, 30}, []float64{1, 2, 3}), 2, 0.0741799, 2 - 4.302653/math.Sqrt(3), 2 + 4.302653/math.Sqrt(3)},
	} {
		lo, hi := tc.m.difference(0.05)
		if !near(tc.m.df, tc.df, 1e-3) || !near(tc.m.p(), tc.p, 1e-5) || !near(lo, tc.lo, 1e-6) || !near(hi, tc.hi, 1e-6) {
			t.Errorf("%s: df %v, p %v, %v to %v, want df %v, p %v, %v to %v", name, tc.m.df, tc.m.p(), lo, hi, tc.df, tc.p, tc.lo, tc.hi)
		}
	}
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

// A base that does not scatter is a number to divide by.
func TestRatioOfConstantBase(t *testing.T) {
	m := pairMoments([]float64{50, 50, 50, 50}, []float64{1, 2, 3, 4})
	lo, hi := m.difference(0.05)
	ratioLo, ratioHi, ok := m.ratio(0.05)
	if !ok || !near(ratioLo, lo/50, 1e-12) || !near(ratioHi, hi/50, 1e-12) {
		t.Errorf("%v to %v, %v, want %v to %v", ratioLo, ratioHi, ok, lo/50, hi/50)
	}
}

// Worked by hand: base 8, 10, 12 and differences 1, 0, −1, so that means are 10
// and 0, variances of the means 4/3 and 1/3, covariance −2/3, t² = 18.5128:
//
//	a = 100 − 24.6838 = 75.3162, b = 12.3419, c = −6.17094
//
// and (12.3419 ± √(152.322 + 464.772)) / 75.3162.
func TestRatio(t *testing.T) {
	lo, hi, ok := pairMoments([]float64{8, 10, 12}, []float64{1, 0, -1}).ratio(0.05)
	if !ok || !near(lo, -0.165964, 1e-5) || !near(hi, 0.493696, 1e-5) {
		t.Errorf("%v to %v, %v, want -0.165964 to 0.493696", lo, hi, ok)
	}
}

func TestRatioOfNearlyNothing(t *testing.T) {
	if lo, hi, ok := pairMoments([]float64{0, 0, 0, 1}, []float64{5, 6, 7, 5}).ratio(0.05); ok {
		t.Errorf("%v to %v, want no bounds: the base may be 0", lo, hi)
	}
}

// The bounds are what a t test just does not reject, and both intervals agree
// on whether there is a difference.
func TestRatioProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "n")
		values := rapid.SliceOfN(rapid.Float64Range(1, 100), n, n)
		base, new := values.Draw(t, "base"), values.Draw(t, "new")
		d := subtract(new, base)
		if isConstant(d) {
			t.Skip("no scatter")
		}
		m := pairMoments(base, d)
		lo, hi, ok := m.ratio(0.05)
		if !ok {
			t.Skip("no bounds")
		}
		for _, delta := range []float64{lo, hi} {
			rest := make([]float64, n)
			for i := range d {
				rest[i] = d[i] - delta*base[i]
			}
			at := pairMoments(base, rest)
			want := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
			if got := math.Abs(at.d) / math.Sqrt(at.vD); !near(got, want, 1e-4*want) {
				t.Fatalf("at a bound %v the statistic is %v, want %v", delta, got, want)
			}
		}
		from, to := m.difference(0.05)
		if (lo > 0 || hi < 0) != (from > 0 || to < 0) {
			t.Fatalf("ratio %v to %v, difference %v to %v", lo, hi, from, to)
		}
		if (m.p() < 0.05) != (from > 0 || to < 0) {
			t.Fatalf("p %v, difference %v to %v", m.p(), from, to)
		}
	})
}
