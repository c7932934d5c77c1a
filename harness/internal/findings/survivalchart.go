package findings

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// survivalChart draws the share of runs that have a key left over time: a chart
// without its texts. The colours are in the order of the parameter.
func survivalChart(all []survived) kit.Chart {
	curves, labels, end := survivalCurves(all)
	percent := func(v float64) string { return metrics.Fixed(100*v, 0) + "\u00a0%" }
	share := kit.Scale{Max: 1.03, Normalize: plot.LinearScale{}, Ticks: kit.EvenTicks(0, 1, 5, percent)}
	return kit.Chart{
		Height: labels.PlotHeight() + kit.AxisSpace,
		Body:   func(c draw.Canvas) { kit.NewPlot(kit.TimeScale(end, 8), share, append(curves, labels)...).Draw(c) },
	}
}

// survivalCurves are the curves, their names, and the end of their axis in seconds.
func survivalCurves(all []survived) (curves []plot.Plotter, labels kit.EndLabels, end float64) {
	for i, s := range all {
		style := draw.LineStyle{Color: kit.Ramp(i, len(all)), Width: kit.LineWidth}
		steps := stats.KaplanMeier(s.everyKey)
		last := steps[len(steps)-1]
		end = max(end, last.At.Seconds())
		label := kit.EndLabel{Name: s.label, Note: "nothing observed", Line: style, Value: last.Share, Absent: true}
		if n := len(s.everyKey); n > 0 {
			label.Absent = false
			if at := last.At.Seconds(); last.Share == 0 {
				label.From = &at // the curve ends before the axis does
			}
			label.Note = fmt.Sprintf("%s\u00a0%% of %d", metrics.CountText(100*last.Share), n)
			curves = append(curves, survivalCurve{steps, style})
		}
		labels = append(labels, label)
	}
	if end == 0 {
		end = 1
	}
	return curves, labels, end
}

// A survivalCurve follows the runs at one value of the parameter.
type survivalCurve struct {
	steps []stats.SurvivalStep
	draw.LineStyle
}

// Plot draws the steps, a tick where the observation of a living one ended
// before the last, and a dot at the end.
func (s survivalCurve) Plot(c draw.Canvas, p *plot.Plot) {
	line := &plotter.Line{LineStyle: s.LineStyle, StepStyle: plotter.PostStep}
	for _, step := range s.steps {
		line.XYs = append(line.XYs, plotter.XY{X: step.At.Seconds(), Y: step.Share})
	}
	line.Plot(c, p)
	const tick = 3
	x, y := p.Transforms(&c)
	last := len(s.steps) - 1
	for i, step := range s.steps[:last] {
		if at := line.XYs[i]; step.Censored {
			c.StrokeLine2(draw.LineStyle{Color: s.Color, Width: 1}, x(at.X), y(at.Y)-tick, x(at.X), y(at.Y)+tick)
		}
	}
	kit.Dots{XYs: line.XYs[last:], Color: s.Color, Radius: kit.LineWidth * 1.3}.Plot(c, p)
}
