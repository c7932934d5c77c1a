package findings

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// A clientResponse is the throughput of a client at each value of a parameter.
type clientResponse struct {
	label  string
	tps    []float64
	colour int  // of the strategies' colours, counted from 0
	dashed bool // beside a line of the same colour
}

// parameterChart draws how throughput depends on a parameter, for several clients: a
// chart without its texts. The values of the parameter have the given unit.
func parameterChart(at []float64, unit string, clients []clientResponse) kit.Chart {
	var things []plot.Plotter
	var labels kit.EndLabels
	most, end := 0.0, 0.0
	for _, c := range clients {
		line := kit.Polyline{LineStyle: draw.LineStyle{Color: kit.LookOf(c.colour).Line, Width: kit.LineWidth}}
		if c.dashed {
			line.Dashes = []vg.Length{5, 3}
		}
		for i, v := range c.tps {
			line.XYs = append(line.XYs, plotter.XY{X: at[i], Y: v})
			most, end = max(most, v), max(end, at[i])
		}
		things = append(things, line, kit.Dots{XYs: line.XYs, Color: line.Color, Radius: 3})
		last := c.tps[len(c.tps)-1]
		labels = append(labels, kit.EndLabel{Name: c.label, Note: metrics.RateText(last, 1), Line: line.LineStyle, Value: last})
	}
	x := kit.Scale{Max: end, Normalize: plot.LinearScale{}, Ticks: parameterTicks(at, unit)}
	y := kit.LinearScale(most, 5, kit.CountLabel)
	return kit.Chart{
		Height: labels.PlotHeight() + kit.AxisSpace,
		Body:   func(c draw.Canvas) { kit.NewPlot(x, y, append(things, labels)...).Draw(c) },
	}
}

// parameterTicks are at the values of the parameter that were tried: there is nothing
// between them.
func parameterTicks(values []float64, unit string) []plot.Tick {
	var ticks []plot.Tick
	for _, v := range values {
		ticks = append(ticks, plot.Tick{Value: v, Label: metrics.Shortest(v) + " " + unit})
	}
	return ticks
}
