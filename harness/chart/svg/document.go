package svg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// An element is one text or one path.
type element struct {
	markup string // of a text; "": a path

	style, outline string
	x, y           int      // start of the outline, tenths
	id             string   // set when another element refers to this one
	same           *element // this element repeats that one elsewhere
}

// WriteTo writes the document.
func (c *Canvas) WriteTo(w io.Writer) (int64, error) {
	c.flush()
	var b bytes.Buffer
	width, height := number(c.width.Points()), number(c.height.Points())
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s"`, width, height)
	if c.options.Label != "" {
		fmt.Fprintf(&b, ` role="img" aria-label="%s"`, escape(c.options.Label))
	}
	if c.options.Fonts != "" {
		fmt.Fprintf(&b, ` font-family="%s"`, escape(c.options.Fonts))
	}
	// What all paths have in common is said once.
	b.WriteString(" fill=\"none\" stroke-linejoin=\"round\">\n")
	for _, e := range c.elements {
		e.writeTo(&b)
	}
	b.WriteString("</svg>\n")
	return b.WriteTo(w)
}

func (e *element) writeTo(b *bytes.Buffer) {
	switch {
	case e.markup != "":
		b.WriteString(e.markup)
	case e.same != nil:
		fmt.Fprintf(b, `<use href="#%s"%s%s/>`, e.same.id, attribute("x", e.x-e.same.x), attribute("y", e.y-e.same.y))
	default:
		b.WriteString("<path")
		if e.id != "" {
			fmt.Fprintf(b, ` id="%s"`, e.id)
		}
		var start path
		start.write('M', offset{e.x, e.y})
		fmt.Fprintf(b, `%s d="%s%s"/>`, e.style, start.data, e.outline)
	}
	b.WriteByte('\n')
}

// attribute is a number of tenths as an attribute, which zero does not need.
func attribute(name string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(` %s="%s"`, name, appendNumber(nil, n))
}

// text returns the element for a line of text.
func (s *state) text(face font.Face, pt vg.Point, text string) string {
	at := s.affine.apply(pt)
	x, y := number(at.X.Points()), number(at.Y.Points())
	var b bytes.Buffer
	if m := s.affine; m.upright() {
		fmt.Fprintf(&b, `<text x="%s" y="%s"`, x, y)
	} else {
		// Letters stand on the baseline, whichever way y counts.
		fmt.Fprintf(&b, `<text transform="matrix(%s %s %s %s %s %s)"`,
			coefficient(m.a), coefficient(m.b), coefficient(-m.c), coefficient(-m.d), x, y)
	}
	fmt.Fprintf(&b, ` font-size="%s"`, number(face.Font.Size.Points()))
	if w := face.Font.Weight; w != 0 {
		fmt.Fprintf(&b, ` font-weight="%d"`, 400+100*int(w))
	}
	fmt.Fprintf(&b, `%s>%s</text>`, paint("fill", s.color), escape(text))
	return b.String()
}

func (s *state) strokeStyle() string {
	style := paint("stroke", s.color)
	factor := s.affine.factor()
	if width := number(s.width.Points() * factor); width != "1" {
		style += ` stroke-width="` + width + `"`
	}
	if len(s.dashes) > 0 {
		style += ` stroke-dasharray="`
		for i, d := range s.dashes {
			if i > 0 {
				style += " "
			}
			style += number(d.Points() * factor)
		}
		style += `"`
		if s.dashOffset != 0 {
			style += ` stroke-dashoffset="` + number(s.dashOffset.Points()*factor) + `"`
		}
	}
	return style
}

// paint says the colour of a stroke or a fill, in six digits, and how opaque
// it is.
func paint(what string, clr color.Color) string {
	c := color.NRGBAModel.Convert(clr).(color.NRGBA)
	style := fmt.Sprintf(` %s="#%02x%02x%02x"`, what, c.R, c.G, c.B)
	if c.A < 0xff {
		style += fmt.Sprintf(` %s-opacity="%s"`, what, strconv.FormatFloat(float64(c.A)/0xff, 'g', 2, 64))
	}
	return style
}

func opaque(clr color.Color) bool {
	_, _, _, a := clr.RGBA()
	return a == 0xffff
}

func coefficient(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e4)/1e4+0, 'f', -1, 64) // + 0 turns a negative zero into zero
}

// number has at most two decimals.
func number(v float64) string {
	s := strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}
