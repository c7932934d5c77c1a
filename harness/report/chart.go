package report

import (
	"bytes"
	"io"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"ratebench/harness/report/svg"
)

// A Chart is one picture, ready to be drawn.
type Chart struct {
	Name     string // of its file, without extension
	Title    string // what the figures say, or what they are
	Subtitle string // how to read the chart
	Footer   string // where the figures come from

	height vg.Length         // of the body
	body   func(draw.Canvas) // draws between header and footer
}

// Charts returns all charts of d; none when no strategy ran.
func Charts(d Data) []Chart {
	if len(d.Summary.Strategies) == 0 {
		return nil
	}
	charts := []Chart{
		tpsChart(d),
		meanChart(d),
		latencyChart(d),
		latencyNinesChart(d),
		rateLimitedChart(d),
		expirationsChart(d),
		queueChart(d),
		dashboardChart(d),
		scorecard(d),
	}
	footer := append([]string{abbreviate(d.Summary.Scenario.Name, 60)}, d.Summary.conditions()...)
	for i := range charts {
		charts[i].Footer = strings.Join(footer, " · ")
	}
	if d.Resources != nil {
		if c, ok := resourceChart(d.Resources); ok {
			charts = append(charts, c)
		}
	}
	return charts
}

// All charts are as wide as a page of text on a screen.
const (
	chartWidth  = 800
	margin      = 20
	innerWidth  = chartWidth - 2*margin
	titleSpace  = 2  // between title and subtitle
	headerSpace = 12 // between header and body
	footerSpace = 10 // between body and footer
)

// A paragraph of the header or the footer.
type paragraph struct {
	style   text.Style
	leading vg.Length // from line to line
	lines   []string
}

func newParagraph(st text.Style, s string) paragraph {
	return paragraph{style: st, leading: st.Font.Size * 1.3, lines: wrap(st, s, innerWidth)}
}

func (p paragraph) height() vg.Length { return p.leading * vg.Length(len(p.lines)) }

// draw writes the lines from the top of c and returns what is below.
func (p paragraph) draw(c draw.Canvas) draw.Canvas {
	for _, line := range p.lines {
		write(c, p.style, draw.XLeft, vg.Point{X: c.Min.X, Y: c.Max.Y - p.style.Font.Size}, line)
		c.Max.Y -= p.leading
	}
	return c
}

func (c Chart) paragraphs() (title, subtitle, foot paragraph) {
	return newParagraph(bold(sizeTitle, ink), c.Title),
		newParagraph(regular(sizeSubtitle, muted), c.Subtitle),
		newParagraph(regular(sizeFooter, muted), c.Footer)
}

func (c Chart) totalHeight() vg.Length {
	title, subtitle, foot := c.paragraphs()
	return 2*margin + title.height() + titleSpace + subtitle.height() + headerSpace + c.height + footerSpace + foot.height()
}

func (c Chart) draw(canvas vg.CanvasSizer) {
	dc := draw.New(canvas)
	dc.SetColor(paper)
	dc.Fill(dc.Rectangle.Path())
	dc = draw.Crop(dc, margin, -margin, margin, -margin)
	title, subtitle, foot := c.paragraphs()
	dc = title.draw(dc)
	dc.Max.Y -= titleSpace
	dc = subtitle.draw(dc)
	dc.Max.Y -= headerSpace
	footCanvas := dc
	footCanvas.Max.Y = dc.Min.Y + foot.height()
	foot.draw(footCanvas)
	dc.Min.Y += foot.height() + footerSpace
	c.body(dc)
}

// SVG returns the chart as an SVG document.
func (c Chart) SVG() ([]byte, error) {
	canvas := svg.New(chartWidth, c.totalHeight(), svg.Options{Label: c.Title + ". " + c.Subtitle, Fonts: fontFamily})
	c.draw(canvas)
	return encode(canvas)
}

// pngDPI makes PNG charts twice as large as their natural size of 72 dots per
// inch, for dense screens.
const pngDPI = 144

// PNG returns the chart as a PNG image.
func (c Chart) PNG() ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth, c.totalHeight()), vgimg.UseDPI(pngDPI))
	c.draw(canvas)
	return encode(vgimg.PngCanvas{Canvas: canvas})
}

func encode(w io.WriterTo) ([]byte, error) {
	var b bytes.Buffer
	_, err := w.WriteTo(&b)
	return b.Bytes(), err
}
