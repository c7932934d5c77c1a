package findings

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// SurvivalChart draws the share of each cohort that has not been blocked yet
// over time. The colours are in the order of the cohorts, which is that of the
// parameter.
func SurvivalChart(title string, s Survival) kit.Chart {
	b := newSurvivalCurves(s.Cohorts)
	return kit.Chart{
		Name:     s.Name,
		Title:    title,
		Subtitle: s.Subtitle,
		Footer:   s.Footer,
		Height:   b.labels.PlotHeight() + kit.AxisSpace,
		Body:     b.draw,
	}
}

// survivalCurves is the body of the chart.
type survivalCurves struct {
	curves []survivalCurve
	labels kit.EndLabels
	end    float64 // of the horizontal axis, in seconds
}

// A survivalCurve follows one cohort.
type survivalCurve struct {
	steps []stats.SurvivalStep
	draw.LineStyle
}

func newSurvivalCurves(cohorts []Cohort) survivalCurves {
	var b survivalCurves
	for i, cohort := range cohorts {
		style := draw.LineStyle{Color: kit.Ramp(i, len(cohorts)), Width: kit.LineWidth}
		steps := stats.KaplanMeier(cohort.Lives)
		last := steps[len(steps)-1]
		b.end = max(b.end, last.At.Seconds())
		label := kit.EndLabel{Name: cohort.Label, Note: "nothing observed", Line: style, Value: last.Share, Absent: true}
		if n := len(cohort.Lives); n > 0 {
			label.Absent = false
			if at := last.At.Seconds(); last.Share == 0 {
				label.From = &at // the curve ends before the axis does
			}
			label.Note = fmt.Sprintf("%s\u00a0%% of %d", metrics.CountText(100*last.Share), n)
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
	p := kit.NewPlot()
	for _, curve := range b.curves {
		p.Add(curve)
	}
	p.Add(b.labels)
	kit.TimeScale(b.end, 8).Apply(&p.X, true)
	shareScale().Apply(&p.Y, true)
	p.Draw(c)
}

// shareScale is an axis from nothing to all.
func shareScale() kit.Scale {
	percent := func(v float64) string { return metrics.Fixed(100*v, 0) + "\u00a0%" }
	return kit.Scale{Max: 1.03, Normalize: plot.LinearScale{}, Ticks: kit.EvenTicks(0, 1, 5, percent)}
}

// Plot draws the steps, a tick where the observation of a living one ended
// before the last, and a dot at the end.
func (s survivalCurve) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var points []vg.Point
	for i, step := range s.steps {
		at := vg.Point{X: x(step.At.Seconds()), Y: y(step.Share)}
		if i > 0 {
			points = append(points, vg.Point{X: at.X, Y: points[len(points)-1].Y})
		}
		points = append(points, at)
	}
	c.StrokeLines(s.LineStyle, points)
	const tick = 3
	last := len(s.steps) - 1
	for _, step := range s.steps[:last] {
		if at := (vg.Point{X: x(step.At.Seconds()), Y: y(step.Share)}); step.Censored {
			c.StrokeLine2(draw.LineStyle{Color: s.Color, Width: 1}, at.X, at.Y-tick, at.X, at.Y+tick)
		}
	}
	kit.DrawDisc(c, s.Color, points[len(points)-1], kit.LineWidth*1.3)
}

// Survival is what SurvivalChart draws: how long keys, or runs, last before
// they are blocked, for several values of a parameter.
type Survival struct {
	Name     string // of the file, without extension
	Subtitle string // how to read the chart
	Footer   string // where the figures come from
	Cohorts  []Cohort
}

// A Cohort is all that was observed at one value of the parameter.
type Cohort struct {
	Label string // the value
	Lives []stats.Life
}
