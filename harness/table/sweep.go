package table

import (
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A pivoted figure has a table of its own: a row for each strategy, and a column
// for each value of the last axis.
type pivoted struct {
	heading string
	of      func(*result.Summary, *result.Strategy) (cell string, zero bool)
}

func pivots() []pivoted {
	count := func(metric string) func(*result.Summary, *result.Strategy) (string, bool) {
		return func(_ *result.Summary, st *result.Strategy) (string, bool) {
			v, known := st.Metric(metric)
			if !known {
				return none, true
			}
			return metrics.CountText(v), v == 0
		}
	}
	return []pivoted{
		{"Throughput, in successful requests per second", func(_ *result.Summary, st *result.Strategy) (string, bool) {
			return metrics.RateText(st.TPS().Value, 2), false
		}},
		{"Throughput, in percent of what the server admits and the load offers", func(s *result.Summary, st *result.Strategy) (string, bool) {
			if most := s.Cap(st); most > 0 {
				return metrics.Fixed(100*st.TPS().Value/most, 1), false
			}
			return none, true
		}},
		{"Answers 429 per run, with those for a blocked key", count("refused")},
		{"Keys blocked per run", count("keys_blocked")},
	}
}

// pivotTables are the figures of a sweep by strategy and value; "" if there is
// no sweep. Figures that are zero throughout are left out. A text that would be wider
// than so many characters is in several tables, each with some of the values.
func pivotTables(s *result.Summary, f Format, width int) string {
	if len(s.Axes) == 0 || len(s.Strategies) == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range pivots() {
		columns, zero := p.columns(s)
		if zero {
			continue
		}
		b.WriteString(paragraph(p.heading+", by "+result.OneLine(s.Axes[len(s.Axes)-1].Name)+":", f, width))
		tables := [][]Column{columns}
		if f == Text {
			tables = narrow(columns, len(s.Axes), width)
		} else {
			b.WriteByte('\n')
		}
		for _, t := range tables {
			b.WriteString(Render(t, f) + "\n")
		}
	}
	return b.String()
}

// narrow puts columns into as many tables as it takes for none to be wider than so
// many characters, or to have but one column beside the first ones, which say what
// the rows are and which all have.
func narrow(columns []Column, first, width int) [][]Column {
	var tables [][]Column
	for _, c := range columns[first:] {
		last := len(tables) - 1
		if last < 0 || totalWidth(tables[last])+c.width()+padding > width {
			tables = append(tables, append(slices.Clone(columns[:first]), c))
			continue
		}
		tables[last] = append(tables[last], c)
	}
	return tables
}

// headOf is a heading in two lines, if it has a blank to be cut at.
func headOf(label string) [2]string {
	label = shortName(label)
	best := -1
	for i, r := range label {
		if r == ' ' && (best < 0 || max(i, len(label)-i-1) < max(best, len(label)-best-1)) {
			best = i
		}
	}
	if best < 0 {
		return [2]string{"", label}
	}
	return [2]string{label[:best], label[best+1:]}
}

// rowHeads are the columns that say what the rows are: the strategies, and values of
// these axes.
func rowHeads(axes []result.Axis) []Column {
	columns := []Column{{Head: [2]string{"", "strategy"}, Left: true}}
	for _, a := range axes {
		columns = append(columns, Column{Head: [2]string{"", shortName(a.Name)}, Left: true})
	}
	return columns
}

// rowNames are the cells of a row in the columns of rowHeads.
func rowNames(st *result.Strategy) []string {
	cells := []string{shortName(st.Plain)}
	for _, value := range st.Point {
		cells = append(cells, shortName(value))
	}
	return cells
}

// columns are those of the strategies, of all axes but the last, and of the
// values of that. Zero says that there is nothing in them.
func (p pivoted) columns(s *result.Summary) (columns []Column, zero bool) {
	last := len(s.Axes) - 1
	columns = rowHeads(s.Axes[:last])
	for _, v := range s.Axes[last].Values {
		columns = append(columns, Column{Head: headOf(v)})
	}
	zero = true
	for _, row := range pivotRows(s) {
		cells := rowNames(row)[:1+last]
		for _, v := range s.Axes[last].Values {
			cell := none
			if st := s.AtPoint(row.Plain, append(slices.Clone(row.Point[:last]), v)); st != nil {
				var nothing bool
				cell, nothing = p.of(s, st)
				zero = zero && nothing
			}
			cells = append(cells, cell)
		}
		AddRow(columns, cells...)
	}
	return columns, zero
}

// pivotRows are the first rows of each strategy and each combination of values
// of all axes but the last.
func pivotRows(s *result.Summary) []*result.Strategy {
	var rows []*result.Strategy
	last := len(s.Axes) - 1
	for i := range s.Strategies {
		st := &s.Strategies[i]
		if !slices.ContainsFunc(rows, func(o *result.Strategy) bool {
			return o.Plain == st.Plain && slices.Equal(o.Point[:last], st.Point[:last])
		}) {
			rows = append(rows, st)
		}
	}
	return rows
}
