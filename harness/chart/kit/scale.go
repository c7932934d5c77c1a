package kit

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"

	"ratebench/harness/metrics"
)

// A Scale is an axis: its range, how values are spread over it, its ticks.
type Scale struct {
	Min, Max  float64
	Normalize plot.Normalizer
	Ticks     []plot.Tick
	Remark    string // a sentence about the axis, with a blank before it; "" for a plain one
}

// LinearScale runs from zero to a little above top, with at most n ticks.
func LinearScale(top float64, n int, format func(float64) string) Scale {
	if top <= 0 {
		top = 1
	}
	s := Scale{Max: top * 1.06, Normalize: plot.LinearScale{}}
	s.Ticks = EvenTicks(0, s.Max, n, format)
	return s
}

// EvenTicks returns up to n+1 ticks at round numbers.
func EvenTicks(lo, hi float64, n int, format func(float64) string) []plot.Tick {
	const slack = 1e-9 // for the ends, which rounding may put just outside
	step := roundUp((hi - lo) / float64(n))
	first, last := math.Ceil(lo/step-slack), math.Floor(hi/step+slack)
	var ticks []plot.Tick
	for i := first; i <= last; i++ {
		ticks = append(ticks, tickAt(i*step, format))
	}
	return ticks
}

// roundUp returns the next round number: 1, 2 or 5 times a power of ten, or
// 25, 250 and so on. With 2.5 every other label would have a decimal.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, digit := range []float64{1, 2, 2.5, 5} {
		if digit == 2.5 && power < 10 {
			continue
		}
		if step := digit * power; step >= v*(1-1e-9) {
			return step
		}
	}
	return 10 * power
}

func tickAt(v float64, format func(float64) string) plot.Tick {
	v += 0 // turns a negative zero into zero
	return plot.Tick{Value: v, Label: format(v)}
}

// wide is the ratio of the largest to the smallest value from which on an axis
// is logarithmic.
const wide = 20

// DurationScale fits milliseconds from lo to hi: logarithmic when they span
// more than a factor of 20.
func DurationScale(lo, hi float64) Scale {
	if lo <= 0 || hi <= wide*lo { // +Inf for lo: there is nothing to show
		return LinearScale(hi, 5, DurationLabel)
	}
	s := Scale{Min: lo / 1.15, Max: hi * 1.15, Remark: " Logarithmic axis."}
	s.Normalize = Logarithmic{Floor: s.Min}
	steps := []float64{1, 2, 5}
	if hi/lo > 300 {
		steps = steps[:1]
	}
	s.addTicks(math.Pow(10, math.Floor(math.Log10(s.Min))), steps, DurationLabel)
	return s
}

// addTicks adds ticks at steps times a unit and ever higher powers of ten of it.
func (s *Scale) addTicks(unit float64, steps []float64, format func(float64) string) {
	for ; unit <= s.Max; unit *= 10 {
		for _, step := range steps {
			if v := step * unit; s.Min <= v && v <= s.Max {
				s.Ticks = append(s.Ticks, tickAt(v, format))
			}
		}
	}
}

// Logarithmic spreads values by their logarithm. Unlike plot.LogScale it shows
// what is not above the floor at the floor.
type Logarithmic struct{ Floor float64 }

func (l Logarithmic) Normalize(lo, hi, v float64) float64 {
	log := func(v float64) float64 { return math.Log(max(v, l.Floor)) }
	return (log(v) - log(lo)) / (log(hi) - log(lo))
}

// CountScale fits counts from zero, given the peak of each strategy: it is
// compressed towards the top when the peaks are far apart, so that few and
// many can both be read.
func CountScale(peaks []float64) Scale {
	top, least := 0.0, math.Inf(1)
	for _, p := range peaks {
		top = max(top, p)
		if p > 0 {
			least = min(least, p)
		}
	}
	if top <= wide*least {
		return LinearScale(top, 5, CountLabel)
	}
	unit := 1.0 // where the axis bends
	if least < 1 {
		unit = 0.1
	}
	for unit > top {
		unit /= 10
	}
	s := Scale{Max: top * 1.15, Normalize: LogarithmicFromZero{unit}, Remark: " The axis is logarithmic, but begins at 0."}
	s.Ticks = []plot.Tick{tickAt(0, CountLabel)}
	steps := []float64{1, 3}
	if s.Max/unit > 300 {
		steps = steps[:1]
	}
	s.addTicks(unit, steps, CountLabel)
	return s
}

// LogarithmicFromZero is linear around zero and logarithmic far above unit.
type LogarithmicFromZero struct{ Unit float64 }

func (l LogarithmicFromZero) Normalize(lo, hi, v float64) float64 {
	log := func(v float64) float64 { return math.Log1p(max(v, 0) / l.Unit) }
	return (log(v) - log(lo)) / (log(hi) - log(lo))
}

// Unlabelled is the scale with the grid lines of its ticks alone.
func (s Scale) Unlabelled() Scale {
	s.Ticks = slices.Clone(s.Ticks)
	for i := range s.Ticks {
		s.Ticks[i].Label = " " // an empty one would make a minor tick
	}
	return s
}

// apply sets an axis of a plot.
func (s Scale) apply(a *plot.Axis) {
	a.Min, a.Max, a.Scale, a.Tick.Marker = s.Min, s.Max, s.Normalize, plot.ConstantTicks(s.Ticks)
}

// CountLabel writes a tick of an axis for counts or rates.
func CountLabel(v float64) string {
	switch {
	case v < 1:
		return small(v)
	case v >= 1e6:
		return metrics.Shortest(metrics.Round(v/1e6, 2)) + "M"
	case v >= 1e4:
		return metrics.Shortest(metrics.Round(v/1e3, 2)) + "k"
	}
	return metrics.Shortest(metrics.Round(v, 3))
}

// DurationLabel writes milliseconds.
func DurationLabel(ms float64) string {
	switch {
	case ms >= 1000:
		return metrics.Shortest(metrics.Round(ms/1000, 2)) + " s"
	case ms < 1:
		return small(ms) + " ms"
	}
	return metrics.Shortest(metrics.Round(ms, 2)) + " ms"
}

// small writes a tick below 1, however close to 0 or to its neighbours.
func small(v float64) string {
	if v = metrics.Rounded(v); v == 0 || v >= 1e-6 {
		return metrics.Shortest(v)
	}
	return strconv.FormatFloat(v, 'e', -1, 64)
}

// TimeScale is the horizontal axis of a run.
func TimeScale(end float64, n int) Scale {
	s := Scale{Max: end, Normalize: plot.LinearScale{}, Ticks: EvenTicks(0, end, n, CountLabel)}
	if last := len(s.Ticks) - 1; last >= 0 {
		s.Ticks[last].Label += " s"
	}
	return s
}
