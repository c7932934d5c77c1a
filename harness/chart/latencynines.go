package chart

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// latencyNines is the chart of latency by percentile.
type latencyNines struct {
	lines  []kit.Polyline // at least one point each
	labels kit.EndLabels
	x, y   kit.Scale
	ttl    []CeilingLine // of the latency; none: unknown, or beyond the axis
}

// firstQuantile is where the chart begins: the few requests that are faster
// would take much of a logarithmic axis.
const firstQuantile = 0.1

func latencyNinesChart(d result.Data) kit.Chart {
	l := newLatencyNines(d)
	return kit.Chart{
		Title:    title.Tail(d),
		Subtitle: l.subtitle(d.Summary.Runs),
		Height:   l.labels.PlotHeight() + axisSpace,
		Body:     l.draw,
	}
}

func newLatencyNines(d result.Data) latencyNines {
	var l latencyNines
	end := firstQuantile
	folded := crowd.Of(&d.Summary)
	for _, i := range folded.Order(len(d.Latency)) {
		s, style := &d.Summary.Strategies[i], folded.Line(i, majorWidth)
		label := kit.EndLabel{Name: s.Name, Note: "no success", Line: style, Absent: true}
		if s.Of("latency_p99_ms").Known {
			label.Note = "too few successes"
		}
		if points := d.Latency[i].From(firstQuantile); len(points) > 0 {
			line := kit.Polyline{LineStyle: style}
			for _, p := range points {
				line.XYs = append(line.XYs, plotter.XY{X: p.Quantile, Y: p.MS})
			}
			l.lines = append(l.lines, line)
			last := points[len(points)-1]
			label.Note = "p99 " + metrics.DurationText(s.Mean("latency_p99_ms")) + title.Successes(s)
			label.Value, label.Absent = last.MS, false
			end = max(end, last.Quantile)
		}
		if !folded[i] {
			l.labels = append(l.labels, label)
		}
	}
	l.labels = append(l.labels, folded.Label()...)
	if end == firstQuantile {
		end = 0.99
	}
	l.x = kit.NinesScale(firstQuantile, end)
	l.setHeight(1000 * d.Summary.TTLS)
	for _, r := range l.ttl {
		l.labels = append(l.labels, kit.EndLabel{Name: r.name, Line: r.LineStyle, Value: r.top()})
	}
	return l
}

// setHeight makes the vertical axis. The TTL in milliseconds is on it when that
// does not take much room from the lines.
func (l *latencyNines) setHeight(ttl float64) {
	low, high := math.Inf(1), 0.0
	for _, line := range l.lines {
		low, high = min(low, line.XYs[0].Y), max(high, line.XYs[len(line.XYs)-1].Y)
	}
	const reach = 1.5
	if ttl > 0 && ttl <= reach*high {
		high = max(high, ttl)
		style := draw.LineStyle{Color: kit.Ink, Width: 1, Dashes: []vg.Length{5, 3}}
		l.ttl = []CeilingLine{{name: "TTL " + kit.DurationLabel(ttl), Steps: []LineStep{{Value: ttl}}, LineStyle: style}}
	}
	l.y = kit.DurationScale(low, high)
}

func (l *latencyNines) subtitle(runs int) string {
	s := "Latency of the requests that succeed, by percentile; each further nine has the same room."
	if runs > 1 {
		s = fmt.Sprintf("Latency of the requests that succeed in %d runs, by percentile; each further nine has the same room.", runs)
	}
	return s + fmt.Sprintf(" A line ends where fewer than %d requests are above it.", result.FewestAbove) + l.y.Remark
}

func (l latencyNines) draw(c draw.Canvas) {
	things := []plot.Plotter{kit.VerticalGrid()}
	for _, r := range l.ttl {
		things = append(things, r)
	}
	for _, line := range l.lines {
		end := kit.Dots{XYs: line.XYs[len(line.XYs)-1:], Color: line.Color, Radius: majorWidth * 1.3}
		things = append(things, line, end)
	}
	kit.NewPlot(l.x, l.y, append(things, l.labels)...).Draw(c)
}
