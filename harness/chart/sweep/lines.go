package sweep

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

const (
	panelHeight = 220 // without heading and axis
	panelGap    = 34
	lineWidth   = 1.7
	mostLabel   = 160 // of a strategy in the key
)

// A figure is what a panel shows of every strategy at every value.
type figure struct {
	name, note string
	metric     string
	always     bool // even if it is 0 throughout
}

var figures = []figure{
	{"Throughput", "successful requests per second", "tps", true},
	{"Refused", "answers 429 per run, blocked keys included", "refused", false},
	{"Keys blocked", "by the end of a run", "keys_blocked", false},
}

// Lines is the chart of one axis of numbers: a line for each strategy. False:
// there is no such axis.
func Lines(d result.Data) (kit.Chart, bool) {
	s := &d.Summary
	values, ok := onLines(s)
	if !ok {
		return kit.Chart{}, false
	}
	l := lines{axis: s.Axes[0], values: values}
	var key kit.Key
	for i, name := range s.Names() {
		label := kit.Fit(key.Style(), result.OneLine(name), mostLabel)
		key = append(key, kit.KeyItem{Label: label, Line: kit.LookOf(i).Stroke(lineWidth)})
	}
	subtitle := "By " + result.OneLine(l.axis.Name) + ", which is " + result.OneLine(l.axis.Set) + " of the scenario."
	if s.Runs > 1 {
		subtitle += fmt.Sprintf(" Means of %d runs; bands: 95\u00a0%% confidence intervals.", s.Runs)
	}
	var panels []*plot.Plot
	for _, f := range figures {
		p, remark := l.panel(s, f)
		if p == nil {
			continue
		}
		panels = append(panels, p)
		if remark != "" {
			subtitle += " " + f.name + ":" + remark
		}
	}
	return kit.Chart{
		Title:    Title(s),
		Subtitle: subtitle,
		Height:   key.Height() + kit.HeadingSpace + panelHeight + 2*kit.AxisSpace,
		Body:     func(c draw.Canvas) { kit.DrawGrid(key.Draw(c), panels, len(panels), panelGap, 0) },
	}, true
}

// lines are drawn along an axis of numbers.
type lines struct {
	axis   result.Axis
	values []float64
}

// panel shows a figure of all strategies, with a remark on its axis; nil: there is
// nothing in it.
func (l lines) panel(s *result.Summary, f figure) (p *plot.Plot, remark string) {
	var bands, means []plot.Plotter
	var peaks []float64
	top := 0.0
	for i, name := range s.Names() {
		c, look := l.curve(s, name, f.metric), kit.LookOf(i)
		bands = append(bands, kit.Band{Curve: c, Color: kit.Pale(look.Line)})
		means = append(means, kit.Line{Curves: []kit.Curve{c}, LineStyle: look.Stroke(lineWidth)})
		peaks = append(peaks, c.Top())
		top = max(top, c.Top())
	}
	if top == 0 && !f.always {
		return nil, ""
	}
	first, last := l.values[0], l.values[len(l.values)-1]
	margin := (last - first) * 0.02
	x := kit.Scale{Min: first - margin, Max: last + margin, Normalize: plot.LinearScale{}, Ticks: l.ticks()}
	y := kit.LinearScale(top, 5, kit.CountLabel)
	if f.metric == "refused" {
		y = kit.CountScale(peaks)
	}
	p = kit.NewPlot(x, y, slices.Concat(bands, means)...)
	p.Add(kit.Heading{Name: f.name, Note: f.note})
	p.X.Label.Text = result.Abbreviate(result.OneLine(l.axis.Name), 40)
	align := p.X.Label.TextStyle.XAlign
	p.X.Label.TextStyle = kit.Regular(kit.SizeRemark, kit.Muted)
	p.X.Label.TextStyle.XAlign = align
	return p, y.Remark
}

// curve is a metric of a strategy at the values where it is known.
func (l lines) curve(s *result.Summary, name, metric string) kit.Curve {
	var piece []kit.Sample
	for i, v := range l.axis.Values {
		if st := s.AtPoint(name, []string{v}); st != nil && st.Of(metric).Known {
			of := st.Of(metric)
			piece = append(piece, kit.Sample{X: l.values[i], Mean: of.Value, Lo: max(0, of.Lower()), Hi: of.Upper()})
		}
	}
	return kit.OnePiece(piece)
}

// ticks are the values themselves, as many as have room: the first, the last, and
// those in between that are far enough from their neighbours.
func (l lines) ticks() []plot.Tick {
	const most = 7
	last := len(l.values) - 1
	room := (l.values[last] - l.values[0]) / most
	var ticks []plot.Tick
	for i, v := range l.values {
		if n := len(ticks); i == last || n == 0 || v-ticks[n-1].Value >= room && l.values[last]-v >= room {
			ticks = append(ticks, plot.Tick{Value: v, Label: result.Abbreviate(l.axis.Values[i], 10)})
		}
	}
	return ticks
}
