package chart

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A CeilingLine is a ceiling across a panel: a horizontal line, or, over time, one in
// steps where the ceiling changes.
type CeilingLine struct {
	name   string
	Steps  []LineStep // at least one; the first begins at 0
	risers bool       // it is drawn from step to step; those of two lines would cover each other
	draw.LineStyle
}

// A LineStep is the value from a time on, in seconds, until the next step.
type LineStep struct{ From, Value float64 }

// CeilingLines are the ceilings that the throughput is compared with over time.
func CeilingLines(s *result.Summary) []CeilingLine {
	var lines []CeilingLine
	add := func(name string, of func(*result.Ceilings) *float64, dashes ...vg.Length) {
		if steps := lineSteps(s, of); steps != nil {
			lines = append(lines, CeilingLine{name, steps, len(lines) == 0, draw.LineStyle{Color: kit.Ink, Width: 1, Dashes: dashes}})
		}
	}
	add("server cap", func(c *result.Ceilings) *float64 { return c.ServerCap }, 5, 3)
	add("provable ceiling", func(c *result.Ceilings) *float64 { return c.Provable }, 1.5, 2)
	return lines
}

// lineSteps are the steps of a ceiling; nil: it does not exist.
func lineSteps(s *result.Summary, of func(*result.Ceilings) *float64) []LineStep {
	flat := of(&s.Ceilings)
	switch {
	case flat == nil:
		return nil
	case len(s.CeilingSteps) == 0:
		return []LineStep{{0, *flat}}
	}
	var steps []LineStep
	for i := range s.CeilingSteps {
		step := &s.CeilingSteps[i]
		steps = append(steps, LineStep{step.FromS, *of(&step.Ceilings)})
	}
	return steps
}

// Name is what the ceiling is called.
func (l CeilingLine) Name() string { return l.name }

// Label is the name with its values in the key.
func (l CeilingLine) Label() string {
	low, high, outages := math.Inf(1), 0.0, ""
	for _, s := range l.Steps {
		if s.Value == 0 {
			outages = ", 0 in outages"
			continue
		}
		low, high = min(low, s.Value), max(high, s.Value)
	}
	if high == 0 {
		return l.name + " 0"
	}
	values := metrics.RateText(high, 1)
	if least := metrics.RateText(low, 1); least != values {
		values = least + " to " + values
	}
	return fmt.Sprintf("%s %s%s", l.name, values, outages)
}

// top is the highest value.
func (l CeilingLine) top() float64 {
	top := 0.0
	for _, s := range l.Steps {
		top = max(top, s.Value)
	}
	return top
}

// Plot draws the line as far as the panel goes, which a run that was
// interrupted ends earlier.
func (l CeilingLine) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var pieces [][]vg.Point
	for i, s := range l.Steps {
		from, to := c.Min.X, c.Max.X
		if i > 0 {
			from = x(s.From)
		}
		if i+1 < len(l.Steps) {
			to = min(to, x(l.Steps[i+1].From))
		}
		if from >= to {
			break
		}
		pieces = append(pieces, []vg.Point{{X: from, Y: y(s.Value)}, {X: to, Y: y(s.Value)}})
	}
	if l.risers {
		pieces = [][]vg.Point{slices.Concat(pieces...)}
	}
	c.StrokeLines(l.LineStyle, c.ClipLinesXY(pieces...)...)
}
