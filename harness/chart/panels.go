package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
)

// panels are small multiples: one panel per strategy on common axes, with the
// other strategies in grey behind it.
type panels struct {
	items    []panel
	y        kit.Scale
	end      float64 // of the horizontal axis, in seconds
	ceilings []CeilingLine
	spans    []overlay.Span
	key      kit.Key
}

// A panel is what one strategy does.
type panel struct {
	strategy   int // in the order of the scenario
	name, note string
	look       kit.Look
	major      kit.Curve // thick, with a band; grey in the other panels
	minor      kit.Curve // thin; may be empty
}

// Widths of lines.
const (
	majorWidth = kit.LineWidth
	minorWidth = 1
	otherWidth = 0.9
)

// Space in and around panels.
const (
	panelGapX = 16
	panelGapY = 14
	axisSpace = kit.AxisSpace
)

// shape returns rows and columns for n panels.
func shape(n int) (rows, cols int) {
	switch {
	case n <= 3:
		cols = n
	case n == 4:
		cols = 2
	case n <= 6, n == 9:
		cols = 3
	default:
		cols = 4
	}
	return (n + cols - 1) / cols, cols
}

// height is that of the whole body.
func (p panels) height() vg.Length {
	rows, _ := shape(len(p.items))
	plotting := vg.Length(110)
	switch rows {
	case 1:
		plotting = 190
	case 2:
		plotting = 140
	}
	return p.key.Height() + vg.Length(rows)*(kit.HeadingSpace+plotting+axisSpace) + vg.Length(rows-1)*panelGapY
}

func (p panels) draw(c draw.Canvas) {
	c = p.key.Draw(c)
	_, cols := shape(len(p.items))
	plots := make([]*plot.Plot, len(p.items))
	for i := range plots {
		plots[i] = p.plot(i, cols)
	}
	kit.DrawGrid(c, plots, cols, panelGapX, panelGapY)
}

// plot makes the i-th panel. Only the panels at the left have labels on the
// vertical axis.
func (p panels) plot(i, cols int) *plot.Plot {
	item := p.items[i]
	var others kit.Line
	if len(p.items) > 1 {
		others = kit.Line{Curves: p.curves(), LineStyle: draw.LineStyle{Color: kit.OtherGrey, Width: otherWidth}}
	}
	things := []plot.Plotter{overlay.Shade(overlay.For(p.spans, item.strategy)), others}
	for _, l := range p.ceilings {
		things = append(things, l)
	}
	things = append(things,
		kit.Band{Curve: item.major, Color: kit.Pale(item.look.Line)},
		kit.Line{Curves: []kit.Curve{item.minor}, LineStyle: draw.LineStyle{Color: item.look.Line, Width: minorWidth}},
		kit.Line{Curves: []kit.Curve{item.major}, LineStyle: item.look.Stroke(majorWidth)},
		kit.Heading{Name: item.name, Note: item.note},
	)
	y := p.y
	if i%cols != 0 {
		y = y.Unlabelled()
	}
	ticks := []int{10, 6, 5, 4}[cols-1] // as the width allows
	return kit.NewPlot(kit.TimeScale(p.end, ticks), y, things...)
}

// curves are the major curves of all strategies. Each panel has all of them in
// its background, its own included, which it covers: an SVG file then needs
// that background only once.
func (p panels) curves() []kit.Curve {
	all := make([]kit.Curve, len(p.items))
	for i, item := range p.items {
		all[i] = item.major
	}
	return all
}
