// Package picture shows what was fitted: the quantiles of latencies, and their
// spells in the order of the requests, as measured and as a run draws them.
package picture

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// A Picture is what to show.
type Picture struct {
	Name     string // of the file, without extension
	Source   string // what was measured
	Measured []time.Duration
	// Drawn are as many latencies as a run draws them.
	Drawn []time.Duration
	// How they are drawn, in the notation of a scenario.
	How string
}

const (
	quantilesHeight = 230
	spellsHeight    = 130
	panelGap        = 14
	spellsPanel     = panelGap + kit.HeadingSpace + spellsHeight + kit.AxisSpace
)

// Chart draws it.
func (p Picture) Chart() kit.Chart {
	sorted := slices.Sorted(slices.Values(p.Measured))
	at := func(q float64) string { return metrics.DurationText(milliseconds(quantile(sorted, q))) }
	return kit.Chart{
		Name:     p.Name,
		Title:    fmt.Sprintf("Half of the requests take %s at most, and one in a hundred more than %s", at(0.5), at(0.99)),
		Subtitle: "Above: latency by percentile, each further nine with the same room. Below: in the order of the requests.",
		Footer:   fmt.Sprintf("%d latencies from %s; a run draws them by %s", len(p.Measured), p.Source, p.How),
		Height:   quantilesHeight + kit.AxisSpace + 2*spellsPanel,
		Body:     p.draw,
	}
}

func (p Picture) draw(c draw.Canvas) {
	measured := series{"measured", p.Measured, kit.LookOf(0)}
	drawn := series{"drawn in a run", p.Drawn, kit.LookOf(1)}
	y := kit.DurationScale(milliseconds(slices.Min(p.Measured)), milliseconds(slices.Max(p.Measured)))
	top := c
	top.Min.Y = c.Max.Y - quantilesHeight - kit.AxisSpace
	quantiles(top, y, measured, drawn)
	for i, s := range []series{measured, drawn} {
		panel := c
		panel.Max.Y = top.Min.Y - vg.Length(i)*spellsPanel - panelGap
		panel.Min.Y = panel.Max.Y - (spellsPanel - panelGap)
		spells(panel, y, s)
	}
}

// A series is latencies in their order.
type series struct {
	name   string
	values []time.Duration
	look   kit.Look
}

func quantiles(c draw.Canvas, y kit.Scale, all ...series) {
	end := 1 - 1/float64(max(100, len(all[0].values)))
	things := []plot.Plotter{kit.VerticalGrid()}
	var labels kit.EndLabels
	for _, s := range all {
		sorted := slices.Sorted(slices.Values(s.values))
		style := draw.LineStyle{Color: s.look.Line, Width: kit.LineWidth}
		if s.name != all[0].name {
			style.Dashes = []vg.Length{5, 3}
		}
		things = append(things, kit.Polyline{XYs: quantilePoints(sorted, end), LineStyle: style})
		labels = append(labels, kit.EndLabel{Name: s.name, Line: style, Value: milliseconds(quantile(sorted, end))})
	}
	kit.NewPlot(kit.NinesScale(0, end), y, append(things, labels)...).Draw(c)
}

// quantilePoints are the quantiles of sorted latencies up to the given one, evenly
// spread over an axis of nines.
func quantilePoints(sorted []time.Duration, end float64) plotter.XYs {
	points := make(plotter.XYs, 201)
	nines := -math.Log10(1 - end)
	for i := range points {
		q := min(end, 1-math.Pow(10, -nines*float64(i)/float64(len(points)-1)))
		points[i] = plotter.XY{X: q, Y: milliseconds(quantile(sorted, q))}
	}
	return points
}

func spells(c draw.Canvas, y kit.Scale, s series) {
	x := kit.LinearScale(float64(len(s.values)), 6, func(v float64) string { return fmt.Sprintf("%.0f", v) })
	heading := kit.Heading{Name: s.name, Note: "shortest, median and longest latency of each stretch of requests"}
	kit.NewPlot(x, y, heading, stretches{s}).Draw(c)
}

// stretches are so many requests one after another each, from the shortest to
// the longest of their latencies, and the median.
type stretches struct{ series }

// Plot implements plot.Plotter.
func (s stretches) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	n := min(240, len(s.values))
	bar := draw.LineStyle{Color: kit.Pale(s.look.Line), Width: max(1, (c.Max.X-c.Min.X)/vg.Length(n))}
	var medians []vg.Point
	for i := range n {
		from, to := i*len(s.values)/n, (i+1)*len(s.values)/n
		part := slices.Sorted(slices.Values(s.values[from:to]))
		middle := x((float64(from) + float64(to)) / 2)
		c.StrokeLine2(bar, middle, y(milliseconds(part[0])), middle, y(milliseconds(part[len(part)-1])))
		medians = append(medians, vg.Point{X: middle, Y: y(milliseconds(quantile(part, 0.5)))})
	}
	c.StrokeLines(draw.LineStyle{Color: s.look.Line, Width: 1}, medians)
}

// quantile is the smallest value that a share q of the sorted ones is not above.
func quantile(sorted []time.Duration, q float64) time.Duration {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}

// milliseconds is a latency as a chart has it: on a logarithmic axis none is 0.
func milliseconds(d time.Duration) float64 {
	return max(float64(d), float64(time.Microsecond)) / float64(time.Millisecond)
}
