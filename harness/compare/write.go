package compare

import (
	"encoding/json"
	"io"
	"strconv"

	"ratebench/harness/table"
)

// Write writes a comparison: as a text for people, with a line that sums it up
// first and tables that are no wider than so many characters, or as data.
func Write(w io.Writer, c Comparison, f table.Format, width int) error {
	switch f {
	case table.JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(c)
	case table.CSV:
		return table.WriteCSV(w, c.rows())
	}
	_, err := io.WriteString(w, c.text(f, width))
	return err
}

// rows are a line for every change, below a header. What is not known is empty.
func (c *Comparison) rows() [][]string {
	rows := [][]string{{
		"scenario", "clock", "strategy", "metric", "base_label", "new_label", "base", "new",
		"difference", "difference_lo", "difference_hi", "percent", "percent_lo", "percent_hi",
		"tests", "alpha", "test", "p", "p_adjusted", "base_runs", "new_runs", "verdict",
	}}
	for _, v := range c.Against {
		for _, s := range v.Scenarios {
			for _, change := range s.Changes {
				row := []string{s.Name, s.Clock, change.Strategy, change.Metric, c.Base, v.New}
				row = append(row, change.values()...)
				row = append(row, strconv.Itoa(c.Tests), exact(&c.Alpha))
				row = append(row, change.certainty()...)
				rows = append(rows, append(row, string(change.Verdict)))
			}
		}
	}
	return rows
}

func (e *Estimate) values() []string {
	values := []string{exact(e.Base), exact(e.New), exact(e.Difference)}
	values = append(values, bounds(e.DifferenceCI)...)
	values = append(values, exact(e.Percent))
	return append(values, bounds(e.PercentCI)...)
}

func (e *Estimate) certainty() []string {
	return []string{string(e.Test), exact(e.P), exact(e.PAdjusted), strconv.Itoa(e.BaseRuns), strconv.Itoa(e.NewRuns)}
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
