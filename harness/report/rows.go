package report

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A row is a strategy in a chart that lists them from top to bottom.
type row struct {
	*Strategy
	index int // in the order of the scenario
	look  look
}

// byTPS returns a row for every strategy, the highest throughput first.
func byTPS(s *Summary) []row {
	rows := make([]row, len(s.Strategies))
	for i := range rows {
		rows[i] = row{&s.Strategies[i], i, lookOf(i)}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.TPS.Mean, a.TPS.Mean) })
	return rows
}

// rowHeight leaves many rows less room than few.
func rowHeight(n int) vg.Length {
	switch {
	case n <= 8:
		return 30
	case n <= 14:
		return 25
	}
	return 21
}

// barHeight is the thickness of the bar in a row.
func barHeight(n int) vg.Length { return rowHeight(n) * 0.62 }

// rowMiddle is the middle of row i below top.
func rowMiddle(top vg.Length, i, n int) vg.Length {
	return top - rowHeight(n)*(vg.Length(i)+0.5)
}

const (
	mostNameWidth = 190
	afterNames    = 12
)

// writeNames writes the names of rows at the left of c, the first row below
// top, and returns what is to the right of them.
func writeNames(c draw.Canvas, rows []row, top vg.Length) draw.Canvas {
	st := regular(sizeName, ink)
	var width vg.Length
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = fit(st, r.Name, mostNameWidth)
		width = max(width, st.Width(names[i]))
	}
	for i, name := range names {
		writeMiddle(c, st, draw.XRight, vg.Point{X: c.Min.X + width, Y: rowMiddle(top, i, len(rows))}, name)
	}
	c.Min.X += width + afterNames
	return c
}

// A ruler is a horizontal axis from x0 to x1.
type ruler struct {
	x0, x1   vg.Length
	min, max float64
}

func (r ruler) at(v float64) vg.Length {
	return r.x0 + (r.x1-r.x0)*vg.Length((v-r.min)/(r.max-r.min))
}

const (
	rulerSpace   = 18 // below the rows, for labels
	captionSpace = 16
)

// draw draws grid lines from top to bottom, with labels below and a caption
// below those; "" is no caption.
func (r ruler) draw(c draw.Canvas, top, bottom vg.Length, ticks int, caption string) {
	st := regular(sizeRemark, muted)
	for _, t := range evenTicks(r.min, r.max, ticks, countLabel) {
		x := r.at(t.Value)
		c.StrokeLine2(draw.LineStyle{Color: gridGrey, Width: 1}, x, bottom, x, top)
		write(c, st, draw.XCenter, vg.Point{X: x, Y: bottom - 14}, t.Label)
	}
	write(c, st, draw.XCenter, vg.Point{X: (r.x0 + r.x1) / 2, Y: bottom - 29}, caption)
}
