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

const (
	mostNameWidth = 190
	afterNames    = 12
)

// writeNames writes the names of rows at the left of c, the first row below
// top, and returns what is to the right of them.
func writeNames(c draw.Canvas, rows []Row, top vg.Length) draw.Canvas {
	st := kit.Regular(kit.SizeName, kit.Ink)
	var width vg.Length
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = kit.Fit(st, r.Name, mostNameWidth)
		width = max(width, st.Width(names[i]))
	}
	for i, name := range names {
		kit.WriteMiddle(c, st, draw.XRight, vg.Point{X: c.Min.X + width, Y: kit.RowMiddle(top, i, len(rows))}, name)
	}
	c.Min.X += width + afterNames
	return c
}
