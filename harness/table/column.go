package table

import (
	"math"
	"slices"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ratebench/harness/result"
)

// A tableColumn is a column of the table for people.
type tableColumn struct {
	head  [2]string // two lines, the first may be ""
	rank  int       // the higher, the sooner it is left out; 0: never
	cells []string
	zero  bool // no strategy has anything but zero
}

// name is the heading in one line.
func (c *tableColumn) name() string { return result.OneLine(c.head[0] + " " + c.head[1]) }

// width is in columns of a terminal.
func (c *tableColumn) width() int {
	width := max(twwidth.Width(c.head[0]), twwidth.Width(c.head[1]))
	for _, cell := range c.cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// tableColumns returns all columns, in the order of the table.
func tableColumns(s *result.Summary) []tableColumn {
	provable := 0.0
	if p := s.Ceilings.Provable; p != nil {
		provable = *p
	}
	column := func(above, below string, rank int, of func(*result.Strategy) (float64, bool)) tableColumn {
		return numbers(s.Strategies, [2]string{above, below}, rank, of)
	}
	metric := func(above, below string, rank int, name string) tableColumn {
		return column(above, below, rank, func(s *result.Strategy) (float64, bool) { return s.Metric(name) })
	}
	return []tableColumn{
		names(s.Strategies),
		throughputs(s.Strategies),
		column("% of", "provable", 3, func(s *result.Strategy) (float64, bool) { return 100 * s.TPS.Mean / provable, provable > 0 }),
		metric("offered", "per s", 11, "offered_tps"),
		metric("", "429", 1, "429"),
		metric("", "blocked", 4, "blocked"),
		metric("", "400", 5, "400"),
		metric("", "timeouts", 4, "timeout"),
		metric("", "errors", 4, "error"),
		metric("times", "expired", 1, "expirations"),
		metric("p50", "ms", 6, "latency_p50_ms"),
		metric("p99", "ms", 2, "latency_p99_ms"),
		metric("max", "ms", 9, "latency_max_ms"),
		metric("keys", "blocked", 3, "keys_blocked"),
		column("blocked", "at s", 8, func(s *result.Strategy) (float64, bool) { return result.Value(s.FirstBlockS) }),
		metric("queue", "mean", 7, "queue_main_mean"),
		metric("queue", "peak", 7, "queue_main_peak"),
		metric("", "retries", 10, "retries"),
		metric("", "graveyard", 10, "graveyard"),
	}
}

// mostName is the longest name of a strategy, in characters, that is not
// shortened.
const mostName = 28

func names(strategies []result.Strategy) tableColumn {
	c := tableColumn{head: [2]string{"", "strategy"}}
	for _, s := range strategies {
		c.cells = append(c.cells, result.Abbreviate(result.OneLine(s.Name), mostName))
	}
	return c
}

func throughputs(strategies []result.Strategy) tableColumn {
	c := tableColumn{head: [2]string{"", "TPS"}}
	for _, s := range strategies {
		cell := result.Fixed(s.TPS.Mean, 2)
		if s.TPS.CI95 != nil {
			c.head = [2]string{"TPS", "± 95 %"}
			cell += " ± " + result.Fixed(s.TPS.Margin(), 2)
		}
		c.cells = append(c.cells, cell)
	}
	return c
}

// numbers makes a column of figures with the same number of decimals: none
// when all are whole or one is large, otherwise one. Zero, and nothing else,
// is written as 0.
func numbers(strategies []result.Strategy, head [2]string, rank int, of func(*result.Strategy) (float64, bool)) tableColumn {
	c := tableColumn{head: head, rank: rank, zero: true}
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
		cell := result.Fixed(v, decimals)
		switch {
		case !ok:
			cell = "–"
		case v == 0:
			cell = "0"
		case v < smallest/2:
			cell = "<" + result.Shortest(smallest)
		}
		c.zero = c.zero && (!ok || v == 0)
		c.cells = append(c.cells, cell)
	}
	return c
}

// withoutZeros splits off the columns that are zero for all strategies, and
// returns their names.
func withoutZeros(columns []tableColumn) (rest []tableColumn, zero []string) {
	for _, c := range columns {
		if c.zero {
			zero = append(zero, c.name())
		} else {
			rest = append(rest, c)
		}
	}
	return rest, zero
}

// textWidth is how many characters a terminal is expected to show.
const textWidth = 120

// toWidth leaves out columns, the least important first, until the rest fits,
// and returns the names of those left out.
func toWidth(columns []tableColumn, width int) (rest []tableColumn, wide []string) {
	rest = slices.Clone(columns)
	for totalWidth(rest) > width {
		worst := 0
		for i, c := range rest {
			if c.rank >= rest[worst].rank {
				worst = i
			}
		}
		if rest[worst].rank == 0 {
			break
		}
		wide = append(wide, rest[worst].name())
		rest = slices.Delete(rest, worst, worst+1)
	}
	return rest, wide
}

func totalWidth(columns []tableColumn) int {
	const padding = 2 // a blank on either side
	total := 0
	for _, c := range columns {
		total += c.width() + padding
	}
	return total
}
