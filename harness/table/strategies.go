package table

import (
	"math"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// strategyColumns are a row for each strategy: its name, its throughput, its
// ceiling and its share of that, and then what the catalogue puts into the table.
// The ceiling goes before the share, which can be compared without it. Latencies
// have beside them how many requests they are of.
func strategyColumns(s *result.Summary) []Column {
	columns := rowHeads(s.Axes)
	for _, st := range s.Strategies {
		AddRow(columns, rowNames(&st)...)
	}
	columns = append(columns, throughputs(s.Strategies))
	if slices.ContainsFunc(s.Strategies, func(st result.Strategy) bool { return st.Ceiling != nil }) {
		columns = append(columns, ceilings(s.Strategies),
			numbers(s.Strategies, [2]string{"% of its", "ceiling"}, 3, (*result.Strategy).Share))
	}
	beside := false
	for _, m := range metrics.Catalogue() {
		if m.Heading != [2]string{} && !(m.Rare && allLack(s.Strategies, m.Name)) {
			if !beside && m.Written == metrics.AsMilliseconds {
				beside = true
				columns = append(columns, numbers(s.Strategies, [2]string{"succeed", "%"}, 3, (*result.Strategy).SuccessShare))
			}
			of := func(st *result.Strategy) (float64, bool) { return st.Metric(m.Name) }
			column := numbers(s.Strategies, m.Heading, m.Dispensable, of)
			switch m.Written {
			case metrics.AsRate:
				column.Cells = rates(s.Strategies, of, 1)
			case metrics.AsRatio:
				column.Cells = rates(s.Strategies, of, 2)
			}
			columns = append(columns, column)
		}
	}
	return columns
}

// mostName is the longest name of a strategy, in characters, that is not
// shortened.
const mostName = 28

func shortName(name string) string { return result.Abbreviate(result.OneLine(name), mostName) }

func throughputs(strategies []result.Strategy) Column {
	c := Column{Head: [2]string{"", "TPS"}}
	for _, s := range strategies {
		tps := s.TPS()
		cell := metrics.RateText(tps.Value, 2)
		if tps.CI95 != nil {
			c.Head = [2]string{"TPS", "± 95 %"}
			cell += " ± " + metrics.MarginText(tps.Margin(), tps.Value, 2)
		}
		c.Cells = append(c.Cells, cell)
	}
	return c
}

// ceilings are what each strategy cannot get above, with the digits of the
// throughput.
func ceilings(strategies []result.Strategy) Column {
	of := func(s *result.Strategy) (float64, bool) {
		if s.Ceiling == nil {
			return 0, false
		}
		return s.Ceiling.TPS, true
	}
	return Column{Head: [2]string{"", "ceiling"}, Dispensable: 5, Cells: rates(strategies, of, 2)}
}

// numbers makes a column of figures with the same number of decimals: none
// when all are whole or one is large, otherwise one. Zero, and nothing else,
// is written as 0.
func numbers(strategies []result.Strategy, head [2]string, dispensable int, of func(*result.Strategy) (float64, bool)) Column {
	c := Column{Head: head, Dispensable: dispensable}
	decimals, smallest := 0, 1.0
	for i := range strategies {
		v, ok := of(&strategies[i])
		if ok && v != math.Trunc(v) {
			decimals, smallest = 1, 0.1
		}
		if ok && v >= 1000 {
			decimals, smallest = 0, 1
			break
		}
	}
	for i := range strategies {
		v, ok := of(&strategies[i])
		cell := metrics.Fixed(v, decimals)
		switch {
		case !ok:
			cell = none
		case v == 0:
			cell = "0"
		case v < smallest/2:
			cell = "<" + metrics.Shortest(smallest)
		}
		c.Cells = append(c.Cells, cell)
	}
	return c
}

// allLack reports whether no strategy has the figure of a metric.
func allLack(strategies []result.Strategy, metric string) bool {
	return !slices.ContainsFunc(strategies, func(s result.Strategy) bool { return s.Of(metric).Known })
}

// rates are cells of figures with so many decimals, which keep their digits however
// small they are.
func rates(strategies []result.Strategy, of func(*result.Strategy) (float64, bool), decimals int) []string {
	cells := make([]string, len(strategies))
	for i := range strategies {
		switch v, ok := of(&strategies[i]); {
		case !ok:
			cells[i] = none
		case v == 0:
			cells[i] = "0"
		default:
			cells[i] = metrics.RateText(v, decimals)
		}
	}
	return cells
}

// none stands for a figure that there is not.
const none = "–"

// withoutZeros splits off the columns in which no strategy has anything but
// zero, and those in which none has a value, and returns their names.
func withoutZeros(columns []Column) (rest []Column, zero, empty []string) {
	for _, c := range columns {
		switch text := strings.Join(c.Cells, ""); {
		case strings.Trim(text, none) == "":
			empty = append(empty, c.Name())
		case strings.Trim(text, "0"+none) == "":
			zero = append(zero, c.Name())
		default:
			rest = append(rest, c)
		}
	}
	return rest, zero, empty
}

// strategyRows are all metrics, for CSV; those with an interval are
// followed by its bounds.
func strategyRows(s *result.Summary) [][]string {
	header := []string{"strategy"}
	for _, a := range s.Axes {
		header = append(header, a.Name)
	}
	shown := slices.DeleteFunc(slices.Clone(metrics.Catalogue()), func(m metrics.Metric) bool { return m.Rare && allLack(s.Strategies, m.Name) })
	for _, m := range shown {
		header = append(header, m.Name)
		if m.Interval {
			header = append(header, m.Name+"_lo", m.Name+"_hi")
		}
	}
	rows := [][]string{header}
	for _, s := range s.Strategies {
		row := append([]string{s.Plain}, s.Point...)
		for _, m := range shown {
			f := s.Of(m.Name)
			cells := []string{"", "", ""}
			if f.Known {
				cells[0] = metrics.Shortest(f.Value)
			}
			if f.CI95 != nil {
				cells[1], cells[2] = metrics.Shortest(f.CI95[0]), metrics.Shortest(f.CI95[1])
			}
			if !m.Interval {
				cells = cells[:1]
			}
			row = append(row, cells...)
		}
		rows = append(rows, row)
	}
	return rows
}
