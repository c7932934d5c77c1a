package chart

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

// timeChart is what the charts over time differ in.
type timeChart struct {
	name, title  string
	major, minor quantity
	note         func(*result.Strategy) string // what a strategy's figures come to
	scale        func(panels) kit.Scale
	ceilings     bool
}

// A quantity is a column of the series with its name in the key.
type quantity struct {
	label string
	cell  func(*result.Second) *result.Cell // nil: there is no such quantity
}

func tpsChart(d result.Data) Chart {
	return timeChart{
		name:     "tps",
		title:    tpsTitle(&d.Summary),
		major:    quantity{"successful requests per second", func(s *result.Second) *result.Cell { return &s.TPS }},
		note:     tpsNote,
		ceilings: true,
		scale: func(p panels) kit.Scale {
			top := p.top()
			for _, l := range p.ceilings {
				top = max(top, l.top())
			}
			return kit.LinearScale(top, 5, kit.CountLabel)
		},
	}.chart(d)
}

func tpsNote(s *result.Strategy) string {
	note := result.Fixed(s.TPS.Mean, 1) + " req/s"
	if s.FirstBlockS != nil {
		note += fmt.Sprintf(", blocked from %s s", result.Fixed(*s.FirstBlockS, 1))
	}
	return note
}

func latencyChart(d result.Data) Chart {
	return timeChart{
		name:  "latency",
		title: latencyTitle(&d.Summary),
		major: quantity{"mean latency of the requests that succeed", func(s *result.Second) *result.Cell { return &s.LatencyMean }},
		minor: quantity{"99th percentile", func(s *result.Second) *result.Cell { return &s.LatencyP99 }},
		note: func(s *result.Strategy) string {
			if s.LatencyMS == nil {
				return "no success"
			}
			return fmt.Sprintf("mean %s, p99 %s", result.DurationText(s.LatencyMS.Mean), result.DurationText(s.LatencyMS.P99))
		},
		scale: func(p panels) kit.Scale { return kit.DurationScale(p.least(), p.top()) },
	}.chart(d)
}

func rateLimitedChart(d result.Data) Chart {
	return timeChart{
		name:  "429",
		title: rateLimitedTitle(&d.Summary),
		major: quantity{"answers 429 per second", func(s *result.Second) *result.Cell { return &s.RateLimited }},
		minor: quantity{"refused per second because the key is blocked", func(s *result.Second) *result.Cell { return &s.Blocked }},
		note: func(s *result.Strategy) string {
			note := perRun(s.Responses.RateLimited)
			if s.Responses.Blocked > 0 {
				note += fmt.Sprintf(", %s blocked", result.CountText(s.Responses.Blocked))
			}
			return note
		},
		scale: compressed,
	}.chart(d)
}

func expirationsChart(d result.Data) Chart {
	return timeChart{
		name:  "expirations",
		title: expirationsTitle(&d.Summary),
		major: quantity{"expirations per second", func(s *result.Second) *result.Cell { return &s.Expirations }},
		note:  func(s *result.Strategy) string { return perRun(s.Expirations) },
		scale: compressed,
	}.chart(d)
}

func queueChart(d result.Data) Chart {
	return timeChart{
		name:  "queue",
		title: queueTitle(&d.Summary),
		major: quantity{"requests in the main queue", func(s *result.Second) *result.Cell { return &s.QueueMain }},
		minor: quantity{"in the dead letter queue (DLQ)", func(s *result.Second) *result.Cell { return &s.QueueDLQ }},
		note: func(s *result.Strategy) string {
			peak := result.CountText(s.Queue.MainPeak)
			if s.Queue.DLQPeak > 0 {
				peak += fmt.Sprintf(" (DLQ %s)", result.CountText(s.Queue.DLQPeak))
			}
			return fmt.Sprintf("peak %s, mean %s", peak, result.CountText(s.Queue.MainMean))
		},
		scale: compressed,
	}.chart(d)
}

func perRun(count float64) string {
	if count == 0 {
		return "none"
	}
	return result.CountText(count) + " per run"
}

// compressed is the scale for counts.
func compressed(p panels) kit.Scale {
	var peaks []float64
	for _, item := range p.items {
		peaks = append(peaks, item.major.top(), item.minor.top())
	}
	return kit.CountScale(peaks)
}

func (t timeChart) chart(d result.Data) Chart {
	end, group := Span(d, panelPoints)
	p := panels{end: end}
	for i := range d.Summary.Strategies {
		s := &d.Summary.Strategies[i]
		item := panel{name: s.Name, note: t.note(s), look: kit.LookOf(i), major: NewCurve(&d.Series[i], t.major.cell, group, end)}
		if t.minor.cell != nil {
			item.minor = NewCurve(&d.Series[i], t.minor.cell, group, end).orNothing()
		}
		p.items = append(p.items, item)
	}
	if t.ceilings {
		p.ceilings = CeilingLines(&d.Summary)
	}
	p.y = t.scale(p)
	p.key = t.key(d, p)
	return Chart{
		Name:     t.name,
		Title:    t.title,
		Subtitle: t.subtitle(d, group, p.y.Remark),
		height:   p.height(),
		body:     p.draw,
	}
}

// panelPoints is how many points a line in a panel has at most: more cannot be
// told apart.
const panelPoints = 120

// span is how far the horizontal axis reaches, in seconds, and how many
// seconds a point stands for so that there are not too many.
func Span(d result.Data, mostPoints int) (end float64, group int) {
	seconds := 1
	for _, t := range d.Series {
		seconds = max(seconds, len(t.Seconds))
	}
	end = float64(seconds)
	if s := d.Summary.DurationS; s > 0 && s < end {
		end = s // the last second is a short one
	}
	return end, GroupSize(seconds, mostPoints)
}

func (t timeChart) subtitle(d result.Data, group int, remark string) string {
	point := period(group)
	var s string
	if d.Summary.Runs > 1 {
		s = fmt.Sprintf("Every %s, mean of %d runs; bands: 95\u00a0%% confidence interval.", point, d.Summary.Runs)
	} else {
		s = fmt.Sprintf("Every %s of one run.", point)
	}
	if remark != "" {
		s += " " + remark
	}
	return s
}

// period says what a point of a curve stands for.
func period(group int) string {
	if group == 1 {
		return "second"
	}
	return fmt.Sprintf("%d seconds", group)
}

func (t timeChart) key(d result.Data, p panels) kit.Key {
	colour := kit.LookOf(0).Line
	major := kit.KeyItem{Label: t.major.label, Line: draw.LineStyle{Color: colour, Width: majorWidth}}
	if d.Summary.Runs > 1 {
		major.Band = kit.Pale(colour)
	}
	k := kit.Key{major}
	if slices.ContainsFunc(p.items, func(item panel) bool { return item.minor != nil }) {
		k = append(k, kit.KeyItem{Label: t.minor.label, Line: draw.LineStyle{Color: colour, Width: minorWidth}})
	}
	if len(p.items) > 1 {
		k = append(k, kit.KeyItem{Label: "other strategies", Line: draw.LineStyle{Color: kit.OtherGrey, Width: otherWidth * 1.5}})
	}
	for _, l := range p.ceilings {
		k = append(k, kit.KeyItem{Label: l.Label(), Line: l.LineStyle})
	}
	return k
}
