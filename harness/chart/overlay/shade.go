package overlay

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
)

// looks are what the kinds are called in keys, and how much a span of theirs darkens what
// is behind it, from 0 to 1; 0 is what happens at once, which is a line.
var looks = [...]struct {
	label   string
	opacity float64
}{
	Limit: {"another limit", 0.06},
	Load:  {"another load", 0.06},
	Down:  {"server down", 0.16},
	Store: {"store down", 0.1},
	Clock: {"clock jumps", 0},
}

// Label is what the kind is called in keys.
func (k Kind) Label() string { return looks[k].label }

// Opacity is how much a span darkens what is behind it, from 0 to 1; 0 is a line.
func (k Kind) Opacity() float64 { return looks[k].opacity }

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

// Kinds are those that there are among spans.
func Kinds(spans []Span) []Kind {
	var kinds []Kind
	for _, s := range spans {
		kinds = append(kinds, s.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// Key explains the kinds that there are among spans.
func Key(spans []Span) kit.Key {
	var key kit.Key
	for _, k := range Kinds(spans) {
		item := kit.KeyItem{Label: k.Label(), Band: k.shade()}
		if k.Opacity() == 0 {
			item.Band, item.Line = nil, jump
		}
		key = append(key, item)
	}
	return key
}
