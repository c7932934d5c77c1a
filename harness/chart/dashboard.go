package chart

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/chart/title"
	"ratebench/harness/result"
)

// dashboard is the body of a chart that has all strategies together over time, in
// rows of panels.
type dashboard struct {
	key         kit.Key
	panels      []*plot.Plot
	cols        int
	panelHeight vg.Length // without heading and axis
}

// height is that of the whole body.
func (b dashboard) height() vg.Length {
	rows := vg.Length((len(b.panels) + b.cols - 1) / b.cols)
	return b.key.Height() + rows*(kit.HeadingSpace+b.panelHeight+axisSpace) + (rows-1)*panelGapY
}

func (b dashboard) draw(c draw.Canvas) {
	const gap = 30
	kit.DrawGrid(b.key.Draw(c), b.panels, b.cols, gap, panelGapY)
}

const (
	dashWidth    = 1.4 // of lines
	mostKeyLabel = 160
)

func dashboardChart(d result.Data) kit.Chart {
	end, group := Span(d, panelPoints)
	b := dashboard{cols: 2, panelHeight: 165}
	spans := overlay.Of(&d, end)
	var drawn [][]kit.Curve
	figures, none := Something(dashFigures(), d)
	for _, f := range figures {
		curves := f.Curves(d, group, end)
		drawn = append(drawn, curves)
		b.panels = append(b.panels, dashPanel(f, curves, d, spans, end))
	}
	b.key = append(dashKey(&d.Summary, crowd.Covers(drawn)), overlay.Key(spans)...)
	return kit.Chart{
		Title:    dashTitle(&d.Summary),
		Subtitle: points(d.Summary.Runs, group, false) + noneOf(none) + title.OtherAnswers(&d.Summary),
		Height:   b.height(),
		Body:     b.draw,
	}
}

// dashFigures are those that have a panel, if there is anything in it.
func dashFigures() []*Figure {
	return slices.DeleteFunc(slices.Clone(Figures), func(f *Figure) bool { return !f.onDashboard })
}

// noneOf is a sentence, with a blank before it, on figures that are not drawn.
func noneOf(headings []string) string {
	if len(headings) == 0 {
		return ""
	}
	return " Not drawn, for there is none: " + strings.Join(headings, ", ") + "."
}

// dashPanel shows one figure of all strategies.
func dashPanel(f *Figure, curves []kit.Curve, d result.Data, spans []overlay.Span, end float64) *plot.Plot {
	things := []plot.Plotter{overlay.Shade(spans)}
	if f.Ceilings {
		for _, l := range CeilingLines(&d.Summary) {
			things = append(things, l)
		}
	}
	folded, over := crowd.Of(&d.Summary), crowd.Overlaid(curves)
	for _, i := range folded.Order(len(curves)) {
		style := folded.Line(i, dashWidth)
		if over[i] && style.Dashes == nil {
			style.Dashes = crowd.SeeThrough
		}
		things = append(things, kit.Line{Curves: []kit.Curve{curves[i]}, LineStyle: style})
	}
	y := f.Axis(curves, &d.Summary)
	heading := kit.Heading{Name: f.Heading, Note: f.Unit}
	if y.Remark != "" {
		heading.Note += ", logarithmic axis"
	}
	return kit.NewPlot(kit.TimeScale(end, 6), y, append(things, heading)...)
}

func dashTitle(s *result.Summary) string {
	if len(s.Strategies) == 1 {
		return title.Short(s.Strategies[0].Name) + " over time"
	}
	return fmt.Sprintf("%d strategies over time", len(s.Strategies))
}

// dashKey names the strategies and the ceilings. Of a strategy whose lines lie under
// those of another in every panel, it says so: the reader would look for them.
func dashKey(s *result.Summary, under map[int]int) kit.Key {
	var k kit.Key
	folded := crowd.Of(s)
	for i, st := range s.Strategies {
		if folded[i] {
			continue
		}
		label := kit.Fit(k.Style(), st.Name, mostKeyLabel)
		if top, ok := under[i]; ok && !folded[top] {
			label += " (lies under " + kit.Fit(k.Style(), s.Strategies[top].Name, mostKeyLabel) + ")"
		}
		k = append(k, kit.KeyItem{Label: label, Line: folded.Line(i, majorWidth)})
	}
	if label := folded.Name(); label != "" {
		k = append(k, kit.KeyItem{Label: label, Line: draw.LineStyle{Color: kit.OtherGrey, Width: otherWidth * 1.5}})
	}
	for _, l := range CeilingLines(s) {
		k = append(k, kit.KeyItem{Label: l.Label(), Line: l.LineStyle})
	}
	return k
}
