package chart

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/chart/title"
	"ratebench/harness/result"
)

// dashboard is the body of the chart that has all strategies together over
// time, in two rows of two panels.
type dashboard struct {
	panels []dashPanel // as many as there is room for
	end    float64     // of the horizontal axis, in seconds
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
	dashRows, dashCols = 2, 2

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
	for i := range Figures {
		if Figures[i].OnDashboard {
			curves := Figures[i].Curves(d, group, end)
			drawn = append(drawn, curves)
			b.panels = append(b.panels, newDashPanel(&Figures[i], curves, d, spans))
		}
	}
	b.key = append(dashKey(&d.Summary, covers(drawn)), overlay.Key(spans)...)
	return kit.Chart{
		Title:    dashTitle(&d.Summary),
		Subtitle: dashSubtitle(d.Summary.Runs, group) + title.OtherAnswers(&d.Summary),
		Height:   b.key.Height() + dashRows*(kit.HeadingSpace+dashHeight+axisSpace) + (dashRows-1)*panelGapY,
		Body:     b.draw,
	}
}

func newDashPanel(f *Figure, curves []kit.Curve, d result.Data, spans []overlay.Span) dashPanel {
	p := dashPanel{spans: spans, heading: kit.Heading{Name: f.Heading, Note: f.Unit}, y: f.Axis(curves, &d.Summary)}
	for i, c := range curves {
		look := kit.LookOf(i)
		p.lines = append(p.lines, kit.Line{Curves: []kit.Curve{c}, LineStyle: draw.LineStyle{Color: look.Line, Width: dashWidth, Dashes: look.Dashes}})
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
		return title.Short(s.Strategies[0].Name) + " over time: throughput, latency, 429s, expirations"
	}
	return fmt.Sprintf("%d strategies over time: throughput, latency, 429s, expirations", len(s.Strategies))
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
	for i, st := range s.Strategies {
		look := kit.LookOf(i)
		label := kit.Fit(k.Style(), st.Name, mostKeyLabel)
		if top, ok := under[i]; ok {
			label += " (lies under " + kit.Fit(k.Style(), s.Strategies[top].Name, mostKeyLabel) + ")"
		}
		k = append(k, kit.KeyItem{
			Label: label,
			Line:  draw.LineStyle{Color: look.Line, Width: majorWidth, Dashes: look.Dashes},
		})
	}
	for _, l := range CeilingLines(s) {
		k = append(k, kit.KeyItem{Label: l.Label(), Line: l.LineStyle})
	}
	return k
}

func (b dashboard) draw(c draw.Canvas) {
	c = b.key.Draw(c)
	grid := make([][]*plot.Plot, dashRows)
	for i, p := range b.panels {
		grid[i/dashCols] = append(grid[i/dashCols], p.plot(b.end))
	}
	canvases := plot.Align(grid, draw.Tiles{Rows: dashRows, Cols: dashCols, PadX: dashGapX, PadY: panelGapY}, c)
	for row := range grid {
		for col, p := range grid[row] {
			p.Draw(canvases[row][col])
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
