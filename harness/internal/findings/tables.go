package findings

import (
	"fmt"
	"strings"
)

// strategies is a table of some strategies of a scenario, each given as
// "name: what it is", by throughput, refusals and expirations.
func (w *writer) strategies(scenario string, entries ...string) string {
	var b strings.Builder
	b.WriteString(header(1, "strategy", "requests/s", "of its ceiling", "429s per run", "keys blocked", "expired per run", "p99 ms"))
	for _, entry := range entries {
		name, what, _ := strings.Cut(entry, ": ")
		cells := []string{strings.TrimSuffix(name+": "+what, ": ")}
		tps := w.metric(scenario, name, "tps", 1)
		share := "–"
		if ceiling := w.results.row(scenario, name).Ceiling; ceiling != nil {
			own := w.figures.make(ceiling.TPS, 2, fmt.Sprintf("%s/summary.json: ceiling of %s", scenario, name))
			share = w.figures.share(tps, own).Text + " %"
		}
		cells = append(cells, tps.Text, share)
		for _, c := range []struct {
			metric   string
			decimals int
		}{{"429", 0}, {"keys_blocked", 1}, {"expirations", 0}, {"latency_p99_ms", 0}} {
			cells = append(cells, w.metric(scenario, name, c.metric, c.decimals).Text)
		}
		b.WriteString(row(cells...))
	}
	return b.String()
}

// snapshots puts what was published beside what the emulation comes to.
func (w *writer) snapshots(scenario string) string {
	var b strings.Builder
	b.WriteString(header(2, "run", "after", "", "published", "emulated", "difference"))
	for _, p := range snapshots() {
		e := w.results.at(scenario, p.run, p.seconds)
		for _, f := range []struct {
			name                string
			published, emulated float64
			decimals            int
		}{
			{"ok", p.ok, e.ok, 0},
			{"requests/s", p.tps, e.tps, 2},
			{"mean latency, ms", p.latency, e.latency, 1},
			{"main queue", p.main, e.main, 1},
			{"main queue, mean", p.average, e.average, 1},
		} {
			if f.name == "main queue, mean" && f.published == 0 {
				continue // not published
			}
			after := w.figures.make(float64(p.seconds), 0, "seconds of a published run")
			where := fmt.Sprintf("of %s after %d s", p.run, p.seconds)
			was := w.figures.make(f.published, f.decimals, "published: "+f.name+" "+where)
			is := w.figures.make(f.emulated, f.decimals, fmt.Sprintf("%s/series.csv: %s %s", scenario, f.name, where))
			b.WriteString(row(p.run, after.Text+" s", f.name, was.Text, is.Text, w.figures.minus(is, was, f.decimals).Text))
		}
	}
	return b.String()
}

// gain is what removing the interval is worth in a loop, where a request costs so much:
// the throughput with it, that without it, and the difference.
func (w *writer) gain(scenario, loop, cost string) (with, without, gain Figure) {
	with = w.metric(scenario, "interval/"+loop+"/free/"+cost, "tps", 1)
	without = w.metric(scenario, "no-interval/"+loop+"/free/"+cost, "tps", 1)
	return with, without, w.figures.minus(without, with, 1)
}

// ablation is the table of why-74-to-85: the gain from removing the interval,
// with and without wake-ups that cost something.
func (w *writer) ablation(scenario string, costs ...string) string {
	var b strings.Builder
	b.WriteString(header(1, "per request", "with interval", "without", "gain", "of which the event loop"))
	for _, cost := range costs {
		with, without, free := w.gain(scenario, "free", cost)
		fmt.Fprintf(&b, "| %s, wake-ups free | %s | %s | %s | |\n", cost, with, without, free)
		with, without, loop := w.gain(scenario, "event loop", cost)
		more := w.figures.minus(loop, free, 1)
		fmt.Fprintf(&b, "| %s, event loop | %s | %s | %s | %s |\n", cost, with, without, loop, more)
	}
	return b.String()
}

// loopShare is how much more removing the interval is worth in an event loop
// than without one, where a request costs so much.
func (w *writer) loopShare(scenario, cost string) Figure {
	_, _, loop := w.gain(scenario, "event loop", cost)
	_, _, free := w.gain(scenario, "free", cost)
	return w.figures.minus(loop, free, 1)
}
