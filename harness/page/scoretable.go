package page

import (
	"ratebench/harness/chart"
	"ratebench/harness/result"
)

// A pageRow is a strategy in the scorecard of report.html.
type pageRow struct {
	Index  int // of the strategy, in the order of the scenario
	Name   string
	Swatch swatch
	Cells  []pageCell
}

// pageScores are the columns of the scorecard of the page: those of the
// picture and a few more.
func pageScores(s *result.Summary) []chart.Score {
	list := []chart.Score{chart.Scores[0]}
	if p := s.Ceilings.Provable; p != nil {
		list = append(list, chart.Score{Heading: "Share", Remark: "of the provable ceiling",
			Of:   func(st *result.Strategy) (float64, bool) { return 100 * st.TPS.Mean / *p, true },
			Text: func(v float64) string { return result.Fixed(v, 1) + "\u00a0%" }, MoreIsBetter: true})
	}
	list = append(list, chart.Score{Heading: "Latency", Remark: "median",
		Of: func(st *result.Strategy) (float64, bool) { return st.Metric("latency_p50_ms") }, Text: result.DurationText})
	list = append(list, chart.Scores[1:]...)
	return append(list, chart.Score{Heading: "Keys blocked", Remark: "per run",
		Of: func(st *result.Strategy) (float64, bool) { return st.KeysBlocked, true }, Text: result.CountText})
}

// scoreTable makes the scorecard of the page, the highest throughput first.
func scoreTable(s *result.Summary) ([]pageColumn, []pageRow) {
	rows := chart.ByTPS(s)
	columns := []pageColumn{{Heading: "Strategy", First: ascending, Sort: unsorted}}
	table := make([]pageRow, len(rows))
	for i, r := range rows {
		table[i] = pageRow{Index: r.Index, Name: result.OneLine(r.Name), Swatch: newSwatch(r.Look)}
	}
	for i, own := range pageScores(s) {
		column := pageColumn{Heading: own.Heading, Remark: own.Remark, First: ascending, Sort: unsorted}
		if own.MoreIsBetter {
			column.First = descending
		}
		if i == 0 {
			column.Sort = descending
		}
		columns = append(columns, column)
		most, best, _ := own.Survey(rows)
		for j, r := range rows {
			cell := scoreCell(own, r, most, best)
			if i == 0 && r.TPS.CI95 != nil {
				cell.Note = "±\u00a0" + result.Fixed(r.TPS.Margin(), 2)
			}
			table[j].Cells = append(table[j].Cells, cell)
		}
	}
	return columns, table
}

// scoreCell is the score of a strategy.
func scoreCell(s chart.Score, r chart.Row, most float64, best string) pageCell {
	v, ok := s.Of(r.Strategy)
	if !ok {
		return pageCell{Text: "–"}
	}
	c := pageCell{Text: s.Text(v), Value: result.Shortest(v), Bar: newPageBar(v, most, r.Look)}
	if c.Text == best {
		c.Class = "best"
	}
	return c
}
