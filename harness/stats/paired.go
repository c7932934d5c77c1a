package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Difference is the mean of the differences of pairs.
type Difference struct {
	Interval
	// P is the two-sided probability of a mean as far from 0 as this where the
	// true one is 0; 1 with fewer than two pairs, of which nothing can be told, and
	// for differences that are all 0.
	P float64
}

// Paired tests the differences of pairs, as of two strategies on the same seeds,
// by Student's t test: t = mean·√n/s ("The Probable Error of a Mean", 1908).
// Of differences that are all the same the t test knows nothing: their interval is
// the difference itself, and P that of n coins which all show the same side, 2·2⁻ⁿ
// (Arbuthnot, "An Argument for Divine Providence", 1710).
func Paired(differences []float64) Difference {
	d := Difference{Interval: MeanCI(differences), P: 1}
	if d.N < 2 {
		return d
	}
	deviation := stat.StdDev(differences, nil)
	if deviation <= 1e-9*math.Abs(d.Mean) { // but for the last digit that results have
		d.Lo, d.Hi = d.Mean, d.Mean
		if d.Mean != 0 {
			d.P = math.Pow(2, float64(1-d.N))
		}
		return d
	}
	t := math.Abs(d.Mean) * math.Sqrt(float64(d.N)) / deviation
	d.P = 2 * distuv.StudentsT{Sigma: 1, Nu: float64(d.N - 1)}.Survival(t)
	return d
}
