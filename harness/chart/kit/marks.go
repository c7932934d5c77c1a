package kit

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// DrawBar fills a bar from x0 to x1 around the height y.
func DrawBar(c draw.Canvas, l Look, x0, x1, y, thickness vg.Length) {
	if x1 <= x0 {
		return
	}
	FillBox(c, l.Fill, x0, y-thickness/2, x1, y+thickness/2)
	if l.Fill == l.Line {
		return
	}
	const edge = 1.2
	x1 = max(x1-edge/2, x0)
	low, high := y-thickness/2+edge/2, y+thickness/2-edge/2
	c.StrokeLines(draw.LineStyle{Color: l.Line, Width: edge},
		[]vg.Point{{X: x0, Y: low}, {X: x1, Y: low}, {X: x1, Y: high}, {X: x0, Y: high}})
}

// FillBox fills a box between two corners.
func FillBox(c draw.Canvas, clr color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(clr, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}

// DrawDisc draws a filled circle around at.
func DrawDisc(c draw.Canvas, clr color.Color, at vg.Point, radius vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: clr, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// DrawDot draws a disc in the colours of a strategy, set off from what is below it;
// edge is the width of its outline, where that has another colour.
func DrawDot(c draw.Canvas, l Look, at vg.Point, radius, edge vg.Length) {
	DrawDisc(c, Paper, at, radius+1)
	DrawDisc(c, l.Line, at, radius)
	if l.Fill != l.Line {
		DrawDisc(c, l.Fill, at, radius-edge)
	}
}

// A Polyline joins points of a plot. Unlike plotter.Line it asks for no room around
// them: it begins and ends at the edges of the plot.
type Polyline struct {
	plotter.XYs
	draw.LineStyle
}

func (l Polyline) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	points := make([]vg.Point, len(l.XYs))
	for i, at := range l.XYs {
		points[i] = vg.Point{X: x(at.X), Y: y(at.Y)}
	}
	c.StrokeLines(l.LineStyle, points)
}

// Dots are filled circles at points of a plot.
type Dots struct {
	plotter.XYs
	Color  color.Color
	Radius vg.Length
}

func (d Dots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, at := range d.XYs {
		DrawDisc(c, d.Color, vg.Point{X: x(at.X), Y: y(at.Y)}, d.Radius)
	}
}

// DrawArrow draws an arrowhead that points to the left, to at.
func DrawArrow(c draw.Canvas, l Look, at vg.Point) {
	const size = 4.5
	c.FillPolygon(l.Line, []vg.Point{at, {X: at.X + 1.6*size, Y: at.Y + size}, {X: at.X + 1.6*size, Y: at.Y - size}})
}

// DrawWhisker draws an interval, set off from what is below it.
func DrawWhisker(c draw.Canvas, r Ruler, low, high float64, y vg.Length) {
	if low == high {
		return
	}
	x0 := min(max(r.At(low), r.X0), r.X1)
	x1 := min(max(r.At(high), r.X0), r.X1)
	for _, l := range []struct {
		draw.LineStyle
		half vg.Length
	}{
		{draw.LineStyle{Color: Paper, Width: 3}, 4.5},
		{draw.LineStyle{Color: Ink, Width: 1.2}, 3.5},
	} {
		c.StrokeLines(l.LineStyle,
			[]vg.Point{{X: x0, Y: y - l.half}, {X: x0, Y: y + l.half}},
			[]vg.Point{{X: x1, Y: y - l.half}, {X: x1, Y: y + l.half}},
			[]vg.Point{{X: x0, Y: y}, {X: x1, Y: y}})
	}
}

// A Ruler is a horizontal axis from x0 to x1.
type Ruler struct {
	X0, X1   vg.Length
	Min, Max float64
}

// At is the place of a value on the axis, or on its continuation.
func (r Ruler) At(v float64) vg.Length {
	return r.X0 + (r.X1-r.X0)*vg.Length((v-r.Min)/(r.Max-r.Min))
}

const (
	RulerSpace   = 18 // below the rows, for labels
	CaptionSpace = 16
)

// Draw draws grid lines from top to bottom, with labels below and a caption
// below those; "" is no caption.
func (r Ruler) Draw(c draw.Canvas, top, bottom vg.Length, ticks int, caption string) {
	st := Regular(SizeRemark, Muted)
	for _, t := range EvenTicks(r.Min, r.Max, ticks, CountLabel) {
		x := r.At(t.Value)
		c.StrokeLine2(draw.LineStyle{Color: GridGrey, Width: 1}, x, bottom, x, top)
		Write(c, st, draw.XCenter, vg.Point{X: x, Y: bottom - 14}, t.Label)
	}
	Write(c, st, draw.XCenter, vg.Point{X: (r.X0 + r.X1) / 2, Y: bottom - 29}, caption)
}
