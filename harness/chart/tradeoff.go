package chart

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// tradeoff is the body of the chart of what throughput costs in refusals: a
// point for each strategy, the best at the bottom right.
type tradeoff struct {
	strategies []result.Strategy
	labels     kit.EndLabels
	x, y       kit.Scale
}

func tradeoffChart(d result.Data) kit.Chart {
	t := tradeoff{strategies: d.Summary.Strategies}
	most := 0.0
	var refused []float64
	for i, s := range t.strategies {
		tps := s.TPS().Value
		most = max(most, tps)
		refused = append(refused, s.Mean("refused"))
		t.labels = append(t.labels, kit.EndLabel{
			Name:  s.Name,
			Note:  fmt.Sprintf("%s at %s/s", metrics.CountText(s.Mean("refused")), metrics.RateText(s.TPS().Value, 1)),
			Line:  draw.LineStyle{Color: kit.LookOf(i).Line, Width: majorWidth, Dashes: kit.LookOf(i).Dashes},
			Value: s.Mean("refused"),
			From:  &tps,
		})
	}
	t.x, t.y = kit.LinearScale(most, 10, kit.CountLabel), kit.CountScale(refused)
	subtitle := "Answers 429 per run, with those for a blocked key, against successful requests per second. The best are at the bottom right."
	if t.y.Remark != "" {
		subtitle += " " + t.y.Remark
	}
	return kit.Chart{
		Title:    tradeoffTitle(&d.Summary),
		Subtitle: subtitle + otherAnswers(&d.Summary),
		Height:   t.labels.PlotHeight() + axisSpace,
		Body:     t.draw,
	}
}

// tradeoffTitle names the best of those that are never refused.
func tradeoffTitle(s *result.Summary) string {
	clean := 0
	_, best := extremes(s, func(st *result.Strategy) (float64, bool) {
		ok := st.Mean("refused") == 0
		if ok {
			clean++
		}
		return st.TPS().Value, ok
	})
	switch {
	case best == nil:
		return "Every strategy is answered 429"
	case best.TPS().Value == 0:
		return "Without a 429: no request that succeeds"
	case clean == 1:
		return fmt.Sprintf("Without a 429: %s alone, with %s requests per second", short(best.Name), metrics.RateText(best.TPS().Value, 1))
	}
	return fmt.Sprintf("Without a 429: up to %s requests per second (%s)", metrics.RateText(best.TPS().Value, 1), short(best.Name))
}

func (t tradeoff) draw(c draw.Canvas) {
	p := kit.NewPlot()
	p.Add(kit.VerticalGrid(), t.labels, t)
	t.x.Apply(&p.X, true)
	t.y.Apply(&p.Y, true)
	p.Draw(c)
}

// Plot draws the points.
func (t tradeoff) Plot(c draw.Canvas, p *plot.Plot) {
	const radius = 4.5
	x, y := p.Transforms(&c)
	for i := range t.strategies {
		s, look := &t.strategies[i], kit.LookOf(i)
		at := vg.Point{X: x(s.TPS().Value), Y: y(s.Mean("refused"))}
		kit.DrawDisc(c, kit.Paper, at, radius+1)
		kit.DrawDisc(c, look.Line, at, radius)
		if look.Fill != look.Line {
			kit.DrawDisc(c, look.Fill, at, radius-1.5)
		}
	}
}
