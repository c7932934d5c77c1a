package chart

import (
	"bytes"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/svg"
	"ratebench/harness/result"
)

// A Chart is one picture, ready to be drawn.
type Chart struct {
	Name     string // of its file, without extension
	Place    Place
	Title    string // what the figures say, or what they are
	Subtitle string // how to read the chart
	Footer   string // where the figures come from

	height vg.Length         // of the body
	body   func(draw.Canvas) // draws between header and footer
}

// A Place is where a chart stands on the page of its results.
type Place uint8

// The places.
const (
	Nowhere   Place = iota // its figures are in a table of the page
	OnTop                  // below the interactive charts
	Multiples              // what the interactive charts show, strategy by strategy
	OnPaper                // in place of the interactive charts when the page is printed
	WithCosts              // with what the clients cost
)

// A kind of chart: a row for each that there may be.
type kind struct {
	name  string // of its file, without extension
	place Place
	make  func(result.Data) (Chart, bool) // false: there is nothing to draw
}

// kinds are all charts, in the order of the page.
func kinds() []kind {
	list := []kind{
		{"mean-tps", OnTop, always(meanChart)},
		{"latency-nines", OnTop, always(latencyNinesChart)},
		{"429-tps", OnTop, always(tradeoffChart)},
		{"dashboard", OnPaper, always(dashboardChart)},
		{"scorecard", Nowhere, always(scorecard)},
		{"resources", WithCosts, resourceChart},
	}
	for i := range Figures {
		list = append(list, kind{Figures[i].file, Multiples, always(Figures[i].multiples)})
	}
	return list
}

func always(chart func(result.Data) Chart) func(result.Data) (Chart, bool) {
	return func(d result.Data) (Chart, bool) { return chart(d), true }
}

// Charts returns all charts of d; none when no strategy ran.
func Charts(d result.Data) []Chart {
	if len(d.Summary.Strategies) == 0 {
		return nil
	}
	var charts []Chart
	footer := append([]string{result.Abbreviate(d.Summary.Scenario.Name, 60)}, d.Summary.Conditions()...)
	for _, k := range kinds() {
		c, ok := k.make(d)
		if !ok {
			continue
		}
		c.Name, c.Place = k.name, k.place
		if c.Footer == "" {
			c.Footer = strings.Join(footer, " · ")
		}
		charts = append(charts, c)
	}
	return charts
}

const (
	titleSpace  = 2  // between title and subtitle
	headerSpace = 12 // between header and body
	footerSpace = 10 // between body and footer
)

func (c Chart) paragraphs() (title, subtitle, foot kit.Paragraph) {
	return kit.NewParagraph(kit.Bold(kit.SizeTitle, kit.Ink), c.Title),
		kit.NewParagraph(kit.Regular(kit.SizeSubtitle, kit.Muted), c.Subtitle),
		kit.NewParagraph(kit.Regular(kit.SizeFooter, kit.Muted), c.Footer)
}

func (c Chart) totalHeight() vg.Length {
	title, subtitle, foot := c.paragraphs()
	return 2*kit.Margin + title.Height() + titleSpace + subtitle.Height() + headerSpace + c.height + footerSpace + foot.Height()
}

func (c Chart) draw(canvas vg.CanvasSizer) {
	dc := draw.New(canvas)
	dc.SetColor(kit.Paper)
	dc.Fill(dc.Rectangle.Path())
	dc = draw.Crop(dc, kit.Margin, -kit.Margin, kit.Margin, -kit.Margin)
	title, subtitle, foot := c.paragraphs()
	dc = title.Draw(dc)
	dc.Max.Y -= titleSpace
	dc = subtitle.Draw(dc)
	dc.Max.Y -= headerSpace
	footCanvas := dc
	footCanvas.Max.Y = dc.Min.Y + foot.Height()
	foot.Draw(footCanvas)
	dc.Min.Y += foot.Height() + footerSpace
	c.body(dc)
}

// SVG returns the chart as an SVG document.
func (c Chart) SVG() ([]byte, error) {
	canvas := svg.New(kit.ChartWidth, c.totalHeight(), svg.Options{Label: c.Title + ". " + c.Subtitle, Fonts: kit.FontFamily})
	c.draw(canvas)
	return encode(canvas)
}

// pngDPI makes PNG charts twice as large as their natural size of 72 dots per
// inch, for dense screens.
const pngDPI = 144

// PNG returns the chart as a PNG image.
func (c Chart) PNG() ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(kit.ChartWidth, c.totalHeight()), vgimg.UseDPI(pngDPI))
	c.draw(canvas)
	return encode(vgimg.PngCanvas{Canvas: canvas})
}

func encode(w io.WriterTo) ([]byte, error) {
	var b bytes.Buffer
	_, err := w.WriteTo(&b)
	return b.Bytes(), err
}
