package kit

import (
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Paragraph of the header or the footer.
type Paragraph struct {
	style   text.Style
	leading vg.Length // from line to line
	lines   []string
}

// NewParagraph breaks s into lines that fit the width of a chart.
func NewParagraph(st text.Style, s string) Paragraph {
	return Paragraph{style: st, leading: st.Font.Size * 1.3, lines: Wrap(st, s, InnerWidth)}
}

// Height is that of all lines.
func (p Paragraph) Height() vg.Length { return p.leading * vg.Length(len(p.lines)) }

// Draw writes the lines from the top of c and returns what is below.
func (p Paragraph) Draw(c draw.Canvas) draw.Canvas {
	for _, line := range p.lines {
		Write(c, p.style, draw.XLeft, vg.Point{X: c.Min.X, Y: c.Max.Y - p.style.Font.Size}, line)
		c.Max.Y -= p.leading
	}
	return c
}
