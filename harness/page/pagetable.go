package page

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// A pageColumn is a column of a table that can be sorted.
type pageColumn struct {
	Heading, Remark string
	First           string // direction of the first click, the best at the top
	Sort            string // how the column is sorted when the page opens; "": it is not
}

// Directions of sorting, in the words of aria-sort.
const (
	ascending  = "ascending"
	descending = "descending"
)

// A pageCell is a cell; Value is what it is sorted by, "" when it has none.
type pageCell struct {
	Text, Note string
	Value      string
	Class      string
	Bar        *pageBar // nil: there is none
}

// barCell is the cell of a value that is a part of a whole.
func barCell(text string, part, whole float64, l kit.Look) pageCell {
	return pageCell{Text: text, Value: metrics.Shortest(part), Bar: newPageBar(part, whole, l)}
}

// A pageBar is a horizontal bar in a strategy's colours; Width is in percent of the cell.
type pageBar struct {
	Width string
	Look  kit.Look
}

// newPageBar is the bar for a part of a whole; nil: there is nothing to see.
func newPageBar(part, whole float64, l kit.Look) *pageBar {
	if part <= 0 || whole <= 0 {
		return nil
	}
	return &pageBar{metrics.Shortest(min(metrics.Round(100*part/whole, 1), 100)), l}
}

// dashText writes dashes as an attribute.
func dashText(dashes []vg.Length) string { return strings.Trim(fmt.Sprint(dashes), "[]") }
