package report

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A ceilingLine is a ceiling across a panel over time: a horizontal line, or one
// in steps where the ceiling changes.
type ceilingLine struct {
	name   string
	steps  []lineStep // at least one; the first begins at 0
	risers bool       // it is drawn from step to step; those of two lines would cover each other
	draw.LineStyle
}

// A lineStep is the value from a time on, in seconds, until the next step.
type lineStep struct{ from, value float64 }

// ceilingLines are the ceilings that the throughput is compared with over time.
func ceilingLines(s *Summary) []ceilingLine {
	var lines []ceilingLine
	add := func(name string, of func(*Ceilings) *float64, dashes ...vg.Length) {
		if steps := s.lineSteps(of); steps != nil {
			lines = append(lines, ceilingLine{name, steps, len(lines) == 0, draw.LineStyle{Color: ink, Width: 1, Dashes: dashes}})
		}
	}
	add("server cap", func(c *Ceilings) *float64 { return c.ServerCap }, 5, 3)
	add("provable ceiling", func(c *Ceilings) *float64 { return c.Provable }, 1.5, 2)
	return lines
}

// lineSteps are the steps of a ceiling; nil: it does not exist.
func (s *Summary) lineSteps(of func(*Ceilings) *float64) []lineStep {
	flat := of(&s.Ceilings)
	switch {
	case flat == nil:
		return nil
	case len(s.CeilingSteps) == 0:
		return []lineStep{{0, *flat}}
	}
	var steps []lineStep
	for i := range s.CeilingSteps {
		step := &s.CeilingSteps[i]
		steps = append(steps, lineStep{step.FromS, *of(&step.Ceilings)})
	}
	return steps
}

// label is the name with its values in the key.
func (l ceilingLine) label() string {
	low, high, outages := math.Inf(1), 0.0, ""
	for _, s := range l.steps {
		if s.value == 0 {
			outages = ", 0 in outages"
			continue
		}
		low, high = min(low, s.value), max(high, s.value)
	}
	if high == 0 {
		return l.name + " 0"
	}
	text := func(v float64) string {
		if v < 0.05 {
			return "<0.1" // "0.0" would look like an outage
		}
		return fixed(v, 1)
	}
	values := text(high)
	if least := text(low); least != values {
		values = least + " to " + values
	}
	return fmt.Sprintf("%s %s%s", l.name, values, outages)
}

// top is the highest value.
func (l ceilingLine) top() float64 {
	top := 0.0
	for _, s := range l.steps {
		top = max(top, s.value)
	}
	return top
}

// Plot draws the line as far as the panel goes, which a run that was
// interrupted ends earlier.
func (l ceilingLine) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var pieces [][]vg.Point
	for i, s := range l.steps {
		from, to := c.Min.X, c.Max.X
		if i > 0 {
			from = x(s.from)
		}
		if i+1 < len(l.steps) {
			to = min(to, x(l.steps[i+1].from))
		}
		if from >= to {
			break
		}
		pieces = append(pieces, []vg.Point{{X: from, Y: y(s.value)}, {X: to, Y: y(s.value)}})
	}
	if l.risers {
		pieces = [][]vg.Point{slices.Concat(pieces...)}
	}
	c.StrokeLines(l.LineStyle, c.ClipLinesXY(pieces...)...)
}
