package page

import (
	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// A pageColumn is a column of a table that can be sorted.
type pageColumn struct {
	Heading, Remark string
	First           string // direction of the first click, the best at the top
	Sort            string // how the column is sorted when the page opens
}

// Directions of sorting, in the words of aria-sort.
const (
	ascending  = "ascending"
	descending = "descending"
	unsorted   = "none"
)

// A pageCell is a cell; Value is what it is sorted by, "" when it has none.
type pageCell struct {
	Text, Note string
	Value      string
	Class      string
	Bar        *pageBar // nil: there is none
}

// A pageBar is a horizontal bar; Width is in percent of the cell.
type pageBar struct{ Width, Fill, Edge string }

// newPageBar is the bar for a part of a whole in a strategy's colours.
func newPageBar(part, whole float64, l kit.Look) *pageBar {
	if part <= 0 || whole <= 0 {
		return nil
	}
	return &pageBar{Width: metrics.Shortest(min(metrics.Round(100*part/whole, 1), 100)), Fill: kit.Hex(l.Fill), Edge: kit.Hex(l.Line)}
}

// A swatch is a short line in the colour of a strategy.
type swatch struct{ Line, Dashes string }

func newSwatch(l kit.Look) swatch { return swatch{kit.Hex(l.Line), dashText(l.Dashes)} }

// dashText writes dashes as an attribute.
func dashText(dashes []vg.Length) string {
	s := ""
	for i, d := range dashes {
		if i > 0 {
			s += " "
		}
		s += metrics.Shortest(d.Points())
	}
	return s
}
