package chart

import (
	"fmt"
	"slices"

	"ratebench/harness/result"
)

// FewestRuns is how many runs an interval is drawn from, at least. Of two, that of
// a t test reaches 9 standard deviations to either side, and of four still 1.6:
// bands fill the plot, or are nothing where two runs happen to agree, and neither
// says anything of how far to trust a line.
const FewestRuns = 5

// HasIntervals says whether intervals are drawn for so many runs.
func HasIntervals(runs int) bool { return runs >= FewestRuns }

// tooFew says why there are no intervals of several runs; "" if there are.
func tooFew(runs int) string {
	if runs < 2 || HasIntervals(runs) {
		return ""
	}
	return fmt.Sprintf("%d runs: too few for a 95\u00a0%% interval", runs)
}

// Drawable is what is drawn of results: with strategies called what charts call
// them, and without the intervals of too few runs. What it is given stays as it is.
func Drawable(d result.Data) result.Data { return Supported(labelled(d)) }

// Supported is results without the intervals of too few runs. What it is given stays
// as it is.
func Supported(d result.Data) result.Data {
	if HasIntervals(d.Summary.Runs) {
		return d
	}
	d.Summary.Strategies = slices.Clone(d.Summary.Strategies)
	for i := range d.Summary.Strategies {
		s := &d.Summary.Strategies[i]
		s.Figures = slices.Clone(s.Figures)
		for k := range s.Figures {
			s.Figures[k].CI95 = nil
		}
	}
	d.Series = slices.Clone(d.Series)
	for i := range d.Series {
		columns := make([][]result.Cell, len(d.Series[i].Columns))
		for k, column := range d.Series[i].Columns {
			columns[k] = slices.Clone(column)
			for m := range columns[k] {
				columns[k][m].Has = min(columns[k][m].Has, result.NoInterval)
			}
		}
		d.Series[i].Columns = columns
	}
	return d
}
