package dist

import (
	"fmt"
	"time"
)

// constant is always at the same place.
type constant struct{ at, step time.Duration }

var _ Dist = constant{}

func newConstant(at, step time.Duration) (Dist, error) {
	if err := checkGrid(at, step); err != nil {
		return nil, err
	}
	return constant{at, step}, nil
}

func (d constant) Quantile(float64) time.Duration { return d.at }

func (d constant) CDF(at time.Duration) float64 {
	if at < d.at {
		return 0
	}
	return 1
}

func (d constant) Mean() time.Duration               { return d.at }
func (d constant) Support() (min, max time.Duration) { return d.at, d.at }
func (d constant) Step() time.Duration               { return d.step }
func (d constant) String() string                    { return fmt.Sprintf("constant(%s)", FormatDuration(d.at)) }
