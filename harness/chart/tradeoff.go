package chart

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// tradeoff has a point for each strategy: what its throughput costs in refusals.
type tradeoff struct {
	strategies []result.Strategy
	folded     crowd.Folded
}

// tradeoffChart is the chart of these points, the best at the bottom right.
func tradeoffChart(d result.Data) kit.Chart {
	t := tradeoff{d.Summary.Strategies, crowd.Of(&d.Summary)}
	most := 0.0
	var refused []float64
	var labels kit.EndLabels
	for i, s := range t.strategies {
		tps := s.TPS().Value
		most = max(most, tps)
		refused = append(refused, s.Mean("refused"))
		if t.folded[i] {
			continue
		}
		labels = append(labels, kit.EndLabel{
			Name:  s.Name,
			Note:  fmt.Sprintf("%s at %s/s", metrics.CountText(s.Mean("refused")), metrics.RateText(tps, 1)),
			Line:  kit.LookOf(i).Stroke(majorWidth),
			Value: s.Mean("refused"),
			From:  &tps,
		})
	}
	labels = append(labels, t.folded.Label()...)
	x, y := kit.LinearScale(most, 10, kit.CountLabel), kit.CountScale(refused)
	subtitle := "Answers 429 per run, with those for a blocked key, against successful requests per second. The best are at the bottom right."
	return kit.Chart{
		Title:    title.Tradeoff(&d.Summary),
		Subtitle: subtitle + y.Remark + title.OtherAnswers(&d.Summary),
		Height:   labels.PlotHeight() + axisSpace,
		Body:     func(c draw.Canvas) { kit.NewPlot(x, y, kit.VerticalGrid(), labels, t).Draw(c) },
	}
}

// Plot draws the points.
func (t tradeoff) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, i := range t.folded.Order(len(t.strategies)) {
		s, look := &t.strategies[i], kit.LookOf(i)
		if t.folded[i] {
			look.Line, look.Fill = kit.OtherGrey, kit.OtherGrey
		}
		at := vg.Point{X: x(s.TPS().Value), Y: y(s.Mean("refused"))}
		kit.DrawDot(c, look, at, 4.5, 1.5)
	}
}
