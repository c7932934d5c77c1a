package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SurvivalChart draws the share of each cohort that has not been blocked yet
// over time. The colours are in the order of the cohorts, which is that of the
// parameter.
func SurvivalChart(title string, s Survival) Chart {
	b := newSurvivalCurves(s.Cohorts)
	return Chart{
		Name:     s.Name,
		Title:    title,
		Subtitle: s.Subtitle,
		Footer:   s.Footer,
		height:   b.labels.plotHeight() + axisSpace,
		body:     b.draw,
	}
}

// survivalCurves is the body of the chart.
type survivalCurves struct {
	curves []survivalCurve
	labels endLabels
	end    float64 // of the horizontal axis, in seconds
}

// A survivalCurve follows one cohort.
type survivalCurve struct {
	steps []survivalStep
	draw.LineStyle
}

func newSurvivalCurves(cohorts []Cohort) survivalCurves {
	var b survivalCurves
	for i, cohort := range cohorts {
		style := draw.LineStyle{Color: ramp(i, len(cohorts)), Width: majorWidth}
		steps := kaplanMeier(cohort.Lives)
		last := steps[len(steps)-1]
		b.end = max(b.end, last.at.Seconds())
		label := endLabel{name: cohort.Label, note: "nothing observed", line: style, value: last.share, absent: true}
		if n := len(cohort.Lives); n > 0 {
			label.absent = false
			label.note = fmt.Sprintf("%s\u00a0%% of %d", countText(100*last.share), n)
			b.curves = append(b.curves, survivalCurve{steps, style})
		}
		b.labels = append(b.labels, label)
	}
	if b.end == 0 {
		b.end = 1
	}
	return b
}

func (b survivalCurves) draw(c draw.Canvas) {
	p := newPlot()
	for _, curve := range b.curves {
		p.Add(curve)
	}
	p.Add(b.labels)
	timeScale(b.end, 8).apply(&p.X, true)
	shareScale().apply(&p.Y, true)
	p.Draw(c)
}

// shareScale is an axis from nothing to all.
func shareScale() scale {
	percent := func(v float64) string { return fixed(100*v, 0) + "\u00a0%" }
	return scale{max: 1.03, normalize: plot.LinearScale{}, ticks: evenTicks(0, 1, 5, percent)}
}

// Plot draws the steps, a tick where the observation of a living one ended
// before the last, and a dot at the end.
func (s survivalCurve) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var points []vg.Point
	for i, step := range s.steps {
		at := vg.Point{X: x(step.at.Seconds()), Y: y(step.share)}
		if i > 0 {
			points = append(points, vg.Point{X: at.X, Y: points[len(points)-1].Y})
		}
		points = append(points, at)
	}
	c.StrokeLines(s.LineStyle, points)
	const tick = 3
	last := len(s.steps) - 1
	for _, step := range s.steps[:last] {
		if at := (vg.Point{X: x(step.at.Seconds()), Y: y(step.share)}); step.leaving {
			c.StrokeLine2(draw.LineStyle{Color: s.Color, Width: 1}, at.X, at.Y-tick, at.X, at.Y+tick)
		}
	}
	drawDisc(c, s.Color, points[len(points)-1], majorWidth*1.3)
}
