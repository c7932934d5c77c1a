// Package stats says how far the mean over a few runs can be trusted.
package stats

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is a mean with its 95 % confidence interval.
type Interval struct {
	Mean, Lo, Hi float64
	N            int // values behind it; with one, Lo and Hi are the mean and say nothing about its spread
}

// MeanCI returns the mean of values with the interval that contains the true
// mean in 95 % of all cases, when the values are independent draws from a
// normal distribution:
//
//	mean ± t(0.975; n-1) · s/√n
//
// where s is the sample standard deviation and t the quantile of Student's
// distribution (Student, "The Probable Error of a Mean", 1908). Without
// values the interval is zero.
func MeanCI(values []float64) Interval {
	n := len(values)
	switch n {
	case 0:
		return Interval{}
	case 1:
		return Interval{Mean: values[0], Lo: values[0], Hi: values[0], N: 1}
	}
	mean, deviation := stat.MeanStdDev(values, nil)
	margin := quantile(n-1) * deviation / math.Sqrt(float64(n))
	return Interval{Mean: mean, Lo: mean - margin, Hi: mean + margin, N: n}
}

// quantile is t(0.975; df).
func quantile(df int) float64 {
	if table := quantiles(); df < len(table) {
		return table[df]
	}
	return studentsT(df)
}

// quantiles holds t(0.975; df) by df for the usual numbers of runs. One
// quantile is a search that costs more than the mean of a hundred values, and
// a series asks for the same one thousands of times.
var quantiles = sync.OnceValue(func() (table [128]float64) {
	for df := 1; df < len(table); df++ {
		table[df] = studentsT(df)
	}
	return table
})

func studentsT(df int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(df)}.Quantile(0.975)
}
