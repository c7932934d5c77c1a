// Package svg is a drawing surface for gonum.org/v1/plot that writes small
// SVG files whose bytes depend on nothing but what is drawn.
//
// Coordinates are relative and have one decimal, straight runs and
// neighbouring strokes of one style become one path, and a shape that occurs
// again elsewhere becomes a reference to the first: small multiples with a
// common background hold that background once.
package svg

import (
	"hash/fnv"
	"image"
	"image/color"
	"io"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

var _ vg.CanvasWriterTo = (*Canvas)(nil)

// Options describe the document.
type Options struct {
	Label string // what screen readers say; "" leaves it out
	Fonts string // font-family of all text, as CSS writes it; "" leaves it to the viewer
}

// A Canvas collects what is drawn until WriteTo is called. One point is one
// pixel of the image at its natural size.
type Canvas struct {
	width, height vg.Length
	options       Options
	stack         []state
	elements      []*element
	pending       *stroke             // not an element yet: the next stroke may join it
	shapes        map[string]*element // the first with this style and outline
}

// state is what Push saves and Pop restores.
type state struct {
	color      color.Color
	width      vg.Length
	dashes     []vg.Length
	dashOffset vg.Length
	affine     affine
}

// A stroke is a path that is still growing.
type stroke struct {
	style string
	path  path
}

// New returns an empty canvas.
func New(width, height vg.Length, options Options) *Canvas {
	c := &Canvas{
		width: width, height: height,
		options: options,
		stack:   []state{{affine: upsideDown(height)}},
		shapes:  map[string]*element{},
	}
	vg.Initialize(c)
	return c
}

// Size returns width and height.
func (c *Canvas) Size() (width, height vg.Length) { return c.width, c.height }

func (c *Canvas) top() *state { return &c.stack[len(c.stack)-1] }

// Push saves style and transformation.
func (c *Canvas) Push() { c.stack = append(c.stack, *c.top()) }

// Pop restores what the matching Push saved.
func (c *Canvas) Pop() { c.stack = c.stack[:len(c.stack)-1] }

// SetColor sets the colour of everything that follows; nil is black.
func (c *Canvas) SetColor(clr color.Color) {
	if clr == nil {
		clr = color.Black
	}
	c.top().color = clr
}

// SetLineWidth sets the width of strokes.
func (c *Canvas) SetLineWidth(w vg.Length) { c.top().width = w }

// SetLineDash sets the lengths of dashes and gaps; none is a solid line.
func (c *Canvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.top().dashes, c.top().dashOffset = pattern, offset
}

// Rotate turns what follows counterclockwise.
func (c *Canvas) Rotate(rad float64) { c.top().affine = c.top().affine.rotate(rad) }

// Translate moves the origin of what follows to pt.
func (c *Canvas) Translate(pt vg.Point) { c.top().affine = c.top().affine.translate(pt) }

// Scale stretches what follows.
func (c *Canvas) Scale(x, y float64) { c.top().affine = c.top().affine.scale(x, y) }

// Stroke draws the outline of p.
func (c *Canvas) Stroke(p vg.Path) {
	s := c.top()
	if s.width <= 0 || len(p) == 0 {
		return
	}
	style := s.strokeStyle()
	// In one path, strokes do not darken each other where they cross:
	// translucent ones stay apart.
	if c.pending == nil || c.pending.style != style || !opaque(s.color) {
		c.flush()
		c.pending = &stroke{style: style}
	}
	c.pending.path.append(p, s.affine)
}

// Fill draws the inside of p.
func (c *Canvas) Fill(p vg.Path) {
	c.flush()
	var outline path
	outline.append(p, c.top().affine)
	c.addPath(paint("fill", c.top().color), &outline)
}

// FillString writes one line of text that begins at pt.
func (c *Canvas) FillString(face font.Face, pt vg.Point, text string) {
	if face.Font.Size <= 0 || strings.TrimSpace(text) == "" {
		return
	}
	c.flush()
	c.elements = append(c.elements, &element{markup: c.top().text(face, pt, text)})
}

// DrawImage panics: charts are made of lines, areas and text.
func (c *Canvas) DrawImage(vg.Rectangle, image.Image) { panic("svg: images cannot be drawn") }

// flush turns the pending stroke into an element.
func (c *Canvas) flush() {
	if s := c.pending; s != nil {
		c.pending = nil
		c.addPath(s.style, &s.path)
	}
}

// worthwhile is the length of style and outline in bytes from which on a
// reference is shorter.
const worthwhile = 60

func (c *Canvas) addPath(style string, p *path) {
	outline := p.finish()
	if outline == "" {
		return
	}
	e := &element{style: style, outline: outline, x: tenths(p.origin.X.Points()), y: tenths(p.origin.Y.Points())}
	c.elements = append(c.elements, e)
	key := style + outline
	if len(key) < worthwhile {
		return
	}
	if first, ok := c.shapes[key]; ok {
		first.id = nameOf(key)
		e.same = first
	} else {
		c.shapes[key] = e
	}
}

// nameOf makes the name of a shape out of its content, so that images on one
// page can share a name only if they share the shape.
func nameOf(key string) string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, key)
	return "s" + strconv.FormatUint(h.Sum64(), 36)
}
