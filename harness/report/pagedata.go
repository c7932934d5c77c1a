package report

import "gonum.org/v1/plot/vg"

// pageData is what the script of report.html draws its charts from.
type pageData struct {
	Times      []float64      `json:"times"`  // of the points, in seconds
	Bounds     []float64      `json:"bounds"` // of the periods that points stand for: one more
	Strategies []pageStrategy `json:"strategies"`
	Charts     []pageChart    `json:"charts"`
}

type pageStrategy struct {
	Name   string    `json:"name"`
	Colour string    `json:"colour"` // name of a tone
	Dash   []float64 `json:"dash,omitempty"`
}

// A pageChart is an overlay with its values: a list per strategy, with null
// where there is no value.
type pageChart struct {
	Axis     string       `json:"axis"`           // "linear", "log" or "count"
	Unit     float64      `json:"unit,omitempty"` // where an axis for counts bends
	Floor    float64      `json:"-"`              // lowest value that the axis can show
	Duration bool         `json:"duration"`       // values are milliseconds
	Wide     bool         `json:"wide"`
	Lines    [][]*float64 `json:"lines"`
	Low      [][]*float64 `json:"low"` // 95 % intervals; null: there are none
	High     [][]*float64 `json:"high"`
	Rules    []pageRule   `json:"rules"`
}

// A pageRule is a horizontal line, or one in steps.
type pageRule struct {
	Steps [][2]float64 `json:"steps"` // a time in seconds, and the value from then on
	Dash  []float64    `json:"dash"`
}

// mostPoints is how many points a line of the page has at most: more than in
// the pictures, because a reader can zoom in.
const mostPoints = 600

func newPageData(d Data) pageData {
	end, group := span(d, mostPoints)
	p := pageData{Bounds: []float64{0}}
	for from := 0.0; from < end; from += float64(group) {
		to := min(from+float64(group), end)
		p.Times = append(p.Times, round((from+to)/2, countDigits))
		p.Bounds = append(p.Bounds, to)
	}
	for i, s := range d.Summary.Strategies {
		p.Strategies = append(p.Strategies, pageStrategy{oneLine(s.Name), hueName(i), points(lookOf(i).dashes)})
	}
	for _, o := range overlays {
		c := newPageChart(d, o, group, end)
		for i := range d.Series {
			c.add(&d.Series[i], o.cell, group, len(p.Times))
		}
		p.Charts = append(p.Charts, c)
	}
	return p
}

// newPageChart is a chart without its lines.
func newPageChart(d Data, o overlay, group int, end float64) pageChart {
	c := pageChart{Axis: "linear", Duration: o.duration, Wide: o.ceilings, Rules: []pageRule{}}
	switch n := o.axis(o.curves(d, group, end), &d.Summary).normalize.(type) {
	case logarithmic:
		c.Axis, c.Floor = "log", n.floor
	case logarithmicFromZero:
		c.Axis, c.Unit = "count", n.unit
	}
	if o.ceilings {
		for _, l := range ceilingLines(&d.Summary) {
			c.Rules = append(c.Rules, newPageRule(l))
		}
	}
	return c
}

func newPageRule(l ceilingLine) pageRule {
	p := pageRule{Dash: points(l.Dashes)}
	for _, s := range l.steps {
		p.Steps = append(p.Steps, [2]float64{s.from, s.value})
	}
	return p
}

// add appends the line of a strategy, of n points.
func (c *pageChart) add(t *Timeline, cell func(*Second) *Cell, group, n int) {
	line, low, high := make([]*float64, n), make([]*float64, n), make([]*float64, n)
	interval := false
	for i := range n {
		from := min(i*group, len(t.Seconds))
		s, ok := average(t.Seconds[from:min(from+group, len(t.Seconds))], cell)
		if !ok {
			continue
		}
		line[i] = rounded(s.mean)
		if s.lo < s.hi {
			low[i], high[i] = rounded(max(s.lo, c.Floor)), rounded(s.hi)
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

func rounded(v float64) *float64 {
	v = round(v, seriesDigits)
	return &v
}

// points are lengths in pixels.
func points(lengths []vg.Length) []float64 {
	var p []float64
	for _, l := range lengths {
		p = append(p, l.Points())
	}
	return p
}
