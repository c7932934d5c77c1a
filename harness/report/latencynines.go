package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// latencyNines is the body of the chart of latency by percentile.
type latencyNines struct {
	lines  []quantileLine
	labels endLabels
	x, y   scale
	ttl    []rule // none: unknown, or beyond the axis
}

// A quantileLine follows the quantiles of one strategy.
type quantileLine struct {
	points []LatencyPoint // at least one
	draw.LineStyle
}

// firstQuantile is where the chart begins: the few requests that are faster
// would take much of a logarithmic axis.
const firstQuantile = 0.1

func latencyNinesChart(d Data) Chart {
	l := newLatencyNines(d)
	return Chart{
		Name:     "latency-nines",
		Title:    tailTitle(d),
		Subtitle: l.subtitle(d.Summary.Runs),
		height:   l.labels.plotHeight() + axisSpace,
		body:     l.draw,
	}
}

func newLatencyNines(d Data) latencyNines {
	var l latencyNines
	end := firstQuantile
	for i := range d.Latency {
		s, look := &d.Summary.Strategies[i], lookOf(i)
		style := draw.LineStyle{Color: look.line, Width: majorWidth, Dashes: look.dashes}
		label := endLabel{name: s.Name, note: "no success", line: style, absent: true}
		if s.LatencyMS != nil {
			label.note = "too few successes"
		}
		if q := (quantileLine{d.Latency[i].from(firstQuantile), style}); len(q.points) > 0 {
			l.lines = append(l.lines, q)
			label.note = "p99 " + durationText(s.LatencyMS.P99)
			label.value, label.absent = q.last().MS, false
			end = max(end, q.last().Quantile)
		}
		l.labels = append(l.labels, label)
	}
	if end == firstQuantile {
		end = 0.99
	}
	l.x = ninesScale(firstQuantile, end)
	l.setHeight(float64(d.TTL.Milliseconds()))
	for _, r := range l.ttl {
		l.labels = append(l.labels, endLabel{name: r.label, line: r.LineStyle, value: r.value})
	}
	return l
}

// setHeight makes the vertical axis. The TTL in milliseconds is on it when that
// does not take much room from the lines.
func (l *latencyNines) setHeight(ttl float64) {
	low, high := math.Inf(1), 0.0
	for _, line := range l.lines {
		low, high = min(low, line.points[0].MS), max(high, line.last().MS)
	}
	const reach = 1.5
	if ttl > 0 && ttl <= reach*high {
		high = max(high, ttl)
		l.ttl = []rule{{"TTL " + durationLabel(ttl), ttl, draw.LineStyle{Color: ink, Width: 1, Dashes: []vg.Length{5, 3}}}}
	}
	l.y = durationScale(low, high)
}

func (l *latencyNines) subtitle(runs int) string {
	s := "Latency of the requests that succeed, by percentile; each further nine has the same room."
	if runs > 1 {
		s = fmt.Sprintf("Latency of the requests that succeed in %d runs, by percentile; each further nine has the same room.", runs)
	}
	s += fmt.Sprintf(" A line ends where fewer than %d requests are above it.", fewestAbove)
	if l.y.remark != "" {
		s += " " + l.y.remark
	}
	return s
}

func (l latencyNines) draw(c draw.Canvas) {
	p := newPlot()
	p.Add(verticalGrid())
	for _, r := range l.ttl {
		p.Add(r)
	}
	for _, line := range l.lines {
		p.Add(line)
	}
	p.Add(l.labels)
	l.x.apply(&p.X, true)
	l.y.apply(&p.Y, true)
	p.Draw(c)
}

func (q quantileLine) last() LatencyPoint { return q.points[len(q.points)-1] }

// Plot draws the line, and a dot where it ends.
func (q quantileLine) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	points := make([]vg.Point, len(q.points))
	for i, point := range q.points {
		points[i] = vg.Point{X: x(point.Quantile), Y: y(point.MS)}
	}
	c.StrokeLines(q.LineStyle, points)
	drawDisc(c, q.Color, points[len(points)-1], majorWidth*1.3)
}
