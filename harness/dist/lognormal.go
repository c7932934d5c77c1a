package dist

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// lognormal is the law whose logarithm is N(mu, sigma²).
type lognormal struct{ mu, sigma float64 } // of the logarithm of nanoseconds

// newLognormal makes the law with this median, whose logarithm has the
// standard deviation sigma, a plain number.
func newLognormal(median time.Duration, sigma float64, step time.Duration) (Dist, error) {
	switch {
	case median == 0:
		return nil, errors.New("median is 0, want more, or constant(0ms)")
	case sigma == 0:
		return nil, errors.New("sigma is 0, want more, or constant(median)")
	case sigma < 0:
		return nil, fmt.Errorf("sigma %v is negative, want more than 0", sigma)
	}
	return round(lognormal{math.Log(float64(median)), sigma}, step,
		fmt.Sprintf("lognormal(%s, %s)", FormatDuration(median), strconv.FormatFloat(sigma, 'g', -1, 64)))
}

func (l lognormal) cdf(x float64) float64 {
	return distuv.UnitNormal.CDF((math.Log(x) - l.mu) / l.sigma)
}

func (l lognormal) survival(x float64) float64 {
	return distuv.UnitNormal.CDF((l.mu - math.Log(x)) / l.sigma)
}

func (l lognormal) quantile(u float64) (x, off float64) {
	return math.Exp(l.mu + l.sigma*distuv.UnitNormal.Quantile(u)), math.Inf(1)
}

// excess is exp(mu + sigma²/2)·Φ(z + sigma) - x·Φ(z) with z = (mu - ln x)/sigma.
func (l lognormal) excess(x float64) float64 {
	z := (l.mu - math.Log(x)) / l.sigma
	mean := math.Exp(l.mu + l.sigma*l.sigma/2)
	return mean*distuv.UnitNormal.CDF(z+l.sigma) - x*distuv.UnitNormal.CDF(z)
}
