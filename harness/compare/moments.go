package compare

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// moments describe two means over runs: that of the base, and that of the
// difference d = new − base.
type moments struct {
	base, d    float64
	vBase, vD  float64 // variances of the two means
	covariance float64 // of the two means
	df         float64 // degrees of freedom
}

// pairMoments are those of n pairs: s²/n, and n−1 degrees of freedom.
func pairMoments(base, d []float64) moments {
	n := float64(len(d))
	return moments{
		base: mean(base), d: mean(d),
		vBase:      stat.Variance(base, nil) / n,
		vD:         stat.Variance(d, nil) / n,
		covariance: stat.Covariance(base, d, nil) / n,
		df:         n - 1,
	}
}

// sampleMoments are those of two independent samples. With a = s²/n of either
// one, the difference has the variance a + a', its covariance with the base is
// −a, and
//
//	df = (a + a')² / (a²/(n−1) + a'²/(n'−1))
//
// (Welch, "The generalization of 'Student's' problem when several different
// population variances are involved", 1947).
func sampleMoments(base, new []float64) moments {
	n, m := float64(len(base)), float64(len(new))
	a, b := stat.Variance(base, nil)/n, stat.Variance(new, nil)/m
	return moments{
		base: mean(base), d: mean(new) - mean(base),
		vBase: a, vD: a + b, covariance: -a,
		df: (a + b) * (a + b) / (a*a/(n-1) + b*b/(m-1)),
	}
}

func (m moments) student() distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: m.df} }

// p is the two-sided probability of a mean difference this far from 0 where
// the true one is 0: t = d/√vD (Student, "The probable error of a mean", 1908).
func (m moments) p() float64 {
	return 2 * m.student().Survival(math.Abs(m.d)/math.Sqrt(m.vD))
}

// difference is the confidence interval of d: what the t test does not reject at
// level alpha.
func (m moments) difference(alpha float64) (lo, hi float64) {
	margin := m.student().Quantile(1-alpha/2) * math.Sqrt(m.vD)
	return m.d - margin, m.d + margin
}

// ratio is the confidence interval of δ = d/base. It is the set of all δ for
// which a t test at level alpha does not reject that the mean of d − δ·base is 0,
//
//	(d − δ·base)² ≤ t²·(vD − 2δ·cov + δ²·vBase),
//
// and so excludes 0 exactly when the interval of the difference does. It
// reports false when that set is not bounded, because the base itself cannot
// be told from 0. (Fieller, "Some problems in interval estimation", 1954.)
func (m moments) ratio(alpha float64) (lo, hi float64, ok bool) {
	t := m.student().Quantile(1 - alpha/2)
	a := m.base*m.base - t*t*m.vBase
	b := m.base*m.d - t*t*m.covariance
	c := m.d*m.d - t*t*m.vD
	if a <= 0 {
		return 0, 0, false
	}
	root := math.Sqrt(max(0, b*b-a*c))
	return (b - root) / a, (b + root) / a, true
}
