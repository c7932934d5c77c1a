package page

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"ratebench/harness/chart"
	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// indexPage is what the template of index.html is filled with.
type indexPage struct {
	Page    page
	Title   string
	Count   string
	Columns []pageColumn
	Rows    []indexRow
}

// An indexRow is a scenario in one world.
type indexRow struct {
	Name, Question string
	Link           string // "": there is no report
	Cells          []pageCell
}

func indexHTML(results []listed, title string) ([]byte, error) {
	base, err := newPage(title+" – ratebench", false, "table.js", "theme.js")
	if err != nil {
		return nil, err
	}
	p := indexPage{
		Page:  base,
		Title: title,
		Count: "1 result",
		Columns: []pageColumn{
			{Heading: "Scenario", First: ascending},
			{Heading: "Clock", First: ascending},
			{Heading: "Best strategy", First: ascending},
			{Heading: "Throughput", Remark: "successes per second", First: descending},
			{Heading: "Share", Remark: "of its ceiling", First: descending},
			{Heading: "Expectations", Remark: "that hold", First: ascending},
		},
	}
	if len(results) > 1 {
		p.Count = fmt.Sprintf("%d results", len(results))
	}
	for _, r := range results {
		p.Rows = append(p.Rows, r.row())
	}
	return renderPage(IndexFile, p)
}

func (r listed) row() indexRow {
	s := &r.summary
	row := indexRow{Name: result.OneLine(s.Scenario.Name), Question: s.Question}
	if r.report {
		row.Link = (&url.URL{Path: path.Join(r.folder, folder.ReportFile)}).String()
	}
	clock := pageCell{Text: s.Clock, Value: s.Clock}
	if s.Interrupted {
		clock.Note = "interrupted"
	}
	row.Cells = append(row.Cells, clock)
	row.Cells = append(row.Cells, bestCells(s)...)
	row.Cells = append(row.Cells, expectationCell(s.Expectations))
	return row
}

// bestCells are the strategy with the highest throughput of those that keep their
// keys, that throughput and its share of its own ceiling.
func bestCells(s *result.Summary) []pageCell {
	none := pageCell{Text: "–"}
	if len(s.Strategies) == 0 {
		return []pageCell{none, none, none}
	}
	rows := chart.ByTPS(s)
	i := slices.IndexFunc(rows, func(r chart.Row) bool { return r.KeepsKeys() })
	if i < 0 {
		return []pageCell{{Text: "none", Note: "none keeps its keys"}, none, none}
	}
	best := rows[i]
	name := pageCell{Text: result.OneLine(best.Name), Value: result.OneLine(best.Name)}
	if best.TPS().Value == 0 {
		name = pageCell{Text: "none", Note: strings.Join(s.Failures(), "; ")}
	}
	part := none
	tps := pageCell{Text: metrics.RateText(best.TPS().Value, 2), Value: metrics.Shortest(best.TPS().Value)}
	if best.TPS().CI95 != nil && chart.HasIntervals(s.Runs) {
		tps.Note = "±\u00a0" + metrics.MarginText(best.TPS().Margin(), best.TPS().Value, 2)
	}
	if share, known := best.Share(); known {
		part = barCell(metrics.Fixed(share, 1)+"\u00a0%", share, 100, kit.LookOf(0))
		part.Note = best.Ceiling.Words()
	}
	return []pageCell{name, tps, part}
}

// expectationCell says how many expectations hold.
func expectationCell(expectations []result.Expectation) pageCell {
	all := len(expectations)
	if all == 0 {
		return pageCell{Text: "–"}
	}
	n := held(expectations)
	c := pageCell{Text: fmt.Sprintf("✗ %d of %d", n, all), Value: metrics.Shortest(float64(n) / float64(all)), Class: "fails"}
	if n == all {
		c.Text, c.Class = fmt.Sprintf("✓ %d of %d", n, all), "holds"
	}
	return c
}
