package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// dashboard is the body of the chart that has all strategies together over
// time, in two rows of two panels.
type dashboard struct {
	panels [dashRows * dashCols]dashPanel
	end    float64 // of the horizontal axis, in seconds
	key    key
}

// A dashPanel shows one figure of all strategies.
type dashPanel struct {
	heading  heading
	lines    []line
	ceilings []ceilingLine
	y        scale
}

const (
	dashRows, dashCols = 2, 2

	dashHeight   = 165 // of a panel without heading and axis
	dashGapX     = 30
	dashWidth    = 1.4 // of lines
	mostKeyLabel = 160
)

func dashboardChart(d Data) Chart {
	end, group := span(d, panelPoints)
	b := dashboard{end: end, key: dashKey(&d.Summary)}
	for i := range b.panels {
		b.panels[i] = newDashPanel(overlays[i], d, group, end)
	}
	return Chart{
		Name:     "dashboard",
		Title:    dashTitle(&d.Summary),
		Subtitle: dashSubtitle(d.Summary.Runs, group),
		height:   b.key.height() + dashRows*(headingSpace+dashHeight+axisSpace) + (dashRows-1)*panelGapY,
		body:     b.draw,
	}
}

func newDashPanel(o overlay, d Data, group int, end float64) dashPanel {
	curves := o.curves(d, group, end)
	p := dashPanel{heading: heading{o.name, o.unit}, y: o.axis(curves, &d.Summary)}
	for i, c := range curves {
		look := lookOf(i)
		p.lines = append(p.lines, line{[]curve{c}, draw.LineStyle{Color: look.line, Width: dashWidth, Dashes: look.dashes}})
	}
	if o.ceilings {
		p.ceilings = ceilingLines(&d.Summary)
	}
	if p.y.remark != "" {
		p.heading.note += ", logarithmic axis"
	}
	return p
}

func dashTitle(s *Summary) string {
	if len(s.Strategies) == 1 {
		return short(s.Strategies[0].Name) + " over time: throughput, latency, 429s, expirations"
	}
	return fmt.Sprintf("%d strategies over time: throughput, latency, 429s, expirations", len(s.Strategies))
}

func dashSubtitle(runs, group int) string {
	if runs > 1 {
		return fmt.Sprintf("Every %s, mean of %d runs.", period(group), runs)
	}
	return fmt.Sprintf("Every %s of one run.", period(group))
}

// dashKey names the strategies and the ceilings.
func dashKey(s *Summary) key {
	var k key
	for i, st := range s.Strategies {
		look := lookOf(i)
		k = append(k, keyItem{
			label: fit(k.style(), st.Name, mostKeyLabel),
			line:  draw.LineStyle{Color: look.line, Width: majorWidth, Dashes: look.dashes},
		})
	}
	for _, l := range ceilingLines(s) {
		k = append(k, keyItem{label: l.label(), line: l.LineStyle})
	}
	return k
}

func (b dashboard) draw(c draw.Canvas) {
	c = b.key.draw(c)
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
	p := newPlot()
	for _, l := range d.ceilings {
		p.Add(l)
	}
	for _, l := range d.lines {
		p.Add(l)
	}
	p.Add(d.heading)
	timeScale(end, 6).apply(&p.X, true)
	d.y.apply(&p.Y, true)
	return p
}
