package report

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A ceiling is a bound with the words for it.
type ceiling struct {
	label   string
	meaning string
	value   float64
	main    bool // the one that strategies are measured by
}

// list returns the ceilings that exist, in the order of their definition.
func (c *Ceilings) list() []ceiling {
	var list []ceiling
	add := func(label, meaning string, v *float64, main bool) {
		if v != nil {
			list = append(list, ceiling{label, meaning, *v, main})
		}
	}
	add("server cap", "what the server admits at all", c.ServerCap, false)
	add("server time", "without a 429, knowing when requests arrive", c.ServerTime, false)
	add("provable", "without a 429, knowing when requests are sent and answered", c.Provable, true)
	add("fixed headroom", "without a 429, waiting out the longest latency", c.FixedHeadroom, false)
	add("offered", "what the load generator makes", c.Offered, false)
	return list
}

// A ladder labels vertical lines that may be close together: each line ends at
// a rung of its own, the further right the higher, with its label to the left.
// No label can meet a line or another label.
type ladder []ceiling

// newLadder sorts the ceilings from left to right.
func newLadder(ceilings []ceiling) ladder {
	l := slices.Clone(ceilings)
	slices.SortStableFunc(l, func(a, b ceiling) int { return cmp.Compare(a.value, b.value) })
	return l
}

const rung = 15

func (l ladder) height() vg.Length { return rung*vg.Length(len(l)) + 4 }

// draw draws the lines from bottom up to their rungs, the lowest of which is
// just above top.
func (l ladder) draw(c draw.Canvas, r ruler, bottom, top vg.Length) {
	for i, ceiling := range l {
		x, y := r.at(ceiling.value), top+rung*(vg.Length(i)+0.5)+2
		line := draw.LineStyle{Color: muted, Width: 1, Dashes: []vg.Length{4, 2.5}}
		label, value := regular(sizeRemark, ink), regular(sizeRemark, muted)
		if ceiling.main {
			line, label, value = draw.LineStyle{Color: ink, Width: 1.4}, bold(sizeRemark, ink), bold(sizeRemark, ink)
		}
		c.StrokeLine2(line, x, y+rung*0.3, x, bottom) // a dash at the rung
		number := fixed(ceiling.value, 2)
		writeMiddle(c, value, draw.XRight, vg.Point{X: x - 5, Y: y}, number)
		writeMiddle(c, label, draw.XRight, vg.Point{X: x - 10 - value.Width(number), Y: y}, ceiling.label)
	}
}
