package chart

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A ladder labels vertical lines that may be close together: each line ends at
// a rung of its own, the further right the higher, with its label to the left.
// No label can meet a line or another label.
type ladder []result.Ceiling

// newLadder sorts the ceilings from left to right.
func newLadder(ceilings []result.Ceiling) ladder {
	l := slices.Clone(ceilings)
	slices.SortStableFunc(l, func(a, b result.Ceiling) int { return cmp.Compare(a.Value, b.Value) })
	return l
}

const rung = 15

func (l ladder) height() vg.Length { return rung*vg.Length(len(l)) + 4 }

// draw draws the lines from bottom up to their rungs, the lowest of which is
// just above top.
func (l ladder) draw(c draw.Canvas, r kit.Ruler, bottom, top vg.Length) {
	for i, ceiling := range l {
		x, y := r.At(ceiling.Value), top+rung*(vg.Length(i)+0.5)+2
		line := draw.LineStyle{Color: kit.Muted, Width: 1, Dashes: []vg.Length{4, 2.5}}
		label, value := kit.Regular(kit.SizeRemark, kit.Ink), kit.Regular(kit.SizeRemark, kit.Muted)
		if ceiling.Main {
			line, label, value = draw.LineStyle{Color: kit.Ink, Width: 1.4}, kit.Bold(kit.SizeRemark, kit.Ink), kit.Bold(kit.SizeRemark, kit.Ink)
		}
		c.StrokeLine2(line, x, y+rung*0.3, x, bottom) // a dash at the rung
		number := metrics.Fixed(ceiling.Value, 2)
		kit.WriteMiddle(c, value, draw.XRight, vg.Point{X: x - 5, Y: y}, number)
		kit.WriteMiddle(c, label, draw.XRight, vg.Point{X: x - 10 - value.Width(number), Y: y}, ceiling.Label)
	}
}
