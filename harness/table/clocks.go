package table

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// closeEnough is how far the throughput in real time may be from that in
// virtual time, in percent, to be called the same.
const closeEnough = 3.0

// CompareClocks writes the figures of virtual and of real time side by side.
// Differences are figures, never errors: real time depends on the machine.
func CompareClocks(w io.Writer, virtual, real result.Summary) error {
	pairs := pair(&virtual, &real)
	var b strings.Builder
	fmt.Fprintf(&b, "%s in virtual and in real time\n", result.OneLine(virtual.Scenario.Name))
	fmt.Fprintf(&b, "%s\n%s\n\n", strings.Join(virtual.Conditions(), ", "), strings.Join(real.Conditions(), ", "))
	b.WriteString(Render(comparison(pairs), Text) + "\n")
	for _, f := range compared(pairs) {
		if f.meaning != "" {
			fmt.Fprintf(&b, "%s: %s.\n", f.head, f.meaning)
		}
	}
	b.WriteString(agreement(pairs))
	_, err := io.WriteString(w, b.String())
	return err
}

// A clockPair is a strategy in both worlds; nil where it did not run.
type clockPair struct {
	name          string
	virtual, real *result.Strategy
}

func pair(virtual, real *result.Summary) []clockPair {
	var pairs []clockPair
	for _, v := range virtual.Strategies {
		r, _ := real.Strategy(v.Name)
		pairs = append(pairs, clockPair{v.Name, &v, r})
	}
	for _, r := range real.Strategies {
		if _, ok := virtual.Strategy(r.Name); !ok {
			pairs = append(pairs, clockPair{r.Name, nil, &r})
		}
	}
	return pairs
}

// difference is how much higher the throughput is in real time, in percent;
// false: there is nothing to compare.
func (p clockPair) difference() (float64, bool) {
	if p.virtual == nil || p.real == nil || p.virtual.TPS().Value == 0 {
		return 0, false
	}
	return 100 * (p.real.TPS().Value/p.virtual.TPS().Value - 1), true
}

func comparison(pairs []clockPair) []Column {
	name := Column{Head: [2]string{"", "strategy"}, Left: true}
	difference := Column{Head: [2]string{"difference", "%"}}
	for _, p := range pairs {
		name.Cells = append(name.Cells, shortName(p.name))
		cell := none
		if d, ok := p.difference(); ok {
			cell = fmt.Sprintf("%+.1f", d)
		}
		difference.Cells = append(difference.Cells, cell)
	}
	columns := []Column{name}
	for _, c := range compared(pairs) {
		virtual := Column{Head: [2]string{c.head, "virtual"}}
		real := Column{Head: [2]string{c.head, "real"}}
		for _, p := range pairs {
			virtual.Cells = append(virtual.Cells, metricCell(p.virtual, c.metric, c.decimals))
			real.Cells = append(real.Cells, metricCell(p.real, c.metric, c.decimals))
		}
		if !c.onlyReal {
			columns = append(columns, virtual)
		}
		columns = append(columns, real)
		if c.metric == "tps" {
			columns = append(columns, difference)
		}
	}
	return columns
}

// A figure is what is compared.
type figure struct {
	head, metric string
	decimals     int
	onlyReal     bool   // there is none in virtual time
	meaning      string // "": the head speaks for itself
}

// compared is what is compared: of clients that share limits, how they do, and what
// their store takes for it.
func compared(pairs []clockPair) []figure {
	const least = "least_served"
	if !anyKnows(pairs, least) {
		return []figure{
			{"TPS", "tps", 2, false, ""},
			{"p50 ms", "latency_p50_ms", 1, false, ""},
			{"p99 ms", "latency_p99_ms", 1, false, ""},
			{"429", "429", 1, false, ""},
		}
	}
	figures := []figure{
		{"TPS", "tps", 2, false, ""},
		{"429", "429", 1, false, ""},
		{"expired", "expired", 1, false, ""},
		{"Jain", "fairness", 3, false, "Jain's index of what the sources of the load got of their fair shares"},
		{"least", least, 3, false, "that of the source that was served least"},
		{"calls", "store_calls", 2, false, "calls to the store that the processes share, per success"},
		{"store ms", "store_cpu_ms", 1, true, "of a processor that the store took, per 1,000 successes"},
	}
	return slices.DeleteFunc(figures, func(f figure) bool {
		return strings.HasPrefix(f.metric, "store") && !anyKnows(pairs, f.metric)
	})
}

// anyKnows reports whether any strategy has a figure, in either world.
func anyKnows(pairs []clockPair, metric string) bool {
	return slices.ContainsFunc(pairs, func(p clockPair) bool {
		return metricCell(p.virtual, metric, 0) != none || metricCell(p.real, metric, 0) != none
	})
}

// metricCell writes a metric; s may be nil.
func metricCell(s *result.Strategy, metric string, decimals int) string {
	if s != nil {
		if v, ok := s.Metric(metric); ok {
			return metrics.RateText(v, decimals)
		}
	}
	return none
}

// agreement says which strategies are close.
func agreement(pairs []clockPair) string {
	var within, outside []string
	for _, p := range pairs {
		d, ok := p.difference()
		switch {
		case !ok:
		case math.Abs(d) <= closeEnough:
			within = append(within, p.name)
		default:
			outside = append(outside, fmt.Sprintf("%s (%+.1f %%)", p.name, d))
		}
	}
	var b strings.Builder
	if len(within) > 0 {
		fmt.Fprintf(&b, "Within %g %%: %s.\n", closeEnough, strings.Join(within, ", "))
	}
	if len(outside) > 0 {
		fmt.Fprintf(&b, "Outside %g %%: %s.\n", closeEnough, strings.Join(outside, ", "))
	}
	return b.String()
}
