package kit

import (
	"math"

	"gonum.org/v1/plot"
)

// nines gives each further nine of a quantile the same room: 0, 0.9, 0.99 and
// 0.999 are equally far apart.
type nines struct{}

func ninesOf(quantile float64) float64 { return -math.Log10(1 - quantile) }

// Normalize implements plot.Normalizer.
func (nines) Normalize(lo, hi, v float64) float64 {
	return (ninesOf(v) - ninesOf(lo)) / (ninesOf(hi) - ninesOf(lo))
}

// NinesScale is an axis of quantiles. Of its ticks those are left out that
// would be too close to a more important one.
func NinesScale(begin, end float64) Scale {
	const closest = 0.055 // as a share of the axis
	s := Scale{Min: begin, Max: end, Normalize: nines{}}
	for _, t := range []plot.Tick{
		{Value: 0.9, Label: "p90"}, {Value: 0.99, Label: "p99"}, {Value: 0.999, Label: "p99.9"}, {Value: 0.9999, Label: "p99.99"},
		{Value: 0.99999, Label: "p99.999"}, {Value: 0.999999, Label: "p99.9999"},
		{Value: 0.5, Label: "p50"}, {Value: 0.1, Label: "p10"}, {Value: 0.95, Label: "p95"}, {Value: 0.75, Label: "p75"},
	} {
		room := begin <= t.Value && t.Value <= end
		for _, other := range s.Ticks {
			apart := nines{}.Normalize(begin, end, t.Value) - nines{}.Normalize(begin, end, other.Value)
			room = room && math.Abs(apart) > closest
		}
		if room {
			s.Ticks = append(s.Ticks, t)
		}
	}
	return s
}
