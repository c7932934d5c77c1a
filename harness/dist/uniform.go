package dist

import (
	"fmt"
	"math"
	"time"
)

// uniform is the uniform distribution over the multiples of step from lower to
// upper, both included with the same probability as the others. Without a
// step it is the continuous one.
type uniform struct {
	lower, upper, step time.Duration
	points             int64 // on the grid; 0: there is none
}

var _ Dist = uniform{}

func newUniform(lower, upper, step time.Duration) (Dist, error) {
	if lower > upper {
		return nil, fmt.Errorf("the lower end %s is above the upper end %s", FormatDuration(lower), FormatDuration(upper))
	}
	for _, end := range []struct {
		name string
		at   time.Duration
	}{{"lower", lower}, {"upper", upper}} {
		if err := checkGrid(end.at, step); err != nil {
			return nil, fmt.Errorf("the %s end %w", end.name, err)
		}
	}
	if step == 0 {
		return uniform{lower: lower, upper: upper}, nil
	}
	return uniform{lower, upper, step, int64((upper-lower)/step) + 1}, nil
}

// checkGrid returns an error unless d is a multiple of step.
func checkGrid(d, step time.Duration) error {
	if step > 0 && d%step != 0 {
		return fmt.Errorf("%s is not on the grid of %s, want a multiple of it", FormatDuration(d), FormatDuration(step))
	}
	return nil
}

func (d uniform) Quantile(u float64) time.Duration {
	if d.lower == d.upper {
		return d.lower
	}
	if d.step == 0 {
		guess := float64(d.lower) + math.Ceil(u*float64(d.upper-d.lower))
		return time.Duration(search(int64(d.lower), int64(guess), int64(d.upper), func(ns int64) bool {
			return d.CDF(time.Duration(ns)) >= u
		}))
	}
	n := d.points
	k := max(0, min(int64(math.Ceil(u*float64(n)))-1, n-1)) // but for rounding
	for k < n-1 && float64(k+1)/float64(n) < u {
		k++
	}
	for k > 0 && float64(k)/float64(n) >= u {
		k--
	}
	return d.lower + time.Duration(k)*d.step
}

func (d uniform) CDF(at time.Duration) float64 {
	switch {
	case at < d.lower:
		return 0
	case at >= d.upper:
		return 1
	case d.step == 0:
		return float64(at-d.lower) / float64(d.upper-d.lower)
	}
	return float64((at-d.lower)/d.step+1) / float64(d.points)
}

func (d uniform) Mean() time.Duration               { return d.lower + (d.upper-d.lower)/2 }
func (d uniform) Support() (min, max time.Duration) { return d.lower, d.upper }
func (d uniform) Step() time.Duration               { return d.step }
func (d uniform) String() string {
	return fmt.Sprintf("uniform(%s, %s)", FormatDuration(d.lower), FormatDuration(d.upper))
}
