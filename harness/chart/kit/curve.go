package kit

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Sample is a point of a curve. Of several seconds its ends are the means of
// the ends of their intervals, and no interval of the mean.
type Sample struct {
	X, Mean, Lo, Hi float64 // lo and hi are the mean when there is no interval
}

// A Curve is a figure over time: pieces without gaps.
type Curve [][]Sample

// OnePiece is the curve of samples without a gap; nil: there are none.
func OnePiece(samples []Sample) Curve {
	if len(samples) == 0 {
		return nil
	}
	return Curve{samples}
}

// Least is the lowest mean; +Inf when there is none.
func (c Curve) Least() float64 {
	least := math.Inf(1)
	for _, piece := range c {
		for _, s := range piece {
			least = min(least, s.Mean)
		}
	}
	return least
}

// Top is what an axis has to reach for the curve: to the end of the intervals,
// unless they are much wider than what they are about, which is then said by
// their being cut off.
func (c Curve) Top() float64 {
	most, highest := 0.0, 0.0
	for _, piece := range c {
		for _, s := range piece {
			most, highest = max(most, s.Mean), max(highest, s.Hi)
		}
	}
	return min(highest, 1.3*most)
}

// OrNothing returns the curve unless it is zero throughout.
func (c Curve) OrNothing() Curve {
	if c.Top() == 0 {
		return nil
	}
	return c
}

// A Line draws the means of curves. A piece of one sample is a dot.
type Line struct {
	Curves []Curve
	draw.LineStyle
}

func (l Line) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var lines, dots [][]vg.Point
	for _, curve := range l.Curves {
		for _, piece := range curve {
			points := make([]vg.Point, len(piece))
			for i, s := range piece {
				points[i] = vg.Point{X: x(s.X), Y: y(s.Mean)}
			}
			if len(points) == 1 {
				dots = append(dots, dot(points[0], l.Width))
			} else {
				lines = append(lines, c.ClipLinesXY(points)...)
			}
		}
	}
	c.StrokeLines(l.LineStyle, lines...)
	solid := l.LineStyle
	solid.Dashes = nil
	c.StrokeLines(solid, dots...)
}

// dot is a stroke of the given width that is about as long as wide: a load that
// comes in bursts has a dot in each second, which as discs would fill a file.
func dot(at vg.Point, width vg.Length) []vg.Point {
	half := 0.6 * width
	return []vg.Point{{X: at.X - half, Y: at.Y}, {X: at.X + half, Y: at.Y}}
}

// A Band fills the intervals around a curve. A piece of one sample is a bar.
type Band struct {
	Curve Curve
	Color color.Color
}

func (b Band) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var areas vg.Path
	for _, piece := range b.Curve {
		if !slices.ContainsFunc(piece, func(s Sample) bool { return s.Hi > s.Lo }) {
			continue
		}
		var upper, lower []vg.Point
		for _, s := range piece {
			upper = append(upper, vg.Point{X: x(s.X), Y: y(s.Hi)})
			lower = append(lower, vg.Point{X: x(s.X), Y: y(s.Lo)})
		}
		if len(piece) == 1 {
			const half = 1
			upper = []vg.Point{{X: upper[0].X - half, Y: upper[0].Y}, {X: upper[0].X + half, Y: upper[0].Y}}
			lower = []vg.Point{{X: upper[0].X, Y: lower[0].Y}, {X: upper[1].X, Y: lower[0].Y}}
		}
		slices.Reverse(lower)
		if outline := c.ClipPolygonXY(append(upper, lower...)); len(outline) > 0 {
			areas.Move(outline[0])
			for _, pt := range outline[1:] {
				areas.Line(pt)
			}
			areas.Close()
		}
	}
	if len(areas) > 0 {
		c.SetColor(b.Color)
		c.Fill(areas)
	}
}
