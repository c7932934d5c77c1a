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
				lo, hi := bounds(change.DifferenceCI)
				percentLo, percentHi := bounds(change.PercentCI)
				rows = append(rows, []string{
					s.Name, s.Clock, change.Strategy, change.Metric, c.Base, v.New, exact(change.Base), exact(change.New),
					exact(change.Difference), lo, hi, exact(change.Percent), percentLo, percentHi,
					strconv.Itoa(c.Tests), exact(&c.Alpha), string(change.Test), exact(change.P), exact(change.PAdjusted),
					strconv.Itoa(change.BaseRuns), strconv.Itoa(change.NewRuns), string(change.Verdict),
				})
			}
		}
	}
	return rows
}

func exact(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func bounds(ci *[2]float64) (lo, hi string) {
	if ci == nil {
		return "", ""
	}
	return exact(&ci[0]), exact(&ci[1])
}
