// Package overlay is what charts over time show behind their lines: stages, outages
// and jumps of clocks.
package overlay

import (
	"cmp"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/setting"
)

// A Kind is what happens in a span.
type Kind uint8

// The kinds of spans.
const (
	Limit Kind = iota // another limit holds than at first
	Load              // another load comes than at first
	Down              // the server is down
	Store             // the store that processes share is down
	Clock             // a client's clock jumps, at once
)

// A Span is a time of every run, in seconds.
type Span struct {
	From, To float64 // the same of what happens at once
	Kind     Kind
	Strategy int    // to whom alone it happens; All: to everybody
	What     string // a few words
}

// All is the strategy of what happens to everybody.
const All = -1

// Of are the spans of results whose axis reaches to the given end, by their time.
func Of(d *result.Data, end float64) []Span {
	spans := steps(&d.Summary, end)
	s, err := setting.Read(d.Scenario)
	if err != nil { // of results of an earlier version
		return spans
	}
	kinds := map[setting.Kind]Kind{setting.Load: Load, setting.Clock: Clock, setting.Store: Store}
	for _, e := range s.Events {
		if e.From >= end {
			continue
		}
		to := min(cmp.Or(e.To, end), end)
		if e.Strategy == "" {
			spans = append(spans, Span{e.From, to, kinds[e.Kind], All, e.What})
			continue
		}
		of, _ := s.Find(e.Strategy)
		for i := range d.Summary.Strategies {
			if plain := d.Summary.Strategies[i].Plain; plain == of.Name || plain == of.Label {
				spans = append(spans, Span{e.From, to, kinds[e.Kind], i, e.What})
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return spans
}

// steps are the times in which the ceiling is another one than at first.
func steps(s *result.Summary, end float64) []Span {
	var spans []Span
	for i := range s.CeilingSteps {
		step, first := &s.CeilingSteps[i], &s.CeilingSteps[0]
		now, _ := result.Value(step.ServerCap)
		before, _ := result.Value(first.ServerCap)
		if now == before || step.FromS >= end {
			continue
		}
		to := end
		if i+1 < len(s.CeilingSteps) {
			to = min(end, s.CeilingSteps[i+1].FromS)
		}
		span := Span{step.FromS, to, Limit, All, "server cap " + metrics.RateText(now, 1)}
		if now == 0 {
			span.Kind, span.What = Down, "server down"
		}
		spans = append(spans, span)
	}
	return spans
}

// For are the spans that happen to a strategy, those of all included.
func For(spans []Span, strategy int) []Span {
	var own []Span
	for _, s := range spans {
		if s.Strategy == All || s.Strategy == strategy {
			own = append(own, s)
		}
	}
	return own
}

// Apart are spans, each once, whoever it happens to.
func Apart(spans []Span) []Span {
	var apart []Span
	for _, s := range spans {
		s.Strategy = All
		if !slices.Contains(apart, s) {
			apart = append(apart, s)
		}
	}
	return apart
}
