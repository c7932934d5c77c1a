package dist

import (
	"errors"
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// normal is the normal law truncated to x >= 0: the law of N(mu, sigma²) given
// that it is not negative. With Φ the standard normal CDF,
//
//	P(X <= x) = (Φ((x-mu)/sigma) - Φ(-mu/sigma)) / Φ(mu/sigma)
//
// so that its mean lies above mu, noticeably where sigma > mu/3.
type normal struct {
	mu, sigma float64 // of the law before truncation, in ns
	negative  float64 // P(N < 0), what truncation takes away
}

// newNormal makes the law of a normal with this mean and standard deviation
// before truncation.
func newNormal(mean, sd, step time.Duration) (Dist, error) {
	if sd == 0 {
		return nil, errors.New("sd is 0, want more, or constant(mean)")
	}
	mu, sigma := float64(mean), float64(sd)
	return round(normal{mu, sigma, distuv.UnitNormal.CDF(-mu / sigma)}, step,
		fmt.Sprintf("normal(%s, %s)", FormatDuration(mean), FormatDuration(sd)))
}

func (l normal) cdf(x float64) float64 {
	return (distuv.UnitNormal.CDF((x-l.mu)/l.sigma) - l.negative) / (1 - l.negative)
}

func (l normal) survival(x float64) float64 {
	return distuv.UnitNormal.CDF((l.mu-x)/l.sigma) / (1 - l.negative)
}

func (l normal) quantile(u float64) (x, off float64) {
	return l.mu + l.sigma*distuv.UnitNormal.Quantile(l.negative+u*(1-l.negative)), math.Inf(1)
}

// excess is sigma·(zΦ(z) + φ(z)) / Φ(mu/sigma) with z = (mu-x)/sigma.
func (l normal) excess(x float64) float64 {
	z := (l.mu - x) / l.sigma
	return l.sigma * (z*distuv.UnitNormal.CDF(z) + distuv.UnitNormal.Prob(z)) / (1 - l.negative)
}
