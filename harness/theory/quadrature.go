package theory

import "math"

// maxCells bounds the cells of a quadrature, and so its time, for functions
// with jumps by the thousand. The error that is left then is a sum of many
// small ones of either sign.
const maxCells = 1 << 15

// rounding is a relative error that is not worth cutting a cell for.
const rounding = 1e-14

// quadrature returns the integral from 0 to end of an f that never rises, by
// cutting cells in two until the estimate of each agrees with the sum of
// those of its parts.
//
// The tolerance, in units of x, is shared out by how far f falls in a cell,
// tolerance · (f(a) - f(b)), and not by the cell's width: where f is constant
// nothing is left to know, and a jump is resolved to the width of the
// tolerance and no further.
func quadrature(f func(float64) float64, end, tolerance float64) float64 {
	sum := 0.0
	level := []cell{newCell(f, 0, end, f(0), f(end))}
	for cells := 1; len(level) > 0; {
		var finer []cell
		for _, c := range level {
			left, right := c.cut(f)
			cells += 2
			integral := left.integral + right.integral
			negligible := tolerance*(c.fa-c.fb) + rounding*integral
			if math.Abs(integral-c.integral) <= negligible || cells > maxCells {
				sum += integral
				continue
			}
			finer = append(finer, left, right)
		}
		level = finer
	}
	return sum
}

// A cell is a part of the range of integration.
type cell struct {
	a, b     float64
	fa, fb   float64 // f at both ends
	integral float64 // estimated
}

// newCell estimates the integral of f from a to b by the Kronrod extension to
// seven points of the Gauss-Lobatto rule of four (Gander and Gautschi,
// "Adaptive Quadrature - Revisited", 2000). Both ends are among the points,
// so that a fall right beside an end is seen.
func newCell(f func(float64) float64, a, b, fa, fb float64) cell {
	var (
		middle = (a + b) / 2
		half   = (b - a) / 2
		outer  = half * math.Sqrt(2./3)
		inner  = half / math.Sqrt(5)
	)
	sum := 77*(fa+fb) +
		432*(f(middle-outer)+f(middle+outer)) +
		625*(f(middle-inner)+f(middle+inner)) +
		672*f(middle)
	return cell{a, b, fa, fb, sum * half / 1470}
}

// cut cuts c by the golden ratio. Were it cut in halves, jumps that lie as in
// a mirror or at binary fractions of the range could cancel out in both
// estimates alike, and a staircase be taken for a slope.
func (c cell) cut(f func(float64) float64) (left, right cell) {
	x := c.a + (c.b-c.a)/math.Phi
	fx := f(x)
	return newCell(f, c.a, x, c.fa, fx), newCell(f, x, c.b, fx, c.fb)
}
