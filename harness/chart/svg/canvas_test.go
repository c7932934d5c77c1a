package svg

import (
	"bytes"
	"encoding/xml"
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var red = color.NRGBA{R: 0xff, A: 0xff}

// drawn returns the elements of a document of 100 × 50 without its frame.
func drawn(t *testing.T, paint func(c *Canvas)) string {
	t.Helper()
	c := New(100, 50, Options{})
	paint(c)
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if got, want := lines[len(lines)-2], "</svg>"; got != want {
		t.Errorf("document ends with %q, want %q", got, want)
	}
	return strings.Join(lines[1:len(lines)-2], "\n")
}

func polyline(points ...vg.Point) vg.Path {
	var p vg.Path
	p.Move(points[0])
	for _, pt := range points[1:] {
		p.Line(pt)
	}
	return p
}

func TestCanvas(t *testing.T) {
	arial := font.Font{Typeface: "Liberation", Variant: "Sans", Size: 10}
	for name, tc := range map[string]struct {
		paint func(c *Canvas)
		want  string
	}{
		"y counts from the top, steps are relative": {
			func(c *Canvas) {
				c.Stroke(polyline(vg.Point{X: 10, Y: 10}, vg.Point{X: 20, Y: 15.5}, vg.Point{X: 20.3, Y: 2}))
			},
			`<path stroke="#000000" d="M10 40l10-5.5l.3 13.5"/>`,
		},
		"a straight run is one step": {
			func(c *Canvas) {
				c.Stroke(polyline(vg.Point{Y: 50}, vg.Point{X: 1, Y: 50}, vg.Point{X: 2, Y: 50}, vg.Point{X: 2, Y: 40}, vg.Point{X: 2, Y: 45}))
			},
			`<path stroke="#000000" d="M0 0h2v10v-5"/>`,
		},
		"strokes of one style are joined": {
			func(c *Canvas) {
				c.SetLineWidth(2)
				c.Stroke(polyline(vg.Point{Y: 50}, vg.Point{X: 5, Y: 50}))
				c.Stroke(polyline(vg.Point{Y: 40}, vg.Point{X: 5, Y: 40}))
				c.SetLineDash([]vg.Length{4, 2.5}, 1)
				c.Stroke(polyline(vg.Point{Y: 30}, vg.Point{X: 5, Y: 30}))
			},
			`<path stroke="#000000" stroke-width="2" d="M0 0h5m-5 10h5"/>
<path stroke="#000000" stroke-width="2" stroke-dasharray="4 2.5" stroke-dashoffset="1" d="M0 20h5"/>`,
		},
		"translucent strokes are not": {
			func(c *Canvas) {
				c.SetColor(color.NRGBA{R: 0xff, A: 0x80})
				c.Stroke(polyline(vg.Point{Y: 50}, vg.Point{X: 5, Y: 50}))
				c.Stroke(polyline(vg.Point{Y: 40}, vg.Point{X: 5, Y: 40}))
			},
			`<path stroke="#ff0000" stroke-opacity="0.5" d="M0 0h5"/>
<path stroke="#ff0000" stroke-opacity="0.5" d="M0 10h5"/>`,
		},
		"nothing is drawn with no width": {
			func(c *Canvas) { c.SetLineWidth(0); c.Stroke(polyline(vg.Point{}, vg.Point{X: 5})) },
			"",
		},
		"a closed area needs no last step": {
			func(c *Canvas) {
				p := polyline(vg.Point{Y: 50}, vg.Point{X: 5, Y: 50}, vg.Point{X: 5, Y: 45}, vg.Point{Y: 50})
				p.Close()
				c.SetColor(red)
				c.Fill(p)
			},
			`<path fill="#ff0000" d="M0 0h5v5z"/>`,
		},
		"text is escaped and blanks are left out": {
			func(c *Canvas) {
				bold := arial
				bold.Weight = 3
				c.FillString(font.Face{Font: arial}, vg.Point{X: 1, Y: 2}, `<a> & "b"`)
				c.FillString(font.Face{Font: bold}, vg.Point{X: 1.234, Y: 2}, "x")
				c.FillString(font.Face{Font: arial}, vg.Point{X: 1, Y: 2}, " ")
			},
			`<text x="1" y="48" font-size="10" fill="#000000">&lt;a&gt; &amp; &#34;b&#34;</text>
<text x="1.23" y="48" font-size="10" font-weight="700" fill="#000000">x</text>`,
		},
		"text turns": {
			func(c *Canvas) {
				c.Push()
				c.Translate(vg.Point{X: 10, Y: 20})
				c.Rotate(math.Pi / 2)
				c.FillString(font.Face{Font: arial}, vg.Point{X: 5}, "up")
				c.Pop()
				c.FillString(font.Face{Font: arial}, vg.Point{}, "straight")
			},
			`<text transform="matrix(0 -1 1 0 10 25)" font-size="10" fill="#000000">up</text>
<text x="0" y="50" font-size="10" fill="#000000">straight</text>`,
		},
		"a scaled line is wider": {
			func(c *Canvas) { c.Scale(2, 2); c.Stroke(polyline(vg.Point{}, vg.Point{X: 5})) },
			`<path stroke="#000000" stroke-width="2" d="M0 50h10"/>`,
		},
		"a curve": {
			func(c *Canvas) {
				var p vg.Path
				p.Move(vg.Point{Y: 50})
				p.QuadTo(vg.Point{X: 1, Y: 49}, vg.Point{X: 2, Y: 50})
				p.CubeTo(vg.Point{X: 3, Y: 50}, vg.Point{X: 3, Y: 49}, vg.Point{X: 4, Y: 48})
				c.Stroke(p)
			},
			`<path stroke="#000000" d="M0 0q1 1 2 0c1 0 1 1 2 2"/>`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := drawn(t, tc.paint); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

// A shape that occurs again refers to the first, which alone has a name.
func TestRepeatedShape(t *testing.T) {
	wave := func(x, y vg.Length) vg.Path {
		var points []vg.Point
		for i := range 30 {
			points = append(points, vg.Point{X: x + vg.Length(i)/3, Y: y + vg.Length(i%3)/7})
		}
		return polyline(points...)
	}
	got := drawn(t, func(c *Canvas) {
		for _, x := range []vg.Length{10, 20.1, 30.7} {
			c.Stroke(wave(x, 10+x))
			c.flush()
		}
		c.SetColor(red)
		c.Stroke(wave(10, 10))
	})
	lines := strings.Split(got, "\n")
	if len(lines) != 4 {
		t.Fatalf("%d elements:\n%s", len(lines), got)
	}
	_, rest, _ := strings.Cut(lines[0], `id="`)
	id, _, _ := strings.Cut(rest, `"`)
	for i, want := range []string{
		`<path id="` + id + `"`,
		`<use href="#` + id + `" x="10.1" y="-10.1"/>`,
		`<use href="#` + id + `" x="20.7" y="-20.7"/>`,
		`<path stroke="#ff0000"`,
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("element %d is %s, want %s", i, lines[i], want)
		}
	}
}

// Every point of an arc is as far from its centre as the radius.
func TestArc(t *testing.T) {
	for _, angle := range []float64{0.3, -1, math.Pi, 2 * math.Pi, -2 * math.Pi} {
		var p vg.Path
		centre := vg.Point{X: 400, Y: 300}
		p.Arc(centre, 200, 0.7, angle)
		var outline path
		outline.append(p, affine{a: 1, d: 1})
		if d := distance(outline.origin, centre); math.Abs(d-200) > 1e-9 {
			t.Errorf("arc of %v begins %v from its centre", angle, d)
		}
		sin, cos := math.Sincos(0.7 + angle)
		want := vg.Point{X: vg.Length(400 + 200*cos), Y: vg.Length(300 + 200*sin)}
		end := outline.origin.Add(vg.Point{X: vg.Length(outline.at.x) / 10, Y: vg.Length(outline.at.y) / 10})
		if d := distance(end, want); d > 0.3 {
			t.Errorf("arc of %v ends at %v, want %v", angle, end, want)
		}
		if got, want := bytes.Count(outline.data, []byte("c")), int(math.Ceil(math.Abs(angle)/(math.Pi/2))); got != want {
			t.Errorf("arc of %v has %d curves, want %d", angle, got, want)
		}
	}
}

func distance(a, b vg.Point) float64 { return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) }

// A whole plot, with everything that gonum draws, is well-formed.
func TestPlot(t *testing.T) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "a < b", "x", "y"
	p.X.Max, p.Y.Max = 1, 1
	c := New(300, 200, Options{Label: `say "a" & b`, Fonts: "Liberation Sans, 'Arial'"})
	p.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Label  string   `xml:"aria-label,attr"`
		Fonts  string   `xml:"font-family,attr"`
		Height string   `xml:"height,attr"`
		Texts  []string `xml:"text"`
	}
	if err := xml.Unmarshal(b.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if document.Label != `say "a" & b` || document.Fonts != "Liberation Sans, 'Arial'" || document.Height != "200" {
		t.Errorf("got %+v", document)
	}
	if len(document.Texts) < 5 {
		t.Errorf("%d texts: %q", len(document.Texts), document.Texts)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 5: ".5", -5: "-.5", 10: "1", 123: "12.3", -1230: "-123"} {
		if got := string(appendNumber(nil, n)); got != want {
			t.Errorf("appendNumber(%d) = %q, want %q", n, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", -0.001: "0", 100: "100", 1.5: "1.5", 2.346: "2.35"} {
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
}
