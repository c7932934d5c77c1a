// Package kit has what charts are made of and that knows no results: colours,
// typesetting, scales, keys, labels and marks, on gonum.org/v1/plot.
package kit

import (
	"image/color"

	stdfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colours of everything that is not data.
var (
	Paper     = rgb(0xffffff)
	Ink       = rgb(0x1f2933) // titles, names, values
	Muted     = rgb(0x5b6770) // remarks, tick labels
	AxisGrey  = rgb(0x9aa5b1)
	GridGrey  = rgb(0xe4e8ec)
	OtherGrey = rgb(0xcdd3d9) // lines of the other strategies
)

// hues are those of Okabe and Ito ("Color Universal Design", 2008), which
// colour-blind people can tell apart, darkened for thin lines on white and
// without yellow.
var hues = []color.NRGBA{
	rgb(0x1f55a5), // blue
	rgb(0xd63a0c), // vermilion
	rgb(0x008a6e), // bluish green
	rgb(0xe69f00), // orange
	rgb(0xdb62b4), // reddish purple
	rgb(0x3fa9f5), // sky blue
	rgb(0x2b2b2b), // black
}

// A Look is what a strategy looks like in all charts.
type Look struct {
	Line   color.NRGBA
	Dashes []vg.Length // of lines
	Fill   color.NRGBA // of areas, which have an outline in the line's colour
}

// Stroke is the style of the strategy's lines.
func (l Look) Stroke(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: l.Line, Width: width, Dashes: l.Dashes}
}

// patterns are what tells apart the strategies of one hue, and the share of
// paper in their areas.
var patterns = []struct {
	dashes []vg.Length
	tint   float64
}{
	{nil, 0},
	{[]vg.Length{6, 2}, 0.5},
	{[]vg.Length{2, 1.5}, 0.82},
	{[]vg.Length{8, 2, 2, 2}, 0.25},
}

// LookOf returns the look of the i-th strategy. When the hues are used up they
// return with other dashes and tints; when those are, too, looks return.
func LookOf(i int) Look {
	hue, pattern := hues[i%len(hues)], patterns[i/len(hues)%len(patterns)]
	return Look{Line: hue, Dashes: pattern.dashes, Fill: mix(hue, Paper, pattern.tint)}
}

// rampStops are colours for ordered values, from low to high: ever darker, so
// that their order can be seen, on paper without colours too.
var rampStops = []color.NRGBA{rgb(0xf0a830), rgb(0xe0602a), rgb(0xb02a5b), rgb(0x642c86), rgb(0x1c2a5e)}

// Ramp returns the colour of the i-th of n ordered values.
func Ramp(i, n int) color.NRGBA {
	if n == 1 {
		return hues[0]
	}
	at := float64(i) / float64(n-1) * float64(len(rampStops)-1)
	stop := min(int(at), len(rampStops)-2)
	return mix(rampStops[stop], rampStops[stop+1], at-float64(stop))
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// Pale is the colour of the band around a line.
func Pale(c color.NRGBA) color.NRGBA {
	c.A = 56
	return c
}

// mix is a with a share of b.
func mix(a, b color.NRGBA, share float64) color.NRGBA {
	blend := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
	return color.NRGBA{R: blend(a.R, b.R), G: blend(a.G, b.G), B: blend(a.B, b.B), A: 0xff}
}

// Sizes of text, in pixels of a chart at its natural size.
const (
	SizeTitle    = 17
	SizeSubtitle = 12
	SizeHeading  = 12   // of a panel or a column
	SizeName     = 11.5 // of a row, with its values
	SizeRemark   = 10.5 // tick labels and what stands beside headings
	SizeFooter   = 10
)

// FontFamily is the font that text is measured with, then fonts with the same
// widths.
const FontFamily = "Liberation Sans,Arial,Helvetica,sans-serif"

// Regular is text of ordinary weight.
func Regular(size vg.Length, c color.Color) text.Style {
	return typeface(size, stdfont.WeightNormal, c)
}

// Bold is text that stands out.
func Bold(size vg.Length, c color.Color) text.Style { return typeface(size, stdfont.WeightBold, c) }

func typeface(size vg.Length, weight stdfont.Weight, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: size},
		Handler: plot.DefaultTextHandler,
	}
}

// All charts are as wide as a page of text on a screen.
const (
	ChartWidth = 800
	Margin     = 20
	InnerWidth = ChartWidth - 2*Margin
)
