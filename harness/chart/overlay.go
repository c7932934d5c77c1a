package chart

import (
	"math"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

// An overlay is a figure over time that is shown for all strategies at once.
type Overlay struct {
	Name, Unit string
	Cell       func(*result.Second) *result.Cell
	scale      func(curves []Curve) kit.Scale
	Ceilings   bool // are drawn, too
	Duration   bool // the values are milliseconds
}

// overlays are those of the dashboard, then those that only report.html has.
var Overlays = []Overlay{
	{Name: "Throughput", Unit: "successful requests per second", scale: linearOverlay, Ceilings: true,
		Cell: func(s *result.Second) *result.Cell { return &s.TPS }},
	{Name: "Latency", Unit: "99th percentile of the requests that succeed", scale: durationOverlay, Duration: true,
		Cell: func(s *result.Second) *result.Cell { return &s.LatencyP99 }},
	{Name: "429", Unit: "answers per second, blocked keys included", scale: countOverlay, Cell: refusals},
	{Name: "Expirations", Unit: "TTLs passed per second", scale: countOverlay,
		Cell: func(s *result.Second) *result.Cell { return &s.Expirations }},
	{Name: "Queue", Unit: "requests in the main queue", scale: countOverlay,
		Cell: func(s *result.Second) *result.Cell { return &s.QueueMain }},
}

// refusals are the answers 429, those for a blocked key included.
func refusals(s *result.Second) *result.Cell {
	return &result.Cell{Mean: s.RateLimited.Mean + s.Blocked.Mean, Has: min(s.RateLimited.Has, result.NoInterval)}
}

func linearOverlay(curves []Curve) kit.Scale { return kit.LinearScale(peak(curves), 5, kit.CountLabel) }

func durationOverlay(curves []Curve) kit.Scale {
	least := math.Inf(1)
	for _, c := range curves {
		least = min(least, c.least())
	}
	return kit.DurationScale(least, peak(curves))
}

// countOverlay is compressed as soon as there is much more than one per second:
// the same strategy may have few at one time and many at another.
func countOverlay(curves []Curve) kit.Scale {
	peaks := []float64{min(peak(curves), 1)}
	for _, c := range curves {
		peaks = append(peaks, c.top())
	}
	return kit.CountScale(peaks)
}

func peak(curves []Curve) float64 {
	top := 0.0
	for _, c := range curves {
		top = max(top, c.top())
	}
	return top
}

// curves are the figure of all strategies, in groups of seconds.
func (o Overlay) Curves(d result.Data, group int, end float64) []Curve {
	curves := make([]Curve, len(d.Series))
	for i := range d.Series {
		curves[i] = NewCurve(&d.Series[i], o.Cell, group, end)
	}
	return curves
}

// axis is the vertical axis for curves; ceilings are on it, if they are shown.
func (o Overlay) Axis(curves []Curve, s *result.Summary) kit.Scale {
	if o.Ceilings {
		for _, l := range CeilingLines(s) {
			curves = append(curves[:len(curves):len(curves)], Curve{{{Mean: l.top(), Hi: l.top()}}})
		}
	}
	return o.scale(curves)
}
