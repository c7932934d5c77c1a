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

// tradeoff is the body of the chart of what throughput costs in refusals: a
// point for each strategy, the best at the bottom right.
type tradeoff struct {
	strategies []result.Strategy
	folded     crowd.Folded
	labels     kit.EndLabels
	x, y       kit.Scale
}

func tradeoffChart(d result.Data) kit.Chart {
	t := tradeoff{strategies: d.Summary.Strategies, folded: crowd.Of(&d.Summary)}
	most := 0.0
	var refused []float64
	for i, s := range t.strategies {
		tps := s.TPS().Value
		most = max(most, tps)
		refused = append(refused, s.Mean("refused"))
		if t.folded[i] {
			continue
		}
		t.labels = append(t.labels, kit.EndLabel{
			Name:  s.Name,
			Note:  fmt.Sprintf("%s at %s/s", metrics.CountText(s.Mean("refused")), metrics.RateText(s.TPS().Value, 1)),
			Line:  draw.LineStyle{Color: kit.LookOf(i).Line, Width: majorWidth, Dashes: kit.LookOf(i).Dashes},
			Value: s.Mean("refused"),
			From:  &tps,
		})
	}
	if name := t.folded.Label(); name != "" {
		t.labels = append(t.labels, kit.EndLabel{Name: name, Note: "in grey", Absent: true})
	}
	t.x, t.y = kit.LinearScale(most, 10, kit.CountLabel), kit.CountScale(refused)
	subtitle := "Answers 429 per run, with those for a blocked key, against successful requests per second. The best are at the bottom right."
	if t.y.Remark != "" {
		subtitle += " " + t.y.Remark
	}
	return kit.Chart{
		Title:    title.Tradeoff(&d.Summary),
		Subtitle: subtitle + title.OtherAnswers(&d.Summary),
		Height:   t.labels.PlotHeight() + axisSpace,
		Body:     t.draw,
	}
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
	for _, i := range t.folded.Order(len(t.strategies)) {
		s, look := &t.strategies[i], kit.LookOf(i)
		if t.folded[i] {
			look.Line, look.Fill = kit.OtherGrey, kit.OtherGrey
		}
		at := vg.Point{X: x(s.TPS().Value), Y: y(s.Mean("refused"))}
		kit.DrawDisc(c, kit.Paper, at, radius+1)
		kit.DrawDisc(c, look.Line, at, radius)
		if look.Fill != look.Line {
			kit.DrawDisc(c, look.Fill, at, radius-1.5)
		}
	}
}
