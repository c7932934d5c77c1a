package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawBar fills a bar from x0 to x1 around the height y.
func drawBar(c draw.Canvas, l look, x0, x1, y, thickness vg.Length) {
	if x1 <= x0 {
		return
	}
	fillBox(c, l.fill, x0, y-thickness/2, x1, y+thickness/2)
	if l.fill == l.line {
		return
	}
	const edge = 1.2
	x1 = max(x1-edge/2, x0)
	low, high := y-thickness/2+edge/2, y+thickness/2-edge/2
	c.StrokeLines(draw.LineStyle{Color: l.line, Width: edge},
		[]vg.Point{{X: x0, Y: low}, {X: x1, Y: low}, {X: x1, Y: high}, {X: x0, Y: high}})
}

func fillBox(c draw.Canvas, clr color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(clr, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}

func drawDisc(c draw.Canvas, clr color.Color, at vg.Point, radius vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: clr, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// drawArrow draws an arrowhead that points to the left, to at.
func drawArrow(c draw.Canvas, l look, at vg.Point) {
	const size = 4.5
	c.FillPolygon(l.line, []vg.Point{at, {X: at.X + 1.6*size, Y: at.Y + size}, {X: at.X + 1.6*size, Y: at.Y - size}})
}

// drawWhisker draws a confidence interval, set off from what is below it.
func drawWhisker(c draw.Canvas, r ruler, rate Rate, y vg.Length) {
	if rate.margin() == 0 {
		return
	}
	x0 := min(max(r.at(rate.lower()), r.x0), r.x1)
	x1 := min(max(r.at(rate.upper()), r.x0), r.x1)
	for _, l := range []struct {
		draw.LineStyle
		half vg.Length
	}{
		{draw.LineStyle{Color: paper, Width: 3}, 4.5},
		{draw.LineStyle{Color: ink, Width: 1.2}, 3.5},
	} {
		c.StrokeLines(l.LineStyle,
			[]vg.Point{{X: x0, Y: y - l.half}, {X: x0, Y: y + l.half}},
			[]vg.Point{{X: x1, Y: y - l.half}, {X: x1, Y: y + l.half}},
			[]vg.Point{{X: x0, Y: y}, {X: x1, Y: y}})
	}
}
