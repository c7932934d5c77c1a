package dist

import (
	"errors"
	"fmt"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// exponential is the exponential law, that of the time between the arrivals of
// a Poisson process.
type exponential struct{ distuv.Exponential }

func newExponential(mean, step time.Duration) (Dist, error) {
	if mean == 0 {
		return nil, errors.New("mean is 0, want more, or constant(0ms)")
	}
	return round(exponential{distuv.Exponential{Rate: 1 / float64(mean)}}, step,
		fmt.Sprintf("exponential(%s)", FormatDuration(mean)))
}

func (l exponential) cdf(x float64) float64      { return l.CDF(x) }
func (l exponential) survival(x float64) float64 { return l.Survival(x) }

// quantile is off by a few roundings of x, and of u and the cdf, whose slope at x is
// (1-u)/mean.
func (l exponential) quantile(u float64) (x, off float64) {
	const roundings = 1.0 / (1 << 49) // 16 of 2^-53
	x = l.Exponential.Quantile(u)
	return x, (x + l.Mean()/(1-u)) * roundings
}

// excess is mean·survival(x): the law has no memory.
func (l exponential) excess(x float64) float64 { return l.Mean() * l.Survival(x) }
