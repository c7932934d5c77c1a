package compare

import (
	"encoding/json"
	"io"
	"strconv"

	"ratebench/harness/table"
)

// Write writes a comparison: as a text for people, with a line that sums it up
// first, or as data.
func Write(w io.Writer, c Comparison, f table.Format) error {
	switch f {
	case table.JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	case table.CSV:
		return table.WriteCSV(w, c.rows())
	}
	text, err := c.text(f)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// rows are a line for every change, below a header. What is not known is empty.
func (c *Comparison) rows() [][]string {
	rows := [][]string{{
		"scenario", "clock", "strategy", "metric", "base", "new",
		"difference", "difference_lo", "difference_hi", "percent", "percent_lo", "percent_hi",
		"test", "p", "base_runs", "new_runs", "verdict",
	}}
	for _, s := range c.Scenarios {
		for _, change := range s.Changes {
			row := append([]string{s.Name, s.Clock, change.Strategy, change.Metric}, change.fields()...)
			rows = append(rows, append(row, string(change.Verdict)))
		}
	}
	return rows
}

func (e *Estimate) fields() []string {
	fields := []string{exact(e.Base), exact(e.New), exact(e.Difference)}
	fields = append(fields, bounds(e.DifferenceCI)...)
	fields = append(fields, exact(e.Percent))
	fields = append(fields, bounds(e.PercentCI)...)
	return append(fields, string(e.Test), exact(e.P), strconv.Itoa(e.BaseRuns), strconv.Itoa(e.NewRuns))
}

func exact(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func bounds(ci *[2]float64) []string {
	if ci == nil {
		return []string{"", ""}
	}
	return []string{exact(&ci[0]), exact(&ci[1])}
}
