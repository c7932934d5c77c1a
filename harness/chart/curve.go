package chart

import (
	"math"
	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

// NewCurve follows a figure from row to row, each of so many seconds, up to the
// given end of the axis. They are averaged in groups of the given number of
// seconds, a multiple of these, which keeps long runs readable and their charts
// small.
func NewCurve(rows []result.Cell, step, group int, end float64) kit.Curve {
	var c kit.Curve
	connected := false
	for from := 0; from < len(rows)*step; from += group {
		to := min(from+group, len(rows)*step)
		s, ok := Average(rows[from/step : to/step])
		if !ok {
			connected = false
			continue
		}
		s.X = (float64(from) + min(float64(to), end)) / 2
		if !connected {
			c = append(c, nil)
			connected = true
		}
		c[len(c)-1] = append(c[len(c)-1], s)
	}
	return c
}

// Average is the mean of the cells that have a value, and of the ends of their
// intervals; false: none has.
func Average(seconds []result.Cell) (kit.Sample, bool) {
	var sum kit.Sample
	n := 0.0
	for _, v := range seconds {
		switch v.Has {
		case result.NoInterval:
			sum = kit.Sample{Mean: sum.Mean + v.Mean, Lo: sum.Lo + v.Mean, Hi: sum.Hi + v.Mean}
			n++
		case result.WithInterval:
			sum = kit.Sample{Mean: sum.Mean + v.Mean, Lo: sum.Lo + v.Lo, Hi: sum.Hi + v.Hi}
			n++
		}
	}
	if n == 0 {
		return kit.Sample{}, false
	}
	return kit.Sample{Mean: sum.Mean / n, Lo: sum.Lo / n, Hi: sum.Hi / n}, true
}

// GroupSize is how many seconds are averaged into one point, for a run of the
// given number of seconds and a line of the given number of points at most.
func GroupSize(seconds, most int) int {
	for _, size := range []int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600} {
		if seconds <= most*size {
			return size
		}
	}
	return int(math.Ceil(float64(seconds) / float64(most)))
}
