package page

import (
	"slices"
	"strings"

	"ratebench/harness/chart"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A pageRow is a strategy in the scorecard of report.html.
type pageRow struct {
	Index int // of the strategy, in the order of the scenario
	Name  string
	Cells []pageCell
}

// scoreTable makes the scorecard of the page, the highest throughput first.
func scoreTable(s *result.Summary) ([]pageColumn, []pageRow) {
	rows := chart.ByTPS(s)
	columns := []pageColumn{{Heading: "Strategy", First: ascending}}
	table := make([]pageRow, len(rows))
	for i, r := range rows {
		table[i] = pageRow{Index: r.Index, Name: result.OneLine(r.Name)}
	}
	intervals := slices.ContainsFunc(rows, func(r chart.Row) bool { return r.TPS().CI95 != nil })
	for i, own := range chart.Scores(s, true) {
		if i == 0 && intervals {
			// As many decimals as the interval beside it has.
			own.Text = func(v float64) string { return metrics.RateText(v, 2) }
		}
		own.Text = oneUnit(own, rows)
		column := pageColumn{Heading: own.Heading, Remark: own.Remark, First: ascending}
		if own.Better == metrics.MoreIsBetter {
			column.First = descending
		}
		if i == 0 {
			column.Sort = descending
		}
		columns = append(columns, column)
		most, best, _ := own.Survey(rows)
		for j, r := range rows {
			cell := scoreCell(own, r, most, best)
			if i == 0 && r.TPS().CI95 != nil {
				cell.Note = "±\u00a0" + metrics.MarginText(r.TPS().Margin(), r.TPS().Value, 2)
			}
			if own.Heading == "Share" && r.Ceiling != nil { // it differs between strategies
				cell.Note = "of " + metrics.RateText(r.Ceiling.TPS, 2)
			}
			table[j].Cells = append(table[j].Cells, cell)
		}
	}
	return columns, table
}

// oneUnit writes the values of a column of durations in milliseconds if some of
// them would be in seconds: units that change from row to row are hard to compare.
func oneUnit(s chart.Score, rows []chart.Row) func(float64) string {
	short, long := false, false
	for _, r := range rows {
		if v, ok := s.Of(r.Strategy); ok {
			text := s.Text(v)
			short, long = short || strings.HasSuffix(text, " ms"), long || strings.HasSuffix(text, " s")
		}
	}
	if !short || !long {
		return s.Text
	}
	return func(v float64) string { return metrics.CountText(v) + " ms" }
}

// scoreCell is the score of a strategy.
func scoreCell(s chart.Score, r chart.Row, most float64, best string) pageCell {
	v, ok := s.Of(r.Strategy)
	if !ok {
		return pageCell{Text: "–"}
	}
	c := barCell(s.Text(v), v, most, r.Look)
	if c.Text == best && r.KeepsKeys() {
		c.Class = "best"
	}
	return c
}
