package svg

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// A path encodes an outline as SVG path data that are relative to the first
// point, so that equal outlines in different places have equal data.
type path struct {
	origin  vg.Point // first point, in the image
	begun   bool
	at      offset // where the pen is
	subpath offset // where the current subpath began
	run     offset // a straight line to at that is not in data yet
	data    []byte
}

// An offset is a distance from the origin in tenths of a unit.
type offset struct{ x, y int }

func (a offset) minus(b offset) offset { return offset{a.x - b.x, a.y - b.y} }
func (a offset) plus(b offset) offset  { return offset{a.x + b.x, a.y + b.y} }

// along reports whether b continues a in the same direction.
func (a offset) along(b offset) bool {
	return a.x*b.y == a.y*b.x && a.x*b.x >= 0 && a.y*b.y >= 0
}

// append adds p as the mapping m shows it.
func (d *path) append(p vg.Path, m affine) {
	for _, c := range p {
		switch c.Type {
		case vg.MoveComp:
			d.move(m.apply(c.Pos))
		case vg.LineComp:
			d.line(m.apply(c.Pos))
		case vg.CurveComp:
			d.curve(m, append(c.Control[:len(c.Control):len(c.Control)], c.Pos)...)
		case vg.ArcComp:
			d.arc(c, m)
		case vg.CloseComp:
			d.close()
		}
	}
}

func (d *path) offset(p vg.Point) offset {
	q := p.Sub(d.origin)
	return offset{tenths(q.X.Points()), tenths(q.Y.Points())}
}

func (d *path) move(p vg.Point) {
	d.endRun()
	if !d.begun {
		d.origin, d.begun = p, true
	}
	to := d.offset(p)
	if to != d.at {
		d.write('m', to.minus(d.at))
	}
	d.at, d.subpath = to, to
}

func (d *path) line(p vg.Point) {
	if !d.begun {
		d.move(p)
		return
	}
	to := d.offset(p)
	step := to.minus(d.at)
	if !d.run.along(step) {
		d.endRun()
	}
	d.run = d.run.plus(step)
	d.at = to
}

// curve draws a Bézier curve: one or two control points, then its end.
func (d *path) curve(m affine, points ...vg.Point) {
	d.endRun()
	var steps []offset
	for _, p := range points {
		steps = append(steps, d.offset(m.apply(p)).minus(d.at))
	}
	d.write([]byte{'q', 'c'}[len(steps)-2], steps...)
	d.at = d.at.plus(steps[len(steps)-1])
}

// arc draws an arc of a circle as Bézier curves of at most a right angle
// each, which no eye can tell from a circle; a line leads to its start.
func (d *path) arc(c vg.PathComp, m affine) {
	on := func(angle, radius float64) vg.Point {
		sin, cos := math.Sincos(angle)
		return c.Pos.Add(vg.Point{X: vg.Length(radius * cos), Y: vg.Length(radius * sin)})
	}
	r := c.Radius.Points()
	d.line(m.apply(on(c.Start, r)))
	n := math.Ceil(math.Abs(c.Angle) / (math.Pi/2 + 1e-9))
	part := c.Angle / n
	// Both control points lie on tangents, at tan(part/4)·4/3 radii.
	reach := math.Hypot(1, 4.0/3*math.Tan(part/4)) * r
	turn := math.Atan(4.0 / 3 * math.Tan(part/4))
	for i := range int(n) {
		from := c.Start + float64(i)*part
		d.curve(m, on(from+turn, reach), on(from+part-turn, reach), on(from+part, r))
	}
}

func (d *path) close() {
	// The closing line needs no drawing.
	if d.at == d.subpath {
		d.run = offset{}
	}
	d.endRun()
	d.data = append(d.data, 'z')
	d.at = d.subpath
}

// endRun writes the straight line that has been put off.
func (d *path) endRun() {
	switch run := d.run; {
	case run == offset{}:
	case run.y == 0:
		d.data = appendNumber(append(d.data, 'h'), run.x)
	case run.x == 0:
		d.data = appendNumber(append(d.data, 'v'), run.y)
	default:
		d.write('l', run)
	}
	d.run = offset{}
}

// write adds a command; numbers need no space before a minus sign.
func (d *path) write(command byte, steps ...offset) {
	d.data = append(d.data, command)
	for i, s := range steps {
		if i > 0 && s.x >= 0 {
			d.data = append(d.data, ' ')
		}
		d.data = appendNumber(d.data, s.x)
		if s.y >= 0 {
			d.data = append(d.data, ' ')
		}
		d.data = appendNumber(d.data, s.y)
	}
}

// finish returns the data that follow the move to the origin; "" when there
// is nothing to see.
func (d *path) finish() string {
	d.endRun()
	return string(d.data)
}

// tenths rounds half up, and what is a half but for the error of floating
// point arithmetic as well: equal outlines stay equal wherever they are.
func tenths(v float64) int { return int(math.Floor(v*10 + 0.5 + 1e-6)) }

// appendNumber writes n tenths in as few characters as possible.
func appendNumber(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if n >= 10 || n == 0 {
		b = strconv.AppendInt(b, int64(n/10), 10)
	}
	if n%10 != 0 {
		b = append(b, '.', byte('0'+n%10))
	}
	return b
}
