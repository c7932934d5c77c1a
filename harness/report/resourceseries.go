package report

import (
	"encoding/csv"
	"io"

	"ratebench/harness/metrics"
)

// A useTimeline is what the client of a strategy used, from sample to sample.
type useTimeline struct {
	strategy string
	rows     []useRow
}

// A useRow is one sample, averaged over the runs. CPU time, in seconds, and
// switches count from the start.
type useRow struct {
	second, goroutines          useCell
	resident                    useCell // MiB
	cpu, voluntary, involuntary useCell
}

// A useCell is a mean; false: the system does not tell.
type useCell struct {
	mean  float64
	known bool
}

// newUseTimeline averages the uses of a strategy sample by sample. Where one
// run is longer than another its last rows are averages over fewer runs.
func newUseTimeline(strategy string, uses []use) useTimeline {
	t := useTimeline{strategy: strategy}
	var row useRow
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
		t.rows = append(t.rows, row)
	}
}

// nextUseRow is the row after last, for the samples that the runs took at a
// time and those they took before. What is counted goes on from the last row,
// so that it does not go back when a run with much of it ends before others.
func nextUseRow(last useRow, before, now []metrics.UsageSample) useRow {
	level := func(of func(metrics.UsageSample) (float64, bool)) useCell { return meanCell(now, of) }
	count := func(last useCell, of func(metrics.ProcessorUse) float64) useCell {
		value := func(s metrics.UsageSample) (float64, bool) {
			if s.Processor == nil {
				return 0, false
			}
			return of(*s.Processor), true
		}
		c := meanCell(now, value)
		c.mean += last.mean - meanCell(before, value).mean
		return c
	}
	return useRow{
		second:     level(func(s metrics.UsageSample) (float64, bool) { return s.At.Seconds(), true }),
		goroutines: level(func(s metrics.UsageSample) (float64, bool) { return float64(s.Goroutines), true }),
		resident: level(func(s metrics.UsageSample) (float64, bool) {
			if s.Resident == nil {
				return 0, false
			}
			return float64(*s.Resident) / mib, true
		}),
		cpu:         count(last.cpu, func(p metrics.ProcessorUse) float64 { return p.CPU.Seconds() }),
		voluntary:   count(last.voluntary, func(p metrics.ProcessorUse) float64 { return float64(p.Voluntary) }),
		involuntary: count(last.involuntary, func(p metrics.ProcessorUse) float64 { return float64(p.Involuntary) }),
	}
}

// meanCell is the mean of the samples that have a value.
func meanCell(samples []metrics.UsageSample, of func(metrics.UsageSample) (float64, bool)) useCell {
	sum, n := 0.0, 0.0
	for _, s := range samples {
		if v, ok := of(s); ok {
			sum += v
			n++
		}
	}
	if n == 0 {
		return useCell{}
	}
	return useCell{sum / n, true}
}

// writeUse writes resources.csv. What the system does not tell is empty.
func writeUse(w io.Writer, timelines []useTimeline) error {
	out := csv.NewWriter(w)
	header := []string{"strategy", "second", "cpu_s", "rss_mib", "goroutines", "voluntary_switches", "involuntary_switches"}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, t := range timelines {
		for _, r := range t.rows {
			row := []string{
				t.strategy,
				r.second.text(2), r.cpu.text(countDigits), r.resident.text(memoryDigits),
				r.goroutines.text(1), r.voluntary.text(1), r.involuntary.text(1),
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// text is the mean with so many decimals at most; "" when there is none.
func (c useCell) text(decimals int) string {
	if !c.known {
		return ""
	}
	return shortest(round(c.mean, decimals))
}
