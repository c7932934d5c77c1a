package fit

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/table"
)

// Report says what was fitted: the quantiles, beside those of as many latencies
// as a run draws them, the spells, the load, the limits, and what to know.
func (f *Fit) Report(w io.Writer, drawn []time.Duration) error {
	columns := []table.Column{{Head: [2]string{"", "latency"}, Left: true, Cells: []string{"measured", "drawn in a run"}}}
	rows := [][]time.Duration{slices.Sorted(slices.Values(f.Latencies)), slices.Sorted(slices.Values(drawn))}
	for _, q := range []struct {
		name  string
		share float64
	}{{"least", 0}, {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"most", 1}} {
		c := table.Column{Head: [2]string{"", q.name}}
		for _, sorted := range rows {
			c.Cells = append(c.Cells, metrics.DurationText(milliseconds(quantile(sorted, q.share))))
		}
		columns = append(columns, c)
	}
	text := table.Render(columns, table.Text)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d with a latency, %d refused, %d without an answer, %d broken\n\n%s\n",
		requestCount(f.Requests), len(f.Latencies), f.Refused, f.Failed, f.Broken, strings.TrimLeft(text, "\n"))
	fmt.Fprintf(&b, "spells: %s\nload: %s\nlimits: %s\n", f.spellText(), f.loadText(), f.limitText())
	if len(f.Routes) > 0 {
		fmt.Fprintf(&b, "routes: %s\n", strings.Join(f.Routes, ", "))
	}
	for _, note := range f.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *Fit) spellText() string {
	s := f.Spells
	switch {
	case s.Block == 0:
		return "not known: nothing tells the order"
	case s.Block == 1:
		return "none: one latency says nothing of the next"
	}
	return fmt.Sprintf("latencies hang together over %d requests; at most %.0f one after another are above p90, %.3g in blocks of as many, %.3g if each were drawn by itself",
		s.Block, s.Longest, s.InBlocks, s.Independent)
}

func (f *Fit) loadText() string {
	l := f.Load
	if l == nil {
		return "not known"
	}
	how := "at irregular intervals"
	switch {
	case l.Relative < 0.3:
		how = "evenly spaced"
	case l.Relative > 1.5:
		how = "in bursts"
	}
	return fmt.Sprintf("%.3g requests a second over %s, %s, up to %d at a time", l.Rate, metrics.DurationText(milliseconds(l.Span)), how, l.AtATime)
}

func (f *Fit) limitText() string {
	if len(f.Limits) == 0 {
		return "not stated by any answer"
	}
	var parts []string
	for _, l := range f.Limits {
		window := "an unknown window"
		if l.Window > 0 {
			window = metrics.DurationText(milliseconds(l.Window))
		}
		if l.Guessed && l.Window > 0 {
			window += " (a guess: it is not stated)"
		}
		name := l.Name
		if name != "" {
			name += ": "
		}
		parts = append(parts, fmt.Sprintf("%s%d in %s", name, l.Limit, window))
	}
	return strings.Join(parts, ", ")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
