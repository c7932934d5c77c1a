package kit

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// RowHeight leaves many rows less room than few.
func RowHeight(n int) vg.Length {
	switch {
	case n <= 8:
		return 30
	case n <= 14:
		return 25
	}
	return 21
}

// BarHeight is the thickness of the bar in a row.
func BarHeight(n int) vg.Length { return RowHeight(n) * 0.62 }

// RowMiddle is the middle of row i below top.
func RowMiddle(top vg.Length, i, n int) vg.Length {
	return top - RowHeight(n)*(vg.Length(i)+0.5)
}

// Names are those of rows, at the left of a chart.
type Names struct {
	fitted     []string
	width, gap vg.Length
}

// NewNames shortens names to a width. The gap is between them and what is beside them.
func NewNames(names []string, widest, gap vg.Length) Names {
	n := Names{gap: gap}
	st := Regular(SizeName, Ink)
	for _, name := range names {
		name = Fit(st, name, widest)
		n.fitted = append(n.fitted, name)
		n.width = max(n.width, st.Width(name))
	}
	return n
}

// Width is what the names take, with the gap beside them.
func (n Names) Width() vg.Length { return n.width + n.gap }

// Write writes the name of a row at a height.
func (n Names) Write(c draw.Canvas, row int, y vg.Length) {
	WriteMiddle(c, Regular(SizeName, Ink), draw.XRight, vg.Point{X: c.Min.X + n.width, Y: y}, n.fitted[row])
}

// Draw writes all names, and returns what is to the right of them.
func (n Names) Draw(c draw.Canvas, middle func(row int) vg.Length) draw.Canvas {
	for i := range n.fitted {
		n.Write(c, i, middle(i))
	}
	c.Min.X += n.Width()
	return c
}
