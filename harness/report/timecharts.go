package report

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"
)

// timeChart is what the charts over time differ in.
type timeChart struct {
	name, title  string
	major, minor quantity
	note         func(*Strategy) string // what a strategy's figures come to
	scale        func(panels) scale
	ceilings     bool
}

// A quantity is a column of the series with its name in the key.
type quantity struct {
	label string
	cell  func(*Second) *Cell // nil: there is no such quantity
}

func tpsChart(d Data) Chart {
	return timeChart{
		name:     "tps",
		title:    tpsTitle(&d.Summary),
		major:    quantity{"successful requests per second", func(s *Second) *Cell { return &s.TPS }},
		note:     tpsNote,
		ceilings: true,
		scale: func(p panels) scale {
			top := p.top()
			for _, l := range p.ceilings {
				top = max(top, l.top())
			}
			return linearScale(top, 5, countLabel)
		},
	}.chart(d)
}

func tpsNote(s *Strategy) string {
	note := fixed(s.TPS.Mean, 1) + " req/s"
	if s.FirstBlockS != nil {
		note += fmt.Sprintf(", blocked from %s s", fixed(*s.FirstBlockS, 1))
	}
	return note
}

func latencyChart(d Data) Chart {
	return timeChart{
		name:  "latency",
		title: latencyTitle(&d.Summary),
		major: quantity{"mean latency of the requests that succeed", func(s *Second) *Cell { return &s.LatencyMean }},
		minor: quantity{"99th percentile", func(s *Second) *Cell { return &s.LatencyP99 }},
		note: func(s *Strategy) string {
			if s.LatencyMS == nil {
				return "no success"
			}
			return fmt.Sprintf("mean %s, p99 %s", durationText(s.LatencyMS.Mean), durationText(s.LatencyMS.P99))
		},
		scale: func(p panels) scale { return durationScale(p.least(), p.top()) },
	}.chart(d)
}

func rateLimitedChart(d Data) Chart {
	return timeChart{
		name:  "429",
		title: rateLimitedTitle(&d.Summary),
		major: quantity{"answers 429 per second", func(s *Second) *Cell { return &s.RateLimited }},
		minor: quantity{"refused per second because the key is blocked", func(s *Second) *Cell { return &s.Blocked }},
		note: func(s *Strategy) string {
			note := perRun(s.Responses.RateLimited)
			if s.Responses.Blocked > 0 {
				note += fmt.Sprintf(", %s blocked", countText(s.Responses.Blocked))
			}
			return note
		},
		scale: compressed,
	}.chart(d)
}

func expirationsChart(d Data) Chart {
	return timeChart{
		name:  "expirations",
		title: expirationsTitle(&d.Summary),
		major: quantity{"expirations per second", func(s *Second) *Cell { return &s.Expirations }},
		note:  func(s *Strategy) string { return perRun(s.Expirations) },
		scale: compressed,
	}.chart(d)
}

func queueChart(d Data) Chart {
	return timeChart{
		name:  "queue",
		title: queueTitle(&d.Summary),
		major: quantity{"requests in the main queue", func(s *Second) *Cell { return &s.QueueMain }},
		minor: quantity{"in the dead letter queue (DLQ)", func(s *Second) *Cell { return &s.QueueDLQ }},
		note: func(s *Strategy) string {
			peak := countText(s.Queue.MainPeak)
			if s.Queue.DLQPeak > 0 {
				peak += fmt.Sprintf(" (DLQ %s)", countText(s.Queue.DLQPeak))
			}
			return fmt.Sprintf("peak %s, mean %s", peak, countText(s.Queue.MainMean))
		},
		scale: compressed,
	}.chart(d)
}

func perRun(count float64) string {
	if count == 0 {
		return "none"
	}
	return countText(count) + " per run"
}

// compressed is the scale for counts.
func compressed(p panels) scale {
	var peaks []float64
	for _, item := range p.items {
		peaks = append(peaks, item.major.top(), item.minor.top())
	}
	return countScale(peaks)
}

func (t timeChart) chart(d Data) Chart {
	end, group := span(d, panelPoints)
	p := panels{end: end}
	for i := range d.Summary.Strategies {
		s := &d.Summary.Strategies[i]
		item := panel{name: s.Name, note: t.note(s), look: lookOf(i), major: newCurve(&d.Series[i], t.major.cell, group, end)}
		if t.minor.cell != nil {
			item.minor = newCurve(&d.Series[i], t.minor.cell, group, end).orNothing()
		}
		p.items = append(p.items, item)
	}
	if t.ceilings {
		p.ceilings = ceilingLines(&d.Summary)
	}
	p.y = t.scale(p)
	p.key = t.key(d, p)
	return Chart{
		Name:     t.name,
		Title:    t.title,
		Subtitle: t.subtitle(d, group, p.y.remark),
		height:   p.height(),
		body:     p.draw,
	}
}

// panelPoints is how many points a line in a panel has at most: more cannot be
// told apart.
const panelPoints = 120

// span is how far the horizontal axis reaches, in seconds, and how many
// seconds a point stands for so that there are not too many.
func span(d Data, mostPoints int) (end float64, group int) {
	seconds := 1
	for _, t := range d.Series {
		seconds = max(seconds, len(t.Seconds))
	}
	end = float64(seconds)
	if s := d.Summary.DurationS; s > 0 && s < end {
		end = s // the last second is a short one
	}
	return end, groupSize(seconds, mostPoints)
}

func (t timeChart) subtitle(d Data, group int, remark string) string {
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

func (t timeChart) key(d Data, p panels) key {
	colour := lookOf(0).line
	major := keyItem{label: t.major.label, line: draw.LineStyle{Color: colour, Width: majorWidth}}
	if d.Summary.Runs > 1 {
		major.band = pale(colour)
	}
	k := key{major}
	if slices.ContainsFunc(p.items, func(item panel) bool { return item.minor != nil }) {
		k = append(k, keyItem{label: t.minor.label, line: draw.LineStyle{Color: colour, Width: minorWidth}})
	}
	if len(p.items) > 1 {
		k = append(k, keyItem{label: "other strategies", line: draw.LineStyle{Color: otherGrey, Width: otherWidth * 1.5}})
	}
	for _, l := range p.ceilings {
		k = append(k, keyItem{label: l.label(), line: l.LineStyle})
	}
	return k
}
