package chart

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/result"
)

// A sample is a point of a curve.
type sample struct {
	x, Mean, Lo, Hi float64 // lo and hi are the mean when there is no interval
}

// A Curve is a figure over time: pieces without gaps.
type Curve [][]sample

// NewCurve follows a figure from second to second, up to the given end of the
// axis. Seconds are averaged in groups of the given size, which keeps long runs
// readable and their charts small.
func NewCurve(seconds []result.Cell, group int, end float64) Curve {
	var c Curve
	connected := false
	for from := 0; from < len(seconds); from += group {
		to := min(from+group, len(seconds))
		s, ok := Average(seconds[from:to])
		if !ok {
			connected = false
			continue
		}
		s.x = (float64(from) + min(float64(to), end)) / 2
		if !connected {
			c = append(c, nil)
			connected = true
		}
		c[len(c)-1] = append(c[len(c)-1], s)
	}
	return c
}

// Average is the mean of the cells that have a value; false: none has.
func Average(seconds []result.Cell) (sample, bool) {
	var sum sample
	n := 0.0
	for _, v := range seconds {
		switch v.Has {
		case result.NoInterval:
			sum = sample{0, sum.Mean + v.Mean, sum.Lo + v.Mean, sum.Hi + v.Mean}
			n++
		case result.WithInterval:
			sum = sample{0, sum.Mean + v.Mean, sum.Lo + v.Lo, sum.Hi + v.Hi}
			n++
		}
	}
	if n == 0 {
		return sample{}, false
	}
	return sample{0, sum.Mean / n, sum.Lo / n, sum.Hi / n}, true
}

// GroupSize is how many seconds are averaged into one point, for a run of the
// given number of seconds and a line of the given number of points at most.
func GroupSize(seconds, most int) int {
	for _, size := range []int{1, 2, 5, 10, 15, 30, 60, 120, 300, 600} {
		if seconds <= most*size {
			return size
		}
	}
	return int(math.Ceil(float64(seconds) / float64(most)))
}

// least is the lowest mean; +Inf when there is none.
func (c Curve) least() float64 {
	least := math.Inf(1)
	for _, piece := range c {
		for _, s := range piece {
			least = min(least, s.Mean)
		}
	}
	return least
}

// top is what an axis has to reach for the curve: to the end of the intervals,
// unless they are much wider than what they are about, which is then said by
// their being cut off.
func (c Curve) top() float64 {
	most, highest := 0.0, 0.0
	for _, piece := range c {
		for _, s := range piece {
			most, highest = max(most, s.Mean), max(highest, s.Hi)
		}
	}
	return min(highest, 1.3*most)
}

// orNothing returns the curve unless it is zero throughout.
func (c Curve) orNothing() Curve {
	if c.top() == 0 {
		return nil
	}
	return c
}

// A line draws the means of curves. A piece of one sample is a dot.
type line struct {
	curves []Curve
	draw.LineStyle
}

func (l line) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var lines, dots [][]vg.Point
	for _, curve := range l.curves {
		for _, piece := range curve {
			points := make([]vg.Point, len(piece))
			for i, s := range piece {
				points[i] = vg.Point{X: x(s.x), Y: y(s.Mean)}
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

// A band fills the intervals around a curve. A piece of one sample is a bar.
type band struct {
	curve Curve
	color color.Color
}

func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var areas vg.Path
	for _, piece := range b.curve {
		if !slices.ContainsFunc(piece, func(s sample) bool { return s.Hi > s.Lo }) {
			continue
		}
		var upper, lower []vg.Point
		for _, s := range piece {
			upper = append(upper, vg.Point{X: x(s.x), Y: y(s.Hi)})
			lower = append(lower, vg.Point{X: x(s.x), Y: y(s.Lo)})
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
		c.SetColor(b.color)
		c.Fill(areas)
	}
}

// A rule is a horizontal line across a panel.
type rule struct {
	label string // in the key
	value float64
	draw.LineStyle
}

func (r rule) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	if at := y(r.value); c.ContainsY(at) {
		c.StrokeLine2(r.LineStyle, c.Min.X, at, c.Max.X, at)
	}
}
