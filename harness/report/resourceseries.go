package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

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
		t.rows = append(t.rows, row.rounded())
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

// A useColumn is a column of resources.csv.
type useColumn struct {
	name     string
	cell     func(*useRow) *useCell
	decimals int // at most
	always   bool
}

// useColumns are those of resources.csv after the strategy, in order.
var useColumns = []useColumn{
	{"second", func(r *useRow) *useCell { return &r.second }, 2, true},
	{"cpu_s", func(r *useRow) *useCell { return &r.cpu }, countDigits, false},
	{"rss_mib", func(r *useRow) *useCell { return &r.resident }, memoryDigits, false},
	{"goroutines", func(r *useRow) *useCell { return &r.goroutines }, 1, true},
	{"voluntary_switches", func(r *useRow) *useCell { return &r.voluntary }, 1, false},
	{"involuntary_switches", func(r *useRow) *useCell { return &r.involuntary }, 1, false},
}

// rounded is the row as the file holds it.
func (r useRow) rounded() useRow {
	for _, c := range useColumns {
		cell := c.cell(&r)
		if !cell.known {
			*cell = useCell{}
		}
		cell.mean = round(cell.mean, c.decimals)
	}
	return r
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

// useHeader is the first line of resources.csv.
func useHeader() []string {
	header := []string{"strategy"}
	for _, c := range useColumns {
		header = append(header, c.name)
	}
	return header
}

// writeUse writes resources.csv. What the system does not tell is empty.
func writeUse(w io.Writer, timelines []useTimeline) error {
	out := csv.NewWriter(w)
	if err := out.Write(useHeader()); err != nil {
		return err
	}
	for _, t := range timelines {
		for i := range t.rows {
			row := []string{t.strategy}
			for _, c := range useColumns {
				row = append(row, c.cell(&t.rows[i]).text())
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// text is the mean; "" when there is none.
func (c *useCell) text() string {
	if !c.known {
		return ""
	}
	return shortest(c.mean)
}

// readUse reads what writeUse wrote, of the strategies in that order. One that
// the file says nothing of has no rows.
func readUse(r io.Reader, strategies []string) ([]useTimeline, error) {
	var timelines []useTimeline
	for _, name := range strategies {
		timelines = append(timelines, useTimeline{strategy: name})
	}
	last := -1
	err := readRows(r, useHeader(), func(row []string) error {
		i := slices.Index(strategies, row[0])
		switch {
		case i < 0:
			return fmt.Errorf("found strategy %q, which %s does not have", row[0], ResourcesFile)
		case i < last:
			return fmt.Errorf("found strategy %q after %q, expected the order of %s", row[0], strategies[last], ResourcesFile)
		}
		last = i
		return timelines[i].read(row[1:])
	})
	return timelines, err
}

// read appends the row that fields describe.
func (t *useTimeline) read(fields []string) error {
	var row useRow
	for i, c := range useColumns {
		if err := c.cell(&row).read(fields[i], c.always); err != nil {
			return fmt.Errorf("%s of %s: %w", c.name, t.strategy, err)
		}
	}
	row = row.rounded()
	if n := len(t.rows); n > 0 && row.second.mean < t.rows[n-1].second.mean {
		return fmt.Errorf("found second %s of %s after %s, expected ascending ones", row.second.text(), t.strategy, t.rows[n-1].second.text())
	}
	t.rows = append(t.rows, row)
	return nil
}

// read fills the cell in. Where there has to be a value "" is none.
func (c *useCell) read(field string, always bool) error {
	if field == "" && !always {
		return nil
	}
	const most = 1e12 // far beyond any process, and what a chart can show
	v, err := strconv.ParseFloat(field, 64)
	if err != nil || !(v >= 0 && v <= most) {
		return fmt.Errorf("found %q, expected a number from 0 to %.0e", field, most)
	}
	*c = useCell{v, true}
	return nil
}
