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
	switch {
	case d.lower == d.upper:
		return d.lower
	case d.step == 0:
		return d.lower + time.Duration(leastPart(u, int64(d.upper-d.lower)))
	}
	return d.lower + time.Duration(max(0, leastPart(u, d.points)-1))*d.step
}

// leastPart is the smallest k in [0, n] whose part of n, as floating-point numbers
// have it, is at least u. As long as n·u is not within a thousandth of a whole
// number, it is the next one: n is too small for rounding to matter.
func leastPart(u float64, n int64) int64 {
	const margin = 1e-3
	x := u * float64(n)
	k := int64(x)
	if beyond := x - float64(k); n < 1<<32 && beyond > margin && beyond < 1-margin {
		return k + 1
	}
	return search(0, int64(math.Ceil(x)), n, func(k int64) bool { return float64(k)/float64(n) >= u })
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
