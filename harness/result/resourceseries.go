package result

import (
	"ratebench/harness/metrics"
)

// A UseTimeline is what the client of a strategy used, from sample to sample.
type UseTimeline struct {
	Strategy string
	Rows     []UseRow
}

// A UseRow is one sample, averaged over the runs. CPU time, in seconds, and
// switches count from the start.
type UseRow struct {
	Second, Goroutines          UseCell
	Resident                    UseCell // MiB
	CPU, Voluntary, Involuntary UseCell
}

// A UseCell is a mean; false: the system does not tell.
type UseCell struct {
	Mean  float64
	Known bool
}

// newUseTimeline averages the uses of a strategy sample by sample. Where one
// run is longer than another its last rows are averages over fewer runs.
func newUseTimeline(strategy string, uses []use) UseTimeline {
	t := UseTimeline{Strategy: strategy}
	var row UseRow
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
		row = nextUseRow(row, before, now)
		t.Rows = append(t.Rows, row.Rounded())
	}
}

// nextUseRow is the row after last, for the samples that the runs took at a
// time and those they took before. What is counted goes on from the last row,
// so that it does not go back when a run with much of it ends before others.
func nextUseRow(last UseRow, before, now []metrics.UsageSample) UseRow {
	level := func(of func(metrics.UsageSample) (float64, bool)) UseCell { return meanCell(now, of) }
	count := func(last UseCell, of func(metrics.ProcessorUse) float64) UseCell {
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
	return UseRow{
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

// A useColumn is a column of resources.csv.
type useColumn struct {
	Name   string
	Cell   func(*UseRow) *UseCell
	Always bool
}

// UseColumns are those of resources.csv after the strategy, in order.
var UseColumns = []useColumn{
	{"second", func(r *UseRow) *UseCell { return &r.Second }, true},
	{"cpu_s", func(r *UseRow) *UseCell { return &r.CPU }, false},
	{"rss_mib", func(r *UseRow) *UseCell { return &r.Resident }, false},
	{"goroutines", func(r *UseRow) *UseCell { return &r.Goroutines }, true},
	{"voluntary_switches", func(r *UseRow) *UseCell { return &r.Voluntary }, false},
	{"involuntary_switches", func(r *UseRow) *UseCell { return &r.Involuntary }, false},
}

// Rounded is the row as the file holds it.
func (r UseRow) Rounded() UseRow {
	for _, c := range UseColumns {
		cell := c.Cell(&r)
		if !cell.Known {
			*cell = UseCell{}
		}
		cell.Mean = metrics.Rounded(cell.Mean)
	}
	return r
}

// meanCell is the mean of the samples that have a value.
func meanCell(samples []metrics.UsageSample, of func(metrics.UsageSample) (float64, bool)) UseCell {
	sum, n := 0.0, 0.0
	for _, s := range samples {
		if v, ok := of(s); ok {
			sum += v
			n++
		}
	}
	if n == 0 {
		return UseCell{}
	}
	return UseCell{sum / n, true}
}
