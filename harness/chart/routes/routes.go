// Package routes draws what becomes of requests of several kinds: for each
// strategy a bar for each route, in panels side by side.
package routes

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A figure is what a panel shows of a route.
type figure struct {
	heading kit.Heading
	always  bool // even if it is 0 throughout
	of      func(r *result.Route, seconds float64) (float64, bool)
	text    func(float64) string
}

func figures() []figure {
	rate := func(v float64) string {
		if v == 0 {
			return "0"
		}
		return metrics.RateText(v, 1)
	}
	return []figure{
		{kit.Heading{Name: "Throughput", Note: "successful requests per second"}, true,
			func(r *result.Route, _ float64) (float64, bool) { return r.TPS, true }, rate},
		{kit.Heading{Name: "Refused", Note: "answers 429 per second"}, false,
			func(r *result.Route, seconds float64) (float64, bool) { return r.Refused / seconds, seconds > 0 }, rate},
		{kit.Heading{Name: "Expired", Note: "times a TTL passed, per second"}, false,
			func(r *result.Route, seconds float64) (float64, bool) { return r.Expired / seconds, seconds > 0 }, rate},
		{kit.Heading{Name: "Latency", Note: "99th percentile"}, false,
			func(r *result.Route, _ float64) (float64, bool) { return result.Value(r.P99) }, kit.DurationLabel},
	}
}

// mostRows is how many strategies, or rows of a sweep, one picture has room for.
const mostRows = 24

// Chart is the chart of all strategies by route; false: requests are of one kind,
// or there are too many rows, whose figures are in tables.
func Chart(d result.Data) (kit.Chart, bool) {
	s := &d.Summary
	b := newBars(s)
	if len(b.rows) == 0 || len(b.rows) > mostRows {
		return kit.Chart{}, false
	}
	subtitle := "By kind of request. Marks on the bars of the throughput: what was offered."
	if s.Runs > 1 {
		subtitle += fmt.Sprintf(" Means of %d runs.", s.Runs)
	}
	return kit.Chart{
		Title:    title(b.rows),
		Subtitle: subtitle,
		Height:   b.key.Height() + kit.HeadingSpace + b.group()*vg.Length(len(b.rows)),
		Body:     b.draw,
	}, true
}

// title says whom the strategy with the highest throughput serves least, and whom
// most.
func title(rows []*result.Strategy) string {
	best := slices.MaxFunc(rows, func(a, b *result.Strategy) int { return cmp.Compare(a.TPS().Value, b.TPS().Value) })
	share := func(r result.Route) float64 { v, _ := r.Share(); return v }
	known := slices.DeleteFunc(slices.Clone(best.Routes), func(r result.Route) bool { _, ok := r.Share(); return !ok })
	if len(known) == 0 {
		return "By kind of request"
	}
	byShare := func(a, b result.Route) int { return cmp.Compare(share(a), share(b)) }
	least, most := slices.MinFunc(known, byShare), slices.MaxFunc(known, byShare)
	name := result.Abbreviate(result.OneLine(best.Name), 40)
	low, high := metrics.Fixed(share(least), 1), metrics.Fixed(share(most), 1)
	const alike = 1 // percent
	if share(most)-share(least) < alike {
		return fmt.Sprintf("%s gets as much of each route through: %s\u00a0%%", name, low)
	}
	return fmt.Sprintf("%s gets %s\u00a0%% of %s through, and %s\u00a0%% of %s", name,
		low, result.Abbreviate(least.Name, 20), high, result.Abbreviate(most.Name, 20))
}

// bars is the body of the chart.
type bars struct {
	rows    []*result.Strategy
	names   kit.Names
	routes  []string // their names, in the order of the scenario
	key     kit.Key
	panels  []panel
	seconds float64 // of a run
}

// A panel is a figure with its axis.
type panel struct {
	figure
	top float64
}

const (
	mostLabel = 140 // of a route in the key
	panelGap  = 20
	valueRoom = 46 // right of the longest bar
	groupGap  = 8  // between strategies
)

func newBars(s *result.Summary) bars {
	b := bars{seconds: s.DurationS}
	var names []string
	for i := range s.Strategies {
		st := &s.Strategies[i]
		if len(st.Routes) == 0 {
			continue
		}
		b.rows = append(b.rows, st)
		names = append(names, result.OneLine(strings.TrimSpace(st.Name)))
		for k := len(b.routes); k < len(st.Routes); k++ {
			b.routes = append(b.routes, st.Routes[k].Name)
		}
	}
	b.names = kit.NewNames(names, 170, 10)
	for k, name := range b.routes {
		b.key = append(b.key, kit.KeyItem{
			Label: kit.Fit(b.key.Style(), result.OneLine(name), mostLabel),
			Line:  draw.LineStyle{Color: b.colour(k), Width: 8},
		})
	}
	for _, f := range figures() {
		p := panel{figure: f}
		for _, st := range b.rows {
			for k := range st.Routes {
				v, _ := f.of(&st.Routes[k], b.seconds)
				p.top = max(p.top, v)
				if f.always {
					p.top = max(p.top, st.Routes[k].Offered)
				}
			}
		}
		if p.top > 0 || f.always {
			b.panels = append(b.panels, p)
		}
	}
	return b
}

// colour is that of a route: unlike those of strategies, which other charts have.
func (b bars) colour(route int) color.NRGBA { return kit.Ramp(route, len(b.routes)) }

// thickness leaves many routes less room than few.
func (b bars) thickness() vg.Length {
	switch n := len(b.routes); {
	case n <= 3:
		return 13
	case n <= 6:
		return 11
	}
	return 9
}

// group is the height of a strategy.
func (b bars) group() vg.Length { return b.thickness()*vg.Length(len(b.routes)) + groupGap }

func (b bars) draw(c draw.Canvas) {
	c = b.key.Draw(c)
	top := c.Max.Y - kit.HeadingSpace
	bottom := top - b.group()*vg.Length(len(b.rows))
	c = b.names.Draw(c, func(i int) vg.Length { return top - b.group()*(vg.Length(i)+0.5) })
	width := (c.Max.X - c.Min.X - panelGap*vg.Length(len(b.panels)-1)) / vg.Length(len(b.panels))
	for i, p := range b.panels {
		x := c.Min.X + (width+panelGap)*vg.Length(i)
		b.drawPanel(c, p, kit.Ruler{X0: x, X1: x + width - valueRoom, Max: max(p.top, 1e-9)}, top, bottom)
	}
}

func (b bars) drawPanel(c draw.Canvas, p panel, r kit.Ruler, top, bottom vg.Length) {
	kit.Write(c, kit.Bold(kit.SizeHeading, kit.Ink), draw.XLeft, vg.Point{X: r.X0, Y: top + 20}, p.heading.Name)
	kit.Write(c, kit.Regular(kit.SizeRemark, kit.Muted), draw.XLeft, vg.Point{X: r.X0, Y: top + 6},
		kit.Fit(kit.Regular(kit.SizeRemark, kit.Muted), p.heading.Note, r.X1-r.X0+valueRoom))
	c.StrokeLine2(draw.LineStyle{Color: kit.AxisGrey, Width: 1}, r.X0, bottom, r.X0, top)
	values := kit.Regular(9, kit.Ink)
	for i, st := range b.rows {
		for k := range st.Routes {
			route := &st.Routes[k]
			y := top - b.group()*vg.Length(i) - groupGap/2 - b.thickness()*(vg.Length(k)+0.5)
			v, known := p.of(route, b.seconds)
			text, end := "–", r.X0
			if known {
				text, end = p.text(v), r.At(v)
				kit.FillBox(c, b.colour(k), r.X0, y-b.thickness()/2+0.5, end, y+b.thickness()/2-0.5)
			}
			if p.always && route.Offered > 0 {
				mark := r.At(route.Offered)
				c.StrokeLine2(draw.LineStyle{Color: kit.Ink, Width: 1.2}, mark, y-b.thickness()/2, mark, y+b.thickness()/2)
				end = max(end, mark)
			}
			kit.WriteMiddle(c, values, draw.XLeft, vg.Point{X: end + 4, Y: y}, text)
		}
	}
}
