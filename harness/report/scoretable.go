package report

// A pageRow is a strategy in the scorecard of report.html.
type pageRow struct {
	Index  int // of the strategy, in the order of the scenario
	Name   string
	Swatch swatch
	Cells  []pageCell
}

// pageScores are the columns of the scorecard of the page: those of the
// picture and a few more.
func pageScores(s *Summary) []score {
	list := []score{scores[0]}
	if p := s.Ceilings.Provable; p != nil {
		list = append(list, score{"Share", "of the provable ceiling",
			func(st *Strategy) (float64, bool) { return 100 * st.TPS.Mean / *p, true },
			func(v float64) string { return fixed(v, 1) + "\u00a0%" }, true})
	}
	list = append(list, score{"Latency", "median",
		func(st *Strategy) (float64, bool) { return st.Metric("latency_p50_ms") }, durationText, false})
	list = append(list, scores[1:]...)
	return append(list, score{"Keys blocked", "per run",
		func(st *Strategy) (float64, bool) { return st.KeysBlocked, true }, countText, false})
}

// scoreTable makes the scorecard of the page, the highest throughput first.
func scoreTable(s *Summary) ([]pageColumn, []pageRow) {
	rows := byTPS(s)
	columns := []pageColumn{{Heading: "Strategy", First: ascending, Sort: unsorted}}
	table := make([]pageRow, len(rows))
	for i, r := range rows {
		table[i] = pageRow{Index: r.index, Name: oneLine(r.Name), Swatch: newSwatch(r.look)}
	}
	for i, own := range pageScores(s) {
		column := pageColumn{Heading: own.heading, Remark: own.remark, First: ascending, Sort: unsorted}
		if own.moreIsBetter {
			column.First = descending
		}
		if i == 0 {
			column.Sort = descending
		}
		columns = append(columns, column)
		most, best, _ := own.survey(rows)
		for j, r := range rows {
			cell := own.cell(r, most, best)
			if i == 0 && r.TPS.CI95 != nil {
				cell.Note = "±\u00a0" + fixed(r.TPS.margin(), 2)
			}
			table[j].Cells = append(table[j].Cells, cell)
		}
	}
	return columns, table
}

// cell is the score of a strategy.
func (s score) cell(r row, most float64, best string) pageCell {
	v, ok := s.of(r.Strategy)
	if !ok {
		return pageCell{Text: "–"}
	}
	c := pageCell{Text: s.text(v), Value: shortest(v), Bar: newPageBar(v, most, r.look)}
	if c.Text == best {
		c.Class = "best"
	}
	return c
}
