package chart

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

// A Row is a strategy in a chart that lists them from top to bottom.
type Row struct {
	*result.Strategy
	Index int // in the order of the scenario
	Look  kit.Look
}

// ByTPS returns a row for every strategy, the highest throughput first.
func ByTPS(s *result.Summary) []Row {
	rows := make([]Row, len(s.Strategies))
	for i := range rows {
		rows[i] = Row{&s.Strategies[i], i, kit.LookOf(i)}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(b.TPS().Value, a.TPS().Value) })
	return rows
}

// writeNames writes the names of rows at the left of c, the first row below
// top, and returns what is to the right of them.
func writeNames(c draw.Canvas, rows []Row, top vg.Length) draw.Canvas {
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return kit.NewNames(names, 190, 12).Draw(c, func(i int) vg.Length { return kit.RowMiddle(top, i, len(rows)) })
}
