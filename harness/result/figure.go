package result

import (
	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// A Figure is what is known of a metric: a mean over runs, or a value of one.
type Figure struct {
	Value float64
	Known bool // false: there is none, as of the latency of a strategy without success
	// CI95 is the 95 % confidence interval of a mean over runs; nil: there was
	// one run, or the metric has none.
	CI95 *[2]float64
}

// Lower is the lower end of the interval; the value where there is none.
func (f Figure) Lower() float64 {
	if f.CI95 == nil {
		return f.Value
	}
	return f.CI95[0]
}

// Upper is the upper end of the interval; the value where there is none.
func (f Figure) Upper() float64 {
	if f.CI95 == nil {
		return f.Value
	}
	return f.CI95[1]
}

// Margin is how far the interval reaches to either side of the value.
func (f Figure) Margin() float64 { return (f.Upper() - f.Lower()) / 2 }

// Figures holds a figure for each metric of the catalogue, in its order.
type Figures []Figure

// Of returns the figure of a metric; not known if there is no metric of that
// name.
func (f Figures) Of(metric string) Figure {
	if i := metrics.Index(metric); i >= 0 && i < len(f) {
		return f[i]
	}
	return Figure{}
}

// Mean is the value of a metric; 0 if it is not known.
func (f Figures) Mean(metric string) float64 { return f.Of(metric).Value }

// Metric returns the value of a metric; false: it is not known.
func (f Figures) Metric(metric string) (float64, bool) {
	of := f.Of(metric)
	return of.Value, of.Known
}

// NewFigures holds known values by metric, and no others.
func NewFigures(known map[string]float64) Figures {
	f := make(Figures, len(metrics.Catalogue()))
	for name, v := range known {
		if i := metrics.Index(name); i >= 0 {
			f[i] = Figure{Value: v, Known: true}
		}
	}
	return f
}

// pool makes the figures of a strategy, of whose runs there is at least one.
func pool(runs []*metrics.Run) Figures {
	f := make(Figures, len(metrics.Catalogue()))
	for i, m := range metrics.Catalogue() {
		v, known := m.Pool(runs)
		if !known {
			continue
		}
		f[i] = Figure{Value: metrics.Rounded(v), Known: true}
		if m.Interval && len(runs) > 1 {
			f[i].CI95 = interval(&m, runs)
		}
	}
	return f
}

func interval(m *metrics.Metric, runs []*metrics.Run) *[2]float64 {
	var values []float64
	for _, r := range runs {
		if v, ok := m.Of(r); ok {
			values = append(values, v)
		}
	}
	ci := stats.MeanCI(values)
	// No figure is less than 0, and no interval of one reaches below.
	return &[2]float64{metrics.Rounded(max(0, ci.Lo)), metrics.Rounded(ci.Hi)}
}

// A Run is what one run of a strategy comes to.
type Run struct {
	Strategy string
	Seed     uint64
	Figures  Figures
}

func newRun(r *metrics.Run) Run {
	f := make(Figures, len(metrics.Catalogue()))
	for i, m := range metrics.Catalogue() {
		if v, known := m.Of(r); known {
			f[i] = Figure{Value: metrics.Rounded(v), Known: true}
		}
	}
	return Run{Strategy: r.Strategy, Seed: r.Seed, Figures: f}
}
