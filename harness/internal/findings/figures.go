// Package findings writes what the results say: results/README.md and the
// findings in the project's README, from templates in which no figure is
// typed. Every figure comes out of a result file or out of the table of
// published ones, and is listed with its source in figures.json.
package findings

import (
	"fmt"
	"math"
	"strconv"
)

// A Figure is a number in the text, with where it comes from.
type Figure struct {
	Text   string  `json:"text"`
	Value  float64 `json:"value"`
	Source string  `json:"source"`
}

// String is the figure as it stands in the text.
func (f Figure) String() string { return f.Text }

// figures lists the figures of a text in the order in which they were made.
type figures struct{ list []Figure }

// make lists a figure with so many decimals.
func (fs *figures) make(v float64, decimals int, source string) Figure {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
		source += " (no value)"
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if zero, err := strconv.ParseFloat(text, 64); err == nil && zero == 0 {
		text = strconv.FormatFloat(0, 'f', decimals, 64) // no -0
	}
	f := Figure{Text: text, Value: v, Source: source}
	fs.list = append(fs.list, f)
	return f
}

// scaled is so many times a figure.
func (fs *figures) scaled(by float64, f Figure, decimals int) Figure {
	return fs.make(by*f.Value, decimals, fmt.Sprintf("%g * (%s)", by, f.Source))
}

// minus is how much more a is than b.
func (fs *figures) minus(a, b Figure, decimals int) Figure {
	return fs.make(a.Value-b.Value, decimals, fmt.Sprintf("(%s) - (%s)", a.Source, b.Source))
}

// more is by how many percent a is more than b.
func (fs *figures) more(a, b Figure) Figure {
	return fs.make(100*(a.Value/b.Value-1), 1, fmt.Sprintf("100 * ((%s) / (%s) - 1)", a.Source, b.Source))
}

// fewer is by how many percent a is less than b.
func (fs *figures) fewer(a, b Figure) Figure {
	return fs.make(100*(1-a.Value/b.Value), 1, fmt.Sprintf("100 * (1 - (%s) / (%s))", a.Source, b.Source))
}

// share is a in percent of b.
func (fs *figures) share(a, b Figure) Figure {
	return fs.make(100*a.Value/b.Value, 1, fmt.Sprintf("100 * (%s) / (%s)", a.Source, b.Source))
}

// times is how many times b goes into a.
func (fs *figures) times(a, b Figure) Figure {
	return fs.make(a.Value/b.Value, 1, fmt.Sprintf("(%s) / (%s)", a.Source, b.Source))
}
