package kit

import (
	"image/color"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Key explains the marks of a chart in rows above it.
type Key []KeyItem

// A KeyItem explains one mark.
type KeyItem struct {
	Label string
	Line  draw.LineStyle
	Band  color.Color // what the line runs through; nil: nothing
}

const (
	keyLeading = 18
	keySwatch  = 22
	keyGap     = 6  // between swatch and label
	keySpace   = 18 // between items
	keyBelow   = 6
)

// Style is that of the labels.
func (k Key) Style() text.Style { return Regular(SizeRemark, Ink) }

// place calls each with every item and its position, counted from the left
// and in rows, and returns the number of rows.
func (k Key) place(each func(item KeyItem, x vg.Length, row int)) (rows int) {
	if len(k) == 0 {
		return 0
	}
	var x vg.Length
	row := 0
	for _, item := range k {
		width := keySwatch + keyGap + k.Style().Width(item.Label)
		if x > 0 && x+width > InnerWidth {
			x, row = 0, row+1
		}
		each(item, x, row)
		x += width + keySpace
	}
	return row + 1
}

// Height is what the key takes above the plot; 0 without an item.
func (k Key) Height() vg.Length {
	rows := k.place(func(KeyItem, vg.Length, int) {})
	if rows == 0 {
		return 0
	}
	return vg.Length(rows)*keyLeading + keyBelow
}

// Draw draws the key along the top of c and returns what is below.
func (k Key) Draw(c draw.Canvas) draw.Canvas {
	k.place(func(item KeyItem, x vg.Length, row int) {
		x += c.Min.X
		y := c.Max.Y - keyLeading*(vg.Length(row)+0.5)
		if item.Band != nil {
			FillBox(c, item.Band, x, y-5, x+keySwatch, y+5)
		}
		c.StrokeLine2(item.Line, x, y, x+keySwatch, y)
		WriteMiddle(c, k.Style(), draw.XLeft, vg.Point{X: x + keySwatch + keyGap, Y: y}, item.Label)
	})
	c.Max.Y -= k.Height()
	return c
}
