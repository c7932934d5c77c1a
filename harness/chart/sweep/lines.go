package sweep

import (
	"fmt"

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
	for i, name := range s.Names() {
		label := kit.Fit(l.key.Style(), result.OneLine(name), mostLabel)
		l.key = append(l.key, kit.KeyItem{Label: label, Line: kit.LookOf(i).Stroke(lineWidth)})
	}
	for _, f := range figures {
		l.add(s, f)
	}
	subtitle := "By " + result.OneLine(s.Axes[0].Name) + ", which is " + result.OneLine(s.Axes[0].Set) + " of the scenario."
	if s.Runs > 1 {
		subtitle += fmt.Sprintf(" Means of %d runs; bands: 95\u00a0%% confidence intervals.", s.Runs)
	}
	for _, p := range l.panels {
		if p.y.Remark != "" {
			subtitle += " " + p.heading.Name + ": " + p.y.Remark
		}
	}
	return kit.Chart{
		Title:    Title(s),
		Subtitle: subtitle,
		Height:   l.key.Height() + kit.HeadingSpace + panelHeight + 2*kit.AxisSpace,
		Body:     l.draw,
	}, true
}

// lines is the body of the chart: panels side by side.
type lines struct {
	axis   result.Axis
	values []float64
	key    kit.Key
	panels []panel
}

type panel struct {
	heading kit.Heading
	curves  []kit.Curve // of the strategies
	y       kit.Scale
}

// add adds a panel unless there is nothing in it.
func (l *lines) add(s *result.Summary, f figure) {
	p := panel{heading: kit.Heading{Name: f.name, Note: f.note}}
	var peaks []float64
	top := 0.0
	for _, name := range s.Names() {
		var piece []kit.Sample
		for i, v := range l.axis.Values {
			if st := s.AtPoint(name, []string{v}); st != nil && st.Of(f.metric).Known {
				of := st.Of(f.metric)
				piece = append(piece, kit.Sample{X: l.values[i], Mean: of.Value, Lo: max(0, of.Lower()), Hi: of.Upper()})
			}
		}
		var c kit.Curve
		if piece != nil {
			c = kit.Curve{piece}
		}
		p.curves = append(p.curves, c)
		peaks = append(peaks, c.Top())
		top = max(top, c.Top())
	}
	if top == 0 && !f.always {
		return
	}
	if p.y = kit.LinearScale(top, 5, kit.CountLabel); f.metric == "refused" {
		p.y = kit.CountScale(peaks)
	}
	l.panels = append(l.panels, p)
}

func (l lines) draw(c draw.Canvas) {
	c = l.key.Draw(c)
	var plots []*plot.Plot
	for i := range l.panels {
		plots = append(plots, l.plot(&l.panels[i]))
	}
	kit.DrawGrid(c, plots, len(plots), panelGap, 0)
}

func (l lines) plot(pan *panel) *plot.Plot {
	var things []plot.Plotter
	for i, c := range pan.curves {
		things = append(things, kit.Band{Curve: c, Color: kit.Pale(kit.LookOf(i).Line)})
	}
	for i, c := range pan.curves {
		things = append(things, kit.Line{Curves: []kit.Curve{c}, LineStyle: l.key[i].Line})
	}
	first, last := l.values[0], l.values[len(l.values)-1]
	margin := (last - first) * 0.02
	x := kit.Scale{Min: first - margin, Max: last + margin, Normalize: plot.LinearScale{}, Ticks: l.ticks()}
	p := kit.NewPlot(x, pan.y, append(things, pan.heading)...)
	p.X.Label.Text = result.Abbreviate(result.OneLine(l.axis.Name), 40)
	align := p.X.Label.TextStyle.XAlign
	p.X.Label.TextStyle = kit.Regular(kit.SizeRemark, kit.Muted)
	p.X.Label.TextStyle.XAlign = align
	return p
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
