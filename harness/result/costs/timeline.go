package costs

import "ratebench/harness/metrics"

// A Timeline is what the client of a strategy used, from sample to sample.
type Timeline struct {
	Strategy string
	Rows     []Row
}

// A Row is one sample, averaged over the runs. CPU time, in seconds, and
// switches count from the start.
type Row struct {
	Second, Goroutines          Cell
	Resident                    Cell // MiB
	CPU, Voluntary, Involuntary Cell
}

// A Cell is a mean; false: the system does not tell.
type Cell struct {
	Mean  float64
	Known bool
}

// newTimeline averages the uses of a strategy sample by sample. Where one
// run is longer than another its last rows are averages over fewer runs.
func newTimeline(strategy string, uses []use) Timeline {
	t := Timeline{Strategy: strategy}
	var row Row
	for i := 0; ; i++ {
		var now, before []metrics.UsageSample
		for _, u := range uses {
			if i < len(u.Samples) {
				now, before = append(now, u.Samples[i]), append(before, u.Samples[max(0, i-1)])
			}
		}
		if len(now) == 0 {
			return t
		}
		row = nextRow(row, before, now)
		t.Rows = append(t.Rows, row.Rounded())
	}
}

// nextRow is the row after last, for the samples that the runs took at a
// time and those they took before. What is counted goes on from the last row,
// so that it does not go back when a run with much of it ends before others.
func nextRow(last Row, before, now []metrics.UsageSample) Row {
	level := func(of func(metrics.UsageSample) (float64, bool)) Cell { return meanCell(now, of) }
	count := func(last Cell, of func(metrics.ProcessorUse) float64) Cell {
		value := func(s metrics.UsageSample) (float64, bool) {
			if s.Processor == nil {
				return 0, false
			}
			return of(*s.Processor), true
		}
		c := meanCell(now, value)
		c.Mean += last.Mean - meanCell(before, value).Mean
		return c
	}
	return Row{
		Second:     level(func(s metrics.UsageSample) (float64, bool) { return s.At.Seconds(), true }),
		Goroutines: level(func(s metrics.UsageSample) (float64, bool) { return float64(s.Goroutines), true }),
		Resident: level(func(s metrics.UsageSample) (float64, bool) {
			if s.Resident == nil {
				return 0, false
			}
			return float64(*s.Resident) / mib, true
		}),
		CPU:         count(last.CPU, func(p metrics.ProcessorUse) float64 { return p.CPU.Seconds() }),
		Voluntary:   count(last.Voluntary, func(p metrics.ProcessorUse) float64 { return float64(p.Voluntary) }),
		Involuntary: count(last.Involuntary, func(p metrics.ProcessorUse) float64 { return float64(p.Involuntary) }),
	}
}

// A seriesColumn is a column of resources.csv.
type seriesColumn struct {
	Name   string
	Cell   func(*Row) *Cell
	Always bool
}

// SeriesColumns are those of resources.csv after the strategy, in order.
var SeriesColumns = []seriesColumn{
	{"second", func(r *Row) *Cell { return &r.Second }, true},
	{"cpu_s", func(r *Row) *Cell { return &r.CPU }, false},
	{"rss_mib", func(r *Row) *Cell { return &r.Resident }, false},
	{"goroutines", func(r *Row) *Cell { return &r.Goroutines }, true},
	{"voluntary_switches", func(r *Row) *Cell { return &r.Voluntary }, false},
	{"involuntary_switches", func(r *Row) *Cell { return &r.Involuntary }, false},
}

// Rounded is the row as the file holds it.
func (r Row) Rounded() Row {
	for _, c := range SeriesColumns {
		cell := c.Cell(&r)
		if !cell.Known {
			*cell = Cell{}
		}
		cell.Mean = metrics.Rounded(cell.Mean)
	}
	return r
}

// meanCell is the mean of the samples that have a value.
func meanCell(samples []metrics.UsageSample, of func(metrics.UsageSample) (float64, bool)) Cell {
	sum, n := 0.0, 0.0
	for _, s := range samples {
		if v, ok := of(s); ok {
			sum += v
			n++
		}
	}
	if n == 0 {
		return Cell{}
	}
	return Cell{sum / n, true}
}
