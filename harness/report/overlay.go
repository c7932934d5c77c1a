package report

import "math"

// An overlay is a figure over time that is shown for all strategies at once.
type overlay struct {
	name, unit string
	cell       func(*Second) *Cell
	scale      func(curves []curve) scale
	ceilings   bool // are drawn, too
	duration   bool // the values are milliseconds
}

// overlays are those of the dashboard, then those that only report.html has.
var overlays = []overlay{
	{name: "Throughput", unit: "successful requests per second", scale: linearOverlay, ceilings: true,
		cell: func(s *Second) *Cell { return &s.TPS }},
	{name: "Latency", unit: "99th percentile of the requests that succeed", scale: durationOverlay, duration: true,
		cell: func(s *Second) *Cell { return &s.LatencyP99 }},
	{name: "429", unit: "answers per second, blocked keys included", scale: countOverlay, cell: refusals},
	{name: "Expirations", unit: "TTLs passed per second", scale: countOverlay,
		cell: func(s *Second) *Cell { return &s.Expirations }},
	{name: "Queue", unit: "requests in the main queue", scale: countOverlay,
		cell: func(s *Second) *Cell { return &s.QueueMain }},
}

// refusals are the answers 429, those for a blocked key included.
func refusals(s *Second) *Cell {
	return &Cell{Mean: s.RateLimited.Mean + s.Blocked.Mean, Has: min(s.RateLimited.Has, NoInterval)}
}

func linearOverlay(curves []curve) scale { return linearScale(peak(curves), 5, countLabel) }

func durationOverlay(curves []curve) scale {
	least := math.Inf(1)
	for _, c := range curves {
		least = min(least, c.least())
	}
	return durationScale(least, peak(curves))
}

// countOverlay is compressed as soon as there is much more than one per second:
// the same strategy may have few at one time and many at another.
func countOverlay(curves []curve) scale {
	peaks := []float64{min(peak(curves), 1)}
	for _, c := range curves {
		peaks = append(peaks, c.top())
	}
	return countScale(peaks)
}

func peak(curves []curve) float64 {
	top := 0.0
	for _, c := range curves {
		top = max(top, c.top())
	}
	return top
}

// curves are the figure of all strategies, in groups of seconds.
func (o overlay) curves(d Data, group int, end float64) []curve {
	curves := make([]curve, len(d.Series))
	for i := range d.Series {
		curves[i] = newCurve(&d.Series[i], o.cell, group, end)
	}
	return curves
}

// axis is the vertical axis for curves; ceilings are on it, if they are shown.
func (o overlay) axis(curves []curve, s *Summary) scale {
	if o.ceilings {
		for _, l := range ceilingLines(s) {
			curves = append(curves[:len(curves):len(curves)], curve{{{mean: l.top(), hi: l.top()}}})
		}
	}
	return o.scale(curves)
}
