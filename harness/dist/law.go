package dist

import (
	"fmt"
	"math"
	"time"
)

// A law is a continuous probability law on [0, ∞), in nanoseconds.
type law interface {
	// cdf is P(X <= x). It never falls, and cdf(0) = 0.
	cdf(x float64) float64
	// survival is P(X > x), accurate where it is small.
	survival(x float64) float64
	// quantile is the inverse of cdf, approximately: of whatever is further than
	// off from x, cdf says whether it is below or above. +Inf: that is not known.
	quantile(u float64) (x, off float64)
	// excess is E[max(X-x, 0)], the integral of survival from x on; the mean
	// is excess(0).
	excess(x float64) float64
}

// rounded is a law rounded to the nearest multiple of step: everything below
// half a step is 0. Without a step it is the law itself, rounded up to the
// next nanosecond, which leaves the CDF at every nanosecond as it is.
type rounded struct {
	law      law
	step     time.Duration
	mean     time.Duration
	notation string
}

var _ Dist = (*rounded)(nil)

// round puts a law on a grid. The law must be all but certain to stay below
// Longest: U has 53 bits, so what is less likely than one in 2^53 never occurs.
func round(l law, step time.Duration, notation string) (Dist, error) {
	if l.cdf(float64(Longest)) < 1-1.0/(1<<53) {
		return nil, fmt.Errorf("it can draw more than %s, want smaller parameters", FormatDuration(Longest))
	}
	mean := l.excess(0)
	if step > 0 {
		mean = meanOnGrid(l, float64(step))
	}
	return &rounded{l, step, time.Duration(math.Round(mean)), notation}, nil
}

// meanOnGrid is the mean of a law that is rounded to multiples of step, by
//
//	E[D] = step · Σ P(D > k·step) = step · Σ survival((k+½)·step), k = 0, 1, …
//
// The sum is exact until its terms are below 1e-12 or there have been many;
// the rest is the integral of survival less the first Euler–Maclaurin
// correction of the midpoint rule, which by then is far below a nanosecond.
func meanOnGrid(l law, step float64) float64 {
	const (
		negligible = 1e-12
		many       = 1 << 16
	)
	sum, k, term := 0.0, 0.0, 1.0
	for ; term >= negligible && k < many; k++ {
		term = l.survival((k + 0.5) * step)
		sum += term
	}
	correction := (l.survival((k-0.5)*step) - l.survival((k+0.5)*step)) / 24
	return sum*step + l.excess(k*step) - correction*step
}

// Quantile searches with the CDF only where the law leaves a doubt.
func (d *rounded) Quantile(u float64) time.Duration {
	unit, half := time.Duration(1), 0.0
	if d.step > 0 {
		unit, half = d.step, 0.5
	}
	x, off := d.law.quantile(u)
	x, off = min(max(x, 0), float64(Longest))/float64(unit), off/float64(unit)
	if k := math.Ceil(x - half); k-(x-half) > off && x-half-(k-1) > off {
		return time.Duration(k) * unit
	}
	k := search(0, int64(x+0.5), int64(Longest/unit), func(k int64) bool {
		return d.CDF(time.Duration(k)*unit) >= u
	})
	return time.Duration(k) * unit
}

func (d *rounded) CDF(at time.Duration) float64 {
	switch {
	case at < 0:
		return 0
	case d.step == 0:
		return d.law.cdf(float64(at))
	}
	return d.law.cdf((float64(at/d.step) + 0.5) * float64(d.step))
}

func (d *rounded) Mean() time.Duration               { return d.mean }
func (d *rounded) Support() (min, max time.Duration) { return 0, Unbounded }
func (d *rounded) Step() time.Duration               { return d.step }
func (d *rounded) String() string                    { return d.notation }
