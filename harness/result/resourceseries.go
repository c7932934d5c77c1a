package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"ratebench/harness/metrics"
)

// A useTimeline is what the client of a strategy used, from sample to sample.
type UseTimeline struct {
	strategy string
	Rows     []UseRow
}

// A useRow is one sample, averaged over the runs. CPU time, in seconds, and
// switches count from the start.
type UseRow struct {
	Second, goroutines          UseCell
	Resident                    UseCell // MiB
	CPU, voluntary, involuntary UseCell
}

// A useCell is a mean; false: the system does not tell.
type UseCell struct {
	Mean  float64
	Known bool
}

// newUseTimeline averages the uses of a strategy sample by sample. Where one
// run is longer than another its last rows are averages over fewer runs.
func newUseTimeline(strategy string, uses []use) UseTimeline {
	t := UseTimeline{strategy: strategy}
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
		t.Rows = append(t.Rows, row.rounded())
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
		goroutines: level(func(s metrics.UsageSample) (float64, bool) { return float64(s.Goroutines), true }),
		Resident: level(func(s metrics.UsageSample) (float64, bool) {
			if s.Resident == nil {
				return 0, false
			}
			return float64(*s.Resident) / mib, true
		}),
		CPU:         count(last.CPU, func(p metrics.ProcessorUse) float64 { return p.CPU.Seconds() }),
		voluntary:   count(last.voluntary, func(p metrics.ProcessorUse) float64 { return float64(p.Voluntary) }),
		involuntary: count(last.involuntary, func(p metrics.ProcessorUse) float64 { return float64(p.Involuntary) }),
	}
}

// A useColumn is a column of resources.csv.
type useColumn struct {
	name     string
	cell     func(*UseRow) *UseCell
	decimals int // at most
	always   bool
}

// useColumns are those of resources.csv after the strategy, in order.
var useColumns = []useColumn{
	{"second", func(r *UseRow) *UseCell { return &r.Second }, 2, true},
	{"cpu_s", func(r *UseRow) *UseCell { return &r.CPU }, CountDigits, false},
	{"rss_mib", func(r *UseRow) *UseCell { return &r.Resident }, memoryDigits, false},
	{"goroutines", func(r *UseRow) *UseCell { return &r.goroutines }, 1, true},
	{"voluntary_switches", func(r *UseRow) *UseCell { return &r.voluntary }, 1, false},
	{"involuntary_switches", func(r *UseRow) *UseCell { return &r.involuntary }, 1, false},
}

// rounded is the row as the file holds it.
func (r UseRow) rounded() UseRow {
	for _, c := range useColumns {
		cell := c.cell(&r)
		if !cell.Known {
			*cell = UseCell{}
		}
		cell.Mean = Round(cell.Mean, c.decimals)
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

// useHeader is the first line of resources.csv.
func useHeader() []string {
	header := []string{"strategy"}
	for _, c := range useColumns {
		header = append(header, c.name)
	}
	return header
}

// writeUse writes resources.csv. What the system does not tell is empty.
func WriteUse(w io.Writer, timelines []UseTimeline) error {
	out := csv.NewWriter(w)
	if err := out.Write(useHeader()); err != nil {
		return err
	}
	for _, t := range timelines {
		for i := range t.Rows {
			row := []string{t.strategy}
			for _, c := range useColumns {
				row = append(row, c.cell(&t.Rows[i]).text())
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
func (c *UseCell) text() string {
	if !c.Known {
		return ""
	}
	return Shortest(c.Mean)
}

// readUse reads what writeUse wrote, of the strategies in that order. One that
// the file says nothing of has no rows.
func readUse(r io.Reader, strategies []string) ([]UseTimeline, error) {
	var timelines []UseTimeline
	for _, name := range strategies {
		timelines = append(timelines, UseTimeline{strategy: name})
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
func (t *UseTimeline) read(fields []string) error {
	var row UseRow
	for i, c := range useColumns {
		if err := c.cell(&row).read(fields[i], c.always); err != nil {
			return fmt.Errorf("%s of %s: %w", c.name, t.strategy, err)
		}
	}
	row = row.rounded()
	if n := len(t.Rows); n > 0 && row.Second.Mean < t.Rows[n-1].Second.Mean {
		return fmt.Errorf("found second %s of %s after %s, expected ascending ones", row.Second.text(), t.strategy, t.Rows[n-1].Second.text())
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// read fills the cell in. Where there has to be a value "" is none.
func (c *UseCell) read(field string, always bool) error {
	if field == "" && !always {
		return nil
	}
	const most = 1e12 // far beyond any process, and what a chart can show
	v, err := strconv.ParseFloat(field, 64)
	if err != nil || !(v >= 0 && v <= most) {
		return fmt.Errorf("found %q, expected a number from 0 to %.0e", field, most)
	}
	*c = UseCell{v, true}
	return nil
}
