package kit

import (
	"bytes"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"ratebench/harness/chart/svg"
)

// A Chart is one picture, ready to be drawn.
type Chart struct {
	Name     string // of its file, without extension
	Title    string // what the figures say, or what they are
	Subtitle string // how to read the chart
	Footer   string // where the figures come from

	Height vg.Length         // of the body
	Body   func(draw.Canvas) // draws between header and footer
}

const (
	titleSpace  = 2  // between title and subtitle
	headerSpace = 12 // between header and body
	footerSpace = 10 // between body and footer
)

// A frame is what stands around the body of a chart.
type frame struct{ title, subtitle, foot Paragraph }

func (c Chart) frame() frame {
	return frame{
		NewParagraph(Bold(SizeTitle, Ink), c.Title),
		NewParagraph(Regular(SizeSubtitle, Muted), c.Subtitle),
		NewParagraph(Regular(SizeFooter, Muted), c.Footer),
	}
}

// TotalHeight is that of the whole picture.
func (c Chart) TotalHeight() vg.Length { return c.frame().around(c.Height) }

// around is the height of a picture with a body of that height.
func (f frame) around(body vg.Length) vg.Length {
	return 2*Margin + f.title.Height() + titleSpace + f.subtitle.Height() + headerSpace + body + footerSpace + f.foot.Height()
}

func (c Chart) draw(canvas vg.CanvasSizer, f frame) {
	dc := draw.New(canvas)
	dc.SetColor(Paper)
	dc.Fill(dc.Rectangle.Path())
	dc = draw.Crop(dc, Margin, -Margin, Margin, -Margin)
	dc = f.title.Draw(dc)
	dc.Max.Y -= titleSpace
	dc = f.subtitle.Draw(dc)
	dc.Max.Y -= headerSpace
	footCanvas := dc
	footCanvas.Max.Y = dc.Min.Y + f.foot.Height()
	f.foot.Draw(footCanvas)
	dc.Min.Y += f.foot.Height() + footerSpace
	c.Body(dc)
}

// SVG returns the chart as an SVG document.
func (c Chart) SVG() ([]byte, error) {
	f := c.frame()
	canvas := svg.New(ChartWidth, f.around(c.Height), svg.Options{Label: c.Title + ". " + c.Subtitle, Fonts: FontFamily})
	c.draw(canvas, f)
	return encode(canvas)
}

// pngDPI makes PNG charts twice as large as their natural size of 72 dots per
// inch, for dense screens.
const pngDPI = 144

// PNG returns the chart as a PNG image.
func (c Chart) PNG() ([]byte, error) {
	f := c.frame()
	canvas := vgimg.NewWith(vgimg.UseWH(ChartWidth, f.around(c.Height)), vgimg.UseDPI(pngDPI))
	c.draw(canvas, f)
	return encode(vgimg.PngCanvas{Canvas: canvas})
}

func encode(w io.WriterTo) ([]byte, error) {
	var b bytes.Buffer
	_, err := w.WriteTo(&b)
	return b.Bytes(), err
}
