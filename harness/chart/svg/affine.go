package svg

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// affine maps (x, y) to (a·x + c·y + e, b·x + d·y + f), with the letters of
// SVG's matrix().
type affine struct{ a, b, c, d, e, f float64 }

// upsideDown maps gonum's coordinates, which count y from below, to SVG's.
func upsideDown(height vg.Length) affine { return affine{a: 1, d: -1, f: height.Points()} }

func (m affine) apply(p vg.Point) vg.Point {
	x, y := p.X.Points(), p.Y.Points()
	return vg.Point{X: vg.Length(m.a*x + m.c*y + m.e), Y: vg.Length(m.b*x + m.d*y + m.f)}
}

// after is the mapping by n followed by the mapping by m.
func (m affine) after(n affine) affine {
	return affine{
		a: m.a*n.a + m.c*n.b, b: m.b*n.a + m.d*n.b,
		c: m.a*n.c + m.c*n.d, d: m.b*n.c + m.d*n.d,
		e: m.a*n.e + m.c*n.f + m.e, f: m.b*n.e + m.d*n.f + m.f,
	}
}

func (m affine) rotate(rad float64) affine {
	sin, cos := math.Sincos(rad)
	return m.after(affine{a: cos, b: sin, c: -sin, d: cos})
}

func (m affine) translate(p vg.Point) affine {
	return m.after(affine{a: 1, d: 1, e: p.X.Points(), f: p.Y.Points()})
}

func (m affine) scale(x, y float64) affine { return m.after(affine{a: x, d: y}) }

// factor is how much longer lengths become, on average over directions.
func (m affine) factor() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// upright reports whether text is neither turned nor stretched.
func (m affine) upright() bool { return m.a == 1 && m.b == 0 && m.c == 0 && m.d == -1 }
