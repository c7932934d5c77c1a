package overlay

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
)

// Opacity is how much a span darkens what is behind it, from 0 to 1; 0 is what
// happens at once, which is a line.
func (k Kind) Opacity() float64 {
	switch k {
	case Down:
		return 0.16
	case Store:
		return 0.1
	case Limit, Load:
		return 0.06
	}
	return 0
}

// label is what the key says of a kind.
func (k Kind) label() string {
	return [...]string{Limit: "another limit", Load: "another load", Down: "server down", Store: "store down", Clock: "clock jumps"}[k]
}

// shade is the colour of a kind.
func (k Kind) shade() color.NRGBA {
	c := kit.Ink
	c.A = uint8(255*k.Opacity() + 0.5)
	return c
}

// jump is the line of what happens at once.
var jump = draw.LineStyle{Color: kit.Muted, Width: 1.2, Dashes: []vg.Length{1, 2}}

// A Shade draws spans behind the lines of a panel.
type Shade []Span

// Plot draws each span once, whoever it happens to.
func (s Shade) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	at := func(t float64) vg.Length { return min(max(x(t), c.Min.X), c.Max.X) }
	for _, span := range Apart(s) {
		from := at(span.From)
		if span.Kind == Clock {
			c.StrokeLine2(jump, from, c.Min.Y, from, c.Max.Y)
			continue
		}
		if to := at(span.To); to > from {
			kit.FillBox(c, span.Kind.shade(), from, c.Min.Y, to, c.Max.Y)
		}
	}
}

// A Shading is a kind of spans, in words, and how much it darkens; 0 is a line.
type Shading struct {
	Label   string
	Opacity float64
	kind    Kind
}

// Shadings are the kinds that there are among spans.
func Shadings(spans []Span) []Shading {
	var kinds []Kind
	for _, s := range spans {
		if !slices.Contains(kinds, s.Kind) {
			kinds = append(kinds, s.Kind)
		}
	}
	slices.Sort(kinds)
	var list []Shading
	for _, k := range kinds {
		list = append(list, Shading{k.label(), k.Opacity(), k})
	}
	return list
}

// Key explains the kinds that there are among spans.
func Key(spans []Span) kit.Key {
	var key kit.Key
	for _, s := range Shadings(spans) {
		item := kit.KeyItem{Label: s.Label, Band: s.kind.shade()}
		if s.Opacity == 0 {
			item.Band, item.Line = nil, jump
		}
		key = append(key, item)
	}
	return key
}
