package chart

import (
	"fmt"
	"math"
	"slices"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A Figure is something that changes in the course of a run. Each is a row of
// Figures, from which its small multiples, its panel of the dashboard and its
// chart on the interactive page are made.
type Figure struct {
	file         string // of the small multiples, without extension
	title        func(*result.Summary) string
	major, minor quantity                      // what the small multiples show
	note         func(*result.Strategy) string // what a strategy's figures come to

	// What shows all strategies in one panel.

	Heading, Unit string
	Cells         func(*result.Timeline) []result.Cell
	onDashboard   bool

	axis     axisKind
	Ceilings bool // are drawn, too
}

// A quantity is a column of the series with its name in the key; "" for none.
type quantity struct{ label, column string }

// An axisKind is how the values of a figure are spread over its axis.
type axisKind uint8

const (
	linear axisKind = iota
	durations
	counts // logarithmic from 0 on where they are far apart
)

// Figures are all figures over time.
var Figures = []*Figure{
	{
		file: "tps", title: title.TPS, axis: linear, Ceilings: true,
		major:   quantity{"successful requests per second", "tps"},
		note:    tpsNote,
		Heading: "Throughput", Unit: "successful requests per second", Cells: column("tps"), onDashboard: true,
	},
	{
		file: "latency", title: title.Latency, axis: durations,
		major: quantity{"mean latency of the requests that succeed", "latency_mean_ms"},
		minor: quantity{"99th percentile", "latency_p99_ms"},
		note: func(s *result.Strategy) string {
			if !s.Of("latency_p99_ms").Known {
				return "no success"
			}
			return fmt.Sprintf("mean %s, p99 %s", metrics.DurationText(s.Mean("latency_mean_ms")), metrics.DurationText(s.Mean("latency_p99_ms"))) + title.Successes(s)
		},
		Heading: "Latency", Unit: "99th percentile of the requests that succeed", Cells: column("latency_p99_ms"), onDashboard: true,
	},
	{
		file: "429", title: title.RateLimited, axis: counts,
		major: quantity{"answers 429 per second", "429"},
		minor: quantity{"refused per second because the key is blocked", "blocked"},
		note: func(s *result.Strategy) string {
			note := perRun(s.Mean("429"))
			if s.Mean("blocked") > 0 {
				note += fmt.Sprintf(", %s blocked", metrics.CountText(s.Mean("blocked")))
			}
			for _, c := range s.AnswerCounts() {
				if c.OtherAnswer() {
					note += fmt.Sprintf(", %s: %s", c.Heading[1], metrics.CountText(c.PerRun))
				}
			}
			return note
		},
		Heading: "429", Unit: "answers per second, blocked keys included", Cells: refusals, onDashboard: true,
	},
	{
		file: "expirations", title: title.Expirations, axis: counts,
		major:   quantity{"expirations per second", "expirations"},
		note:    func(s *result.Strategy) string { return perRun(s.Mean("expirations")) },
		Heading: "Expirations", Unit: "TTLs passed per second", Cells: column("expirations"), onDashboard: true,
	},
	{
		file: "queue", title: title.Queue, axis: counts,
		major: quantity{"requests in the main queue", "queue_main"},
		minor: quantity{"in the dead letter queue (DLQ)", "queue_dlq"},
		note: func(s *result.Strategy) string {
			peak := metrics.CountText(s.Mean("queue_main_peak"))
			if s.Mean("queue_dlq_peak") > 0 {
				peak += fmt.Sprintf(" (DLQ %s)", metrics.CountText(s.Mean("queue_dlq_peak")))
			}
			return fmt.Sprintf("peak %s, mean %s", peak, metrics.CountText(s.Mean("queue_main_mean")))
		},
		Heading: "Queue", Unit: "requests in the main queue", Cells: column("queue_main"),
	},
}

func column(name string) func(*result.Timeline) []result.Cell {
	return func(t *result.Timeline) []result.Cell { return t.Column(name) }
}

// refusals are the answers 429, those for a blocked key included.
func refusals(t *result.Timeline) []result.Cell {
	limited, blocked := t.Column("429"), t.Column("blocked")
	sum := make([]result.Cell, len(limited))
	for i := range sum {
		sum[i] = result.Cell{Mean: limited[i].Mean + blocked[i].Mean, Has: min(limited[i].Has, result.NoInterval)}
	}
	return sum
}

func tpsNote(s *result.Strategy) string {
	note := metrics.RateText(s.TPS().Value, 1) + " req/s"
	if at := s.Of("first_block_s"); at.Known {
		note += ", first key blocked after " + metrics.AsSeconds.Text(at.Value)
	}
	return note
}

func perRun(count float64) string {
	if count == 0 {
		return "none"
	}
	return metrics.CountText(count) + " per run"
}

// FiguresOf are those of the charts that are drawn.
func FiguresOf(o Options) []*Figure {
	return slices.DeleteFunc(slices.Clone(Figures), func(f *Figure) bool { return !o.Has(f.file) })
}

// Duration says that the values are milliseconds.
func (f *Figure) Duration() bool { return f.axis == durations }

// Curves are the figure of all strategies, in groups of seconds.
func (f *Figure) Curves(d result.Data, group int, end float64) []kit.Curve {
	curves := make([]kit.Curve, len(d.Series))
	for i := range d.Series {
		curves[i] = NewCurve(f.Cells(&d.Series[i]), d.Series[i].Step(), group, end)
	}
	return curves
}

// Axis is the vertical axis for the curves of all strategies in one panel.
func (f *Figure) Axis(curves []kit.Curve, s *result.Summary) kit.Scale {
	if f.axis != counts {
		return f.scale(curves, s)
	}
	// It is compressed as soon as there is much more than one per second: the
	// same strategy may have few at one time and many at another.
	most := 0.0
	for _, c := range curves {
		most = max(most, c.Top())
	}
	return f.scale(append([]kit.Curve{{{{Mean: min(most, 1), Hi: min(most, 1)}}}}, curves...), s)
}

// scale is an axis for curves, and for the ceilings if they are drawn, too.
func (f *Figure) scale(curves []kit.Curve, s *result.Summary) kit.Scale {
	most, least := 0.0, math.Inf(1)
	var peaks []float64
	for _, c := range curves {
		most, least = max(most, c.Top()), min(least, c.Least())
		peaks = append(peaks, c.Top())
	}
	switch f.axis {
	case durations:
		return kit.DurationScale(least, most)
	case counts:
		return kit.CountScale(peaks)
	}
	if f.Ceilings {
		for _, l := range CeilingLines(s) {
			most = max(most, l.top())
		}
	}
	return kit.LinearScale(most, 5, kit.CountLabel)
}
