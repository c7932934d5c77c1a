package kit

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// EndLabels name lines at the right of a plot, each at the height where its
// line ends, or as near to it as the others allow.
type EndLabels []EndLabel

// An EndLabel names one line.
type EndLabel struct {
	Name, Note string
	Line       draw.LineStyle // leads from the plot to the label
	Value      float64        // where the line ends
	Absent     bool           // there is no line, only a label
	// From is where on the horizontal axis the line ends, or the point is that is
	// named; nil: at the right of the plot.
	From *float64
}

const (
	leaderSlope   = 20 // width of the leader from the plot to the swatch
	leaderSwatch  = 16
	leaderGap     = 5 // from swatch to name
	leader        = leaderSlope + leaderSwatch + leaderGap
	labelLeading  = 14
	mostLabel     = 160 // width of a name
	betweenLabel  = 6   // from name to note
	labelPlotSize = 330 // height of a plot with few labels
)

// PlotHeight is how high a plot has to be for its labels.
func (l EndLabels) PlotHeight() vg.Length {
	return max(labelPlotSize, labelLeading*vg.Length(len(l)))
}

func (l EndLabels) width() vg.Length {
	width := vg.Length(0)
	for _, label := range l {
		width = max(width, leader+label.nameWidth()+betweenLabel+Regular(SizeRemark, Muted).Width(label.Note))
	}
	return width
}

func (l EndLabel) fitted() string {
	return Fit(Regular(SizeName, Ink), l.Name, mostLabel)
}

func (l EndLabel) nameWidth() vg.Length { return Regular(SizeName, Ink).Width(l.fitted()) }

// Plot draws the labels; those without a line are at the bottom.
func (l EndLabels) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	end := func(label EndLabel) vg.Length {
		if label.Absent {
			return c.Min.Y
		}
		return min(max(y(label.Value), c.Min.Y), c.Max.Y)
	}
	from := func(label EndLabel) vg.Length {
		if label.From == nil {
			return c.Max.X
		}
		return min(x(*label.From), c.Max.X)
	}
	// Of points at one height the one at the right is the lowest: on the axis, from
	// where all leaders rise, they do not cross then.
	upwards := slices.SortedStableFunc(slices.Values(l), func(a, b EndLabel) int {
		return cmp.Or(cmp.Compare(end(a), end(b)), cmp.Compare(from(b), from(a)))
	})
	ends := make([]vg.Length, len(upwards))
	for i, label := range upwards {
		ends[i] = end(label)
	}
	middles := spread(ends, labelLeading, c.Min.Y+labelLeading/2, c.Max.Y-labelLeading/2)
	for i, label := range upwards {
		label.draw(c, vg.Point{X: from(label), Y: ends[i]}, middles[i])
	}
}

// draw leads from the point to the label: from the right of the plot at a height
// of its own, from a point inside it straight to the label, so that several that
// are in one place can be told from one.
func (l EndLabel) draw(c draw.Canvas, end vg.Point, middle vg.Length) {
	x := c.Max.X
	swatch := x + leaderSlope
	if !l.Absent {
		thin := draw.LineStyle{Color: l.Line.Color, Width: 0.8}
		route := []vg.Point{{X: x + 2, Y: end.Y}, {X: x + 5, Y: end.Y}, {X: swatch - 3, Y: middle}, {X: swatch, Y: middle}}
		if end.X < x {
			thin.Width = 0.5
			route = []vg.Point{end, {X: swatch - 3, Y: middle}, {X: swatch, Y: middle}}
		}
		c.StrokeLines(thin, route)
		c.StrokeLine2(l.Line, swatch, middle, swatch+leaderSwatch, middle)
	}
	WriteMiddle(c, Regular(SizeName, Ink), draw.XLeft, vg.Point{X: x + leader, Y: middle}, l.fitted())
	WriteMiddle(c, Regular(SizeRemark, Muted), draw.XLeft, vg.Point{X: x + leader + l.nameWidth() + betweenLabel, Y: middle}, l.Note)
}

// GlyphBoxes reserves the room at the right of the plot.
func (l EndLabels) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{X: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: l.width()}}}}
}

// spread moves ascending positions as little as possible so that they are at
// least gap apart and between lo and hi, as far as there is room.
//
// Positions that would be too close form a block around the mean of where they
// want to be, and blocks that touch become one (the pool adjacent violators
// algorithm of isotonic regression).
func spread(want []vg.Length, gap, lo, hi vg.Length) []vg.Length {
	type block struct {
		sum vg.Length // of the first positions that its members ask for
		n   int
	}
	first := func(b block) vg.Length { return b.sum / vg.Length(b.n) }
	var blocks []block
	for i, w := range want {
		blocks = append(blocks, block{w - vg.Length(i)*gap, 1})
		for n := len(blocks); n > 1 && first(blocks[n-2]) > first(blocks[n-1]); n = len(blocks) {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			blocks[n-2].sum += last.sum
			blocks[n-2].n += last.n
		}
	}
	var at []vg.Length
	highest := hi - vg.Length(len(want)-1)*gap
	for _, b := range blocks {
		for range b.n {
			at = append(at, max(lo, min(first(b), highest))+vg.Length(len(at))*gap)
		}
	}
	return at
}
