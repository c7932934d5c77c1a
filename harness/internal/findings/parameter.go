package findings

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// A Response is what ParameterChart draws: how throughput depends on a
// parameter, for several clients.
type Response struct {
	Name     string // of the file, without extension
	Title    string
	Subtitle string // how to read the chart
	Footer   string // where the figures come from
	Unit     string // of the parameter
	At       []float64
	Clients  []ClientResponse
}

// A ClientResponse is the throughput of a client at each value of the parameter.
type ClientResponse struct {
	Label  string
	TPS    []float64
	Colour int  // of the strategies' colours, counted from 0
	Dashed bool // beside a line of the same colour
}

// ParameterChart draws the responses of several clients.
func ParameterChart(r Response) kit.Chart {
	b := newResponseCurves(r)
	return kit.Chart{
		Name:     r.Name,
		Title:    r.Title,
		Subtitle: r.Subtitle,
		Footer:   r.Footer,
		Height:   b.labels.PlotHeight() + kit.AxisSpace,
		Body:     b.draw,
	}
}

// responseCurves is the body of the chart.
type responseCurves struct {
	lines  []responseLine
	labels kit.EndLabels
	x, y   kit.Scale
}

// A responseLine has a dot at each of its points.
type responseLine struct {
	points []vg.Point // in the units of the axes
	draw.LineStyle
}

func newResponseCurves(r Response) responseCurves {
	var b responseCurves
	most, end := 0.0, 0.0
	for _, c := range r.Clients {
		style := draw.LineStyle{Color: kit.LookOf(c.Colour).Line, Width: kit.LineWidth}
		if c.Dashed {
			style.Dashes = []vg.Length{5, 3}
		}
		line := responseLine{LineStyle: style}
		for i, v := range c.TPS {
			line.points = append(line.points, vg.Point{X: vg.Length(r.At[i]), Y: vg.Length(v)})
			most, end = max(most, v), max(end, r.At[i])
		}
		last := c.TPS[len(c.TPS)-1]
		b.lines = append(b.lines, line)
		b.labels = append(b.labels, kit.EndLabel{Name: c.Label, Note: metrics.RateText(last, 1), Line: style, Value: last})
	}
	b.x = kit.Scale{Max: end, Normalize: plot.LinearScale{}, Ticks: r.ticks()}
	b.y = kit.LinearScale(most, 5, kit.CountLabel)
	return b
}

// ticks are at the values of the parameter that were tried: there is nothing
// between them.
func (r Response) ticks() []plot.Tick {
	var ticks []plot.Tick
	for _, at := range r.At {
		ticks = append(ticks, plot.Tick{Value: at, Label: fmt.Sprintf("%s %s", metrics.Shortest(at), r.Unit)})
	}
	return ticks
}

func (b responseCurves) draw(c draw.Canvas) {
	p := kit.NewPlot()
	for _, l := range b.lines {
		p.Add(l)
	}
	p.Add(b.labels)
	b.x.Apply(&p.X, true)
	b.y.Apply(&p.Y, true)
	p.Draw(c)
}

// Plot draws the line and its dots.
func (l responseLine) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	points := make([]vg.Point, len(l.points))
	for i, pt := range l.points {
		points[i] = vg.Point{X: x(float64(pt.X)), Y: y(float64(pt.Y))}
	}
	c.StrokeLines(l.LineStyle, points)
	for _, pt := range points {
		kit.DrawDisc(c, l.Color, pt, 3)
	}
}
