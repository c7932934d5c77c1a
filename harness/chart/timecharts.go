package chart

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/result"
)

// multiples is the chart of a figure with a panel for each strategy that has any of
// it; false: none has.
func (f *Figure) multiples(d result.Data) (c kit.Chart, ok bool) {
	end, group := Span(d, panelPoints)
	p := panels{end: end, spans: overlay.Of(&d, end)}
	var curves []kit.Curve
	for i := range d.Summary.Strategies {
		s, t := &d.Summary.Strategies[i], &d.Series[i]
		item := panel{name: s.Name, note: f.note(s), strategy: i, look: kit.LookOf(i), major: NewCurve(t.Column(f.major.column), t.Step(), group, end)}
		item.minor = NewCurve(t.Column(f.minor.column), t.Step(), group, end).OrNothing()
		p.items = append(p.items, item)
		curves = append(curves, item.major, item.minor)
	}
	if f.Ceilings {
		p.ceilings = CeilingLines(&d.Summary)
	}
	p.y = f.scale(curves, &d.Summary)
	var none []string
	if f.axis == counts {
		none = p.leaveOut()
	}
	if len(p.items) == 0 {
		return kit.Chart{}, false
	}
	p.key = f.key(d, p)
	return kit.Chart{
		Title:    f.title(&d.Summary),
		Subtitle: points(d.Summary.Runs, group, true) + p.y.Remark + without(none),
		Height:   p.height(),
		Body:     p.draw,
	}, true
}

// panelPoints is how many points a line in a panel has at most: more cannot be
// told apart.
const panelPoints = 120

// Span is how far the horizontal axis reaches, in seconds, and how many
// seconds a point stands for so that there are not too many.
func Span(d result.Data, mostPoints int) (end float64, group int) {
	seconds, step := 1, 1
	for _, t := range d.Series {
		seconds, step = max(seconds, t.Seconds()), t.Step()
	}
	end = float64(seconds)
	if s := d.Summary.DurationS; s > 0 && s < end {
		end = s // the last second is a short one
	}
	return end, step * GroupSize((seconds+step-1)/step, mostPoints)
}

// points says what a point of a curve is of so many runs, and what the bands are if they
// are drawn.
func points(runs, group int, bands bool) string {
	every := "Every " + period(group)
	switch why := tooFew(runs); {
	case runs < 2:
		return every + " of one run."
	case bands && why != "":
		return fmt.Sprintf("%s, mean of %s.", every, why)
	case bands:
		return fmt.Sprintf("%s, mean of %d runs; bands: %s.", every, runs, BandMeaning(group))
	}
	return fmt.Sprintf("%s, mean of %d runs.", every, runs)
}

// BandMeaning says what the band around a point of a curve is. Of a point that
// stands for several seconds it is no confidence interval of its mean, which
// would be narrower by as much as the seconds do not depend on each other.
func BandMeaning(group int) string {
	if group == 1 {
		return "95\u00a0% confidence interval"
	}
	return "mean of the seconds' 95\u00a0% confidence intervals"
}

// period says what a point of a curve stands for.
func period(group int) string {
	if group == 1 {
		return "second"
	}
	return fmt.Sprintf("%d seconds", group)
}

func (f *Figure) key(d result.Data, p panels) kit.Key {
	colour := kit.LookOf(0).Line
	major := kit.KeyItem{Label: f.major.label, Line: draw.LineStyle{Color: colour, Width: majorWidth}}
	if HasIntervals(d.Summary.Runs) {
		major.Band = kit.Pale(colour)
	}
	k := kit.Key{major}
	if slices.ContainsFunc(p.items, func(item panel) bool { return item.minor != nil }) {
		k = append(k, kit.KeyItem{Label: f.minor.label, Line: draw.LineStyle{Color: colour, Width: minorWidth}})
	}
	if len(p.items) > 1 {
		k = append(k, kit.KeyItem{Label: "other strategies", Line: draw.LineStyle{Color: kit.OtherGrey, Width: otherWidth * 1.5}})
	}
	for _, l := range p.ceilings {
		k = append(k, kit.KeyItem{Label: l.Label(), Line: l.LineStyle})
	}
	return append(k, overlay.Key(p.spans)...)
}
