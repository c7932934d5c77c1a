package page

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart"
	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// pageData is what the script of report.html draws its charts from.
type pageData struct {
	Times      []float64      `json:"times"`  // of the points, in seconds
	Bounds     []float64      `json:"bounds"` // of the periods that points stand for: one more
	Strategies []pageStrategy `json:"strategies"`
	Charts     []pageChart    `json:"charts"`
	Spans      []pageSpan     `json:"spans"` // of time, that are shaded
}

// A pageSpan is a time, in seconds, that is shaded.
type pageSpan struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Shade float64 `json:"shade"` // from 0 to 1; 0 is a line, of what happens at once
	What  string  `json:"what"`
}

// mostAffected is how many strategies are named that something happens to.
const mostAffected = 3

// newPageSpans are spans, with those of several strategies in one.
func newPageSpans(spans []overlay.Span, s *result.Summary) []pageSpan {
	list := []pageSpan{}
	for _, one := range overlay.Apart(spans) {
		var who []string
		for _, span := range spans {
			of := span
			if of.Strategy = overlay.All; of == one && span.Strategy != overlay.All {
				who = append(who, result.OneLine(s.Strategies[span.Strategy].Name))
			}
		}
		if more := len(who) - mostAffected; more > 0 {
			who = append(who[:mostAffected], fmt.Sprintf("%d more", more))
		}
		p := pageSpan{one.From, one.To, one.Kind.Opacity(), one.What}
		if len(who) > 0 {
			p.What += ": " + strings.Join(who, ", ")
		}
		list = append(list, p)
	}
	return list
}

type pageStrategy struct {
	Name   string      `json:"name"`
	At     []int       `json:"at,omitempty"`    // of a sweep, which value of each axis
	Loses  bool        `json:"loses,omitempty"` // keys
	Colour string      `json:"colour"`          // name of a tone
	Dash   []vg.Length `json:"dash,omitempty"`
}

// place is where a row of a sweep is on each axis; nil: there is no sweep.
func place(s *result.Summary, row *result.Strategy) []int {
	var at []int
	for i, value := range row.Point {
		at = append(at, slices.Index(s.Axes[i].Values, value))
	}
	return at
}

// A pageChart is a figure over time with its values: a list per strategy, with null
// where there is no value.
type pageChart struct {
	What     string       `json:"what"`           // its values are
	Axis     string       `json:"axis"`           // "linear", "log" or "count"
	Unit     float64      `json:"unit,omitempty"` // where an axis for counts bends
	Floor    float64      `json:"-"`              // lowest value that the axis can show
	Duration bool         `json:"duration"`       // values are milliseconds
	Wide     bool         `json:"wide"`
	Lines    [][]*float64 `json:"lines"`
	Over     []int        `json:"over,omitempty"` // lines that lie over others from end to end
	Low      [][]*float64 `json:"low"`            // 95 % intervals, or their means; null: there are none
	High     [][]*float64 `json:"high"`
	Rules    []pageRule   `json:"rules"`
}

// A pageRule is a horizontal line, or one in steps.
type pageRule struct {
	Name  string       `json:"name"`
	Steps [][2]float64 `json:"steps"` // a time in seconds, and the value from then on
	Dash  []vg.Length  `json:"dash"`
}

// mostPoints is how many points a line of the page has at most: more than in
// the pictures, because a reader can zoom in, unless there are so many lines that the
// page would be slow.
func mostPoints(s *result.Summary) int {
	const least, most, all = 120, 600, 6000
	return max(least, min(most, all/max(1, len(s.Strategies))))
}

// newPageData is what charts of figures are drawn from.
func newPageData(d result.Data, figures []*chart.Figure) pageData {
	end, group := chart.Span(d, mostPoints(&d.Summary))
	p := pageData{Bounds: []float64{0}, Charts: []pageChart{}, Spans: newPageSpans(overlay.Of(&d, end), &d.Summary)}
	for from := 0.0; from < end; from += float64(group) {
		to := min(from+float64(group), end)
		p.Times = append(p.Times, metrics.Round((from+to)/2, 4))
		p.Bounds = append(p.Bounds, to)
	}
	for i, s := range d.Summary.Strategies {
		p.Strategies = append(p.Strategies, pageStrategy{result.OneLine(s.Name), place(&d.Summary, &s), !s.KeepsKeys(), kit.HueName(i), kit.LookOf(i).Dashes})
	}
	for _, f := range figures {
		c := newPageChart(d, f, group, end)
		for k := range d.Series {
			c.add(f.Cells(&d.Series[k]), group/d.Series[k].Step(), len(p.Times))
		}
		p.Charts = append(p.Charts, c)
	}
	return p
}

// newPageChart is a chart without its lines.
func newPageChart(d result.Data, f *chart.Figure, group int, end float64) pageChart {
	c := pageChart{What: f.Unit, Axis: "linear", Duration: f.Duration(), Wide: f.Ceilings, Rules: []pageRule{}}
	curves := f.Curves(d, group, end)
	for i := range crowd.Overlaid(curves) {
		c.Over = append(c.Over, i)
	}
	slices.Sort(c.Over)
	switch n := f.Axis(curves, &d.Summary).Normalize.(type) {
	case kit.Logarithmic:
		c.Axis, c.Floor = "log", n.Floor
	case kit.LogarithmicFromZero:
		c.Axis, c.Unit = "count", n.Unit
	}
	if f.Ceilings {
		for _, l := range chart.CeilingLines(&d.Summary) {
			c.Rules = append(c.Rules, newPageRule(l))
		}
	}
	return c
}

func newPageRule(l chart.CeilingLine) pageRule {
	p := pageRule{Name: l.Name(), Dash: l.Dashes}
	for _, s := range l.Steps {
		p.Steps = append(p.Steps, [2]float64{s.From, s.Value})
	}
	return p
}

// add appends the line of a strategy, of n points, each for a group of rows.
func (c *pageChart) add(rows []result.Cell, group, n int) {
	line, low, high := make([]*float64, n), make([]*float64, n), make([]*float64, n)
	interval := false
	for i := range n {
		from := min(i*group, len(rows))
		s, ok := chart.Average(rows[from:min(from+group, len(rows))])
		if !ok {
			continue
		}
		line[i] = rounded(s.Mean)
		if s.Lo < s.Hi {
			low[i], high[i] = rounded(max(s.Lo, c.Floor)), rounded(s.Hi)
			interval = true
		}
	}
	if !interval {
		low, high = nil, nil
	}
	c.Lines = append(c.Lines, line)
	c.Low = append(c.Low, low)
	c.High = append(c.High, high)
}

// rounded is a value as precise as a reader of a chart can tell it: with two
// decimals, or three significant digits where these are more.
func rounded(v float64) *float64 {
	if math.Abs(v) < 1 {
		v = metrics.Significant(v, 3)
	} else {
		v = metrics.Round(v, 2)
	}
	return &v
}
