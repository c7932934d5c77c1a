package kit

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/metrics"
)

// A Ladder labels vertical lines that may be close together: each line ends at
// a rung of its own, the further right the higher, with its label to the left.
// No label can meet a line or another label.
type Ladder []Rung

// A Rung is a line of a ladder.
type Rung struct {
	Label string
	Value float64
	Main  bool // it stands out
}

// NewLadder sorts rungs from left to right.
func NewLadder(rungs []Rung) Ladder {
	l := slices.Clone(rungs)
	slices.SortStableFunc(l, func(a, b Rung) int { return cmp.Compare(a.Value, b.Value) })
	return l
}

// RungHeight is the height of a rung.
const RungHeight = 15

// Height is that of all rungs.
func (l Ladder) Height() vg.Length { return RungHeight*vg.Length(len(l)) + 4 }

// Draw draws the lines from bottom up to their rungs, the lowest of which is
// just above top.
func (l Ladder) Draw(c draw.Canvas, r Ruler, bottom, top vg.Length) {
	for i, rung := range l {
		x, y := r.At(rung.Value), top+RungHeight*(vg.Length(i)+0.5)+2
		line := draw.LineStyle{Color: Muted, Width: 1, Dashes: []vg.Length{4, 2.5}}
		label, value := Regular(SizeRemark, Ink), Regular(SizeRemark, Muted)
		if rung.Main {
			line, label, value = draw.LineStyle{Color: Ink, Width: 1.4}, Bold(SizeRemark, Ink), Bold(SizeRemark, Ink)
		}
		c.StrokeLine2(line, x, y+RungHeight*0.3, x, bottom) // a dash at the rung
		number := metrics.RateText(rung.Value, 2)
		WriteMiddle(c, value, draw.XRight, vg.Point{X: x - 5, Y: y}, number)
		WriteMiddle(c, label, draw.XRight, vg.Point{X: x - 10 - value.Width(number), Y: y}, rung.Label)
	}
}
