package chart

import (
	"fmt"
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

// dashboard is the body of the chart that has all strategies together over
// time, in two rows of two panels.
type dashboard struct {
	panels []dashPanel
	end    float64 // of the horizontal axis, in seconds
	key    kit.Key
}

// A dashPanel shows one figure of all strategies.
type dashPanel struct {
	heading  kit.Heading
	lines    []kit.Line
	ceilings []CeilingLine
	y        kit.Scale
	spans    []overlay.Span
}

const (
	dashCols = 2

	dashHeight   = 165 // of a panel without heading and axis
	dashGapX     = 30
	dashWidth    = 1.4 // of lines
	mostKeyLabel = 160
)

func dashboardChart(d result.Data) kit.Chart {
	end, group := Span(d, panelPoints)
	b := dashboard{end: end}
	spans := overlay.Of(&d, end)
	var drawn [][]kit.Curve
	figures, none := Something(dashFigures(), d)
	for _, f := range figures {
		curves := f.Curves(d, group, end)
		drawn = append(drawn, curves)
		b.panels = append(b.panels, newDashPanel(f, curves, d, spans))
	}
	b.key = append(dashKey(&d.Summary, crowd.Covers(drawn)), overlay.Key(spans)...)
	return kit.Chart{
		Title:    dashTitle(&d.Summary),
		Subtitle: dashSubtitle(d.Summary.Runs, group) + noneOf(none) + title.OtherAnswers(&d.Summary),
		Height:   b.key.Height() + vg.Length(b.rows())*(kit.HeadingSpace+dashHeight+axisSpace) + vg.Length(b.rows()-1)*panelGapY,
		Body:     b.draw,
	}
}

// rows is how many there are of the panels.
func (b *dashboard) rows() int { return (len(b.panels) + dashCols - 1) / dashCols }

// dashFigures are those that have a panel, if there is anything in it.
func dashFigures() []*Figure {
	var figures []*Figure
	for i := range Figures {
		if Figures[i].OnDashboard {
			figures = append(figures, &Figures[i])
		}
	}
	return figures
}

// noneOf is a sentence, with a blank before it, on figures that are not drawn.
func noneOf(headings []string) string {
	if len(headings) == 0 {
		return ""
	}
	return " Not drawn, for there is none: " + strings.Join(headings, ", ") + "."
}

func newDashPanel(f *Figure, curves []kit.Curve, d result.Data, spans []overlay.Span) dashPanel {
	p := dashPanel{spans: spans, heading: kit.Heading{Name: f.Heading, Note: f.Unit}, y: f.Axis(curves, &d.Summary)}
	folded, over := crowd.Of(&d.Summary), crowd.Overlaid(curves)
	for _, i := range folded.Order(len(curves)) {
		style := folded.Line(i, dashWidth)
		if over[i] && style.Dashes == nil {
			style.Dashes = crowd.SeeThrough
		}
		p.lines = append(p.lines, kit.Line{Curves: []kit.Curve{curves[i]}, LineStyle: style})
	}
	if f.Ceilings {
		p.ceilings = CeilingLines(&d.Summary)
	}
	if p.y.Remark != "" {
		p.heading.Note += ", logarithmic axis"
	}
	return p
}

func dashTitle(s *result.Summary) string {
	if len(s.Strategies) == 1 {
		return title.Short(s.Strategies[0].Name) + " over time"
	}
	return fmt.Sprintf("%d strategies over time", len(s.Strategies))
}

func dashSubtitle(runs, group int) string {
	if runs > 1 {
		return fmt.Sprintf("Every %s, mean of %d runs.", period(group), runs)
	}
	return fmt.Sprintf("Every %s of one run.", period(group))
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
	if label := folded.Label(); label != "" {
		k = append(k, kit.KeyItem{Label: label, Line: draw.LineStyle{Color: kit.OtherGrey, Width: otherWidth * 1.5}})
	}
	for _, l := range CeilingLines(s) {
		k = append(k, kit.KeyItem{Label: l.Label(), Line: l.LineStyle})
	}
	return k
}

func (b dashboard) draw(c draw.Canvas) {
	c = b.key.Draw(c)
	grid := make([][]*plot.Plot, b.rows())
	for i := range grid {
		grid[i] = make([]*plot.Plot, dashCols)
	}
	for i, p := range b.panels {
		grid[i/dashCols][i%dashCols] = p.plot(b.end)
	}
	canvases := plot.Align(grid, draw.Tiles{Rows: b.rows(), Cols: dashCols, PadX: dashGapX, PadY: panelGapY}, c)
	for row := range grid {
		for col, p := range grid[row] {
			if p != nil {
				p.Draw(canvases[row][col])
			}
		}
	}
}

func (d dashPanel) plot(end float64) *plot.Plot {
	p := kit.NewPlot()
	p.Add(overlay.Shade(d.spans))
	for _, l := range d.ceilings {
		p.Add(l)
	}
	for _, l := range d.lines {
		p.Add(l)
	}
	p.Add(d.heading)
	kit.TimeScale(end, 6).Apply(&p.X, true)
	d.y.Apply(&p.Y, true)
	return p
}
