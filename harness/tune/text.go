package tune

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/stats"
	"ratebench/harness/table"
)

// WriteText writes a report for people; explained also says why.
func (r *Report) WriteText(w io.Writer, explained bool, width int) error {
	var b strings.Builder
	say := func(format string, args ...any) { b.WriteString(table.Paragraph(fmt.Sprintf(format, args...), width)) }
	r.search(say)
	if r.Fresh == nil {
		r.sofar(say)
		_, err := io.WriteString(w, b.String())
		return err
	}
	b.WriteByte('\n')
	for _, s := range r.Beside {
		say("%s: %s", s.Name, s.What)
	}
	columns, left := table.Fit(r.columns(), width)
	figures := table.Render(columns, table.Text)
	fmt.Fprintf(&b, "\n%d runs of %s on fresh seeds, those of each seed in pairs\n\n%s\n", r.Fresh.Summary.Runs, length(r.Full), figures)
	if len(left) > 0 {
		say("Not shown, for want of width: %s.", strings.Join(left, ", "))
	}
	r.promise(say)
	if explained {
		b.WriteString("\nWhy\n")
		for _, line := range explain(r.scenario, &r.tuned.Candidate) {
			say("%s", line)
		}
	}
	if err := r.handOver(&b, say); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// handOver writes the strategy in the languages that can say all of it.
func (r *Report) handOver(b *strings.Builder, say func(string, ...any)) error {
	c := &r.tuned.Candidate
	fmt.Fprintf(b, "\nAs a strategy in a scenario:\n\n%s\n", indent(yaml(c)))
	out, err := r.handed()
	if err != nil {
		return err
	}
	if out.Proxy == "" {
		b.WriteByte('\n')
		say("There is no command line of a proxy: %s.", out.noProxy)
	} else {
		b.WriteByte('\n')
		say("As a proxy, for a client in any language%s:", r.before(out.Proxy))
		fmt.Fprintf(b, "\n%s\n", indent(out.Proxy))
	}
	if why := apart(r.scenario, c); why != "" {
		b.WriteByte('\n')
		say("There is no program in Go of one limiter for each key, since %s. clients/README.md says how a program keeps to several limits, to costs and to a budget that processes share.", why)
		return nil
	}
	fmt.Fprintf(b, "\nIn Go:\n\n%s", indent(out.Go))
	return nil
}

// before is what has to be done before a command line of a proxy works.
func (r *Report) before(command string) string {
	if !strings.Contains(command, "--scenario") {
		return ""
	}
	text := fmt.Sprintf(", once the file has the strategy with in_flight: %d in its guard, which are the workers that it was measured with", guards(&r.tuned.Candidate).InFlight)
	if len(r.scenario.Overrides) > 0 {
		text += ", and what the flags have changed of it"
	}
	return text
}

// handed is what is handed over of the strategy, "" where that cannot say all of it.
func (r *Report) handed() (out reportJSON, err error) {
	c := &r.tuned.Candidate
	out.Strategy = yaml(c)
	out.Proxy, out.noProxy = proxyCommand(r.scenario, c)
	if apart(r.scenario, c) != "" {
		return out, nil
	}
	if out.Go, err = goCode(r.scenario, c); err != nil {
		return out, fmt.Errorf("go code: %w", err)
	}
	return out, nil
}

// search says how it was found.
func (r *Report) search(say func(string, ...any)) {
	m := metrics.Find(r.Metric)
	say("%s: %d candidates of %s are compared by %s, %s.", result.OneLine(r.scenario.Name), r.Candidates, plural(r.Kinds, "kind", "kinds"), m.Name, m.Meaning)
	if r.Raced > 0 {
		out := "were answered 429 or lost keys in short runs"
		if r.Refused > 0 {
			out = "lost keys in short runs"
		}
		if r.OutUnknown > 0 {
			out += fmt.Sprintf(", and %d have no %s", r.OutUnknown, m.Name)
		}
		say("%d of them %s; the %d best of those that differ raced, in runs of %s.", r.OutRefused, out, r.Raced, length(r.Long))
	}
	if r.Long < r.Full {
		say("The scenario's runs of %s are longer than a race needs; only the final has them. In shorter ones, throughput is that after the first window.", length(r.Full))
	}
	if r.Race.Seeds > 0 {
		line := fmt.Sprintf("The race took %s", plural(r.Race.Seeds, "seed", "seeds"))
		if r.Final.Seeds > 0 {
			line += fmt.Sprintf(", and the final of %d, with values around the winner's, %s", r.Finalists, plural(r.Final.Seeds, "seed", "seeds"))
		}
		say("%s. Another of those that raced is better by %s or more with a probability of %s\u00a0%% at most (Kim and Nelson); of what is nearer, what is proved never to be answered 429 is taken, then the lower latency, then what is simpler.",
			line, r.unit(r.Delta), metrics.Shortest(metrics.Significant(100*r.Alpha, 3)))
	}
	if r.Unsafe > 0 {
		say("%s was answered 429 on fresh seeds, and is out.", plural(r.Unsafe, "winner of the final", "winners of the final"))
	}
}

// unit writes a difference with the unit of the metric.
func (r *Report) unit(v float64) string {
	text := metrics.Shortest(metrics.Significant(v, 3))
	switch metrics.Find(r.Metric).Written {
	case metrics.AsRate:
		return text + " requests/s"
	case metrics.AsMilliseconds:
		return text + " ms"
	case metrics.AsSeconds:
		return text + " s"
	}
	return text
}

// sofar says what is known of a search that was cut short.
func (r *Report) sofar(say func(string, ...any)) {
	if len(r.Leaders) == 0 {
		say("Nothing is known yet of who is best.")
		return
	}
	say("So far the best are, without a last measurement on fresh seeds:")
	for i, l := range r.Leaders {
		say("%d. %s: %s, a mean of %s", i+1, l.What, r.unit(l.Value), plural(l.Runs, "run", "runs"))
	}
}

// columns are the table of what was measured on fresh seeds.
func (r *Report) columns() []table.Column {
	s := &r.Fresh.Summary
	columns := []table.Column{
		{Head: [2]string{"", "strategy"}, Left: true},
		{Head: [2]string{"TPS", "± 95 %"}},
		{Head: [2]string{"% of its", "ceiling"}, Dispensable: 2},
		{Head: [2]string{"succeed", "%"}, Dispensable: 1},
		{Head: [2]string{"p99", "ms"}, Dispensable: 3},
		{Head: [2]string{"", "429"}},
		{Head: [2]string{"tuned is better", "by (95 %)"}},
	}
	known := func(decimals int) func(v float64, ok bool) string {
		return func(v float64, ok bool) string {
			if !ok {
				return "–"
			}
			return metrics.Fixed(v, decimals)
		}
	}
	for _, st := range s.Strategies {
		tps := st.TPS()
		table.AddRow(columns, st.Name,
			metrics.RateText(tps.Value, 2)+" ± "+metrics.MarginText(tps.Margin(), tps.Value, 2),
			known(1)(st.Share()), known(1)(st.SuccessShare()), known(0)(st.Metric("latency_p99_ms")),
			metrics.CountText(st.Mean("refused")), r.ahead(st.Name))
	}
	return columns
}

// ahead is by how much the tuned strategy is better than another, in pairs.
func (r *Report) ahead(other string) string {
	if other == nameTuned {
		return ""
	}
	better := float64(metrics.Find(r.Metric).Better)
	of := map[uint64]float64{}
	var differences []float64
	for i := range r.Fresh.Runs { // strategy by strategy, the tuned one first
		run := &r.Fresh.Runs[i]
		v, known := run.Figures.Metric(r.Metric)
		switch run.Strategy {
		case nameTuned:
			if known {
				of[run.Seed] = v
			}
		case other:
			if tuned, both := of[run.Seed]; known && both {
				differences = append(differences, better*(tuned-v))
			}
		}
	}
	d := stats.Paired(differences)
	if d.N < 2 {
		return "–"
	}
	return fmt.Sprintf("%s (%s to %s)", metrics.RateText(d.Mean, 2), metrics.RateText(d.Lo, 2), metrics.RateText(d.Hi, 2))
}

// fewRuns is how many the rule of three takes: below, 3/n is far above the exact
// 1 − 0.05^(1/n), and says nothing.
const fewRuns = 10

// promise says what the runs say of 429s that they did not have.
func (r *Report) promise(say func(string, ...any)) {
	st := &r.Fresh.Summary.Strategies[0]
	if refused := st.Mean("refused"); refused > 0 {
		say("The tuned client is answered 429 %s times per run, of %v that were allowed.", metrics.CountText(refused), r.Refused)
		return
	}
	n := float64(r.Fresh.Summary.Runs)
	answers := n * st.Answers()
	text := fmt.Sprintf("No 429 in %.0f runs with %.0f answers: with 95\u00a0%% confidence, at most %s\u00a0%% of such runs have one, and one answer in %.0f (3/n, the rule of three).",
		n, answers, metrics.Shortest(metrics.Significant(300/n, 3)), answers/3)
	if n < fewRuns {
		text = fmt.Sprintf("No 429 in %.0f runs with %.0f answers: too few runs to say how many of such runs have one; with 95\u00a0%% confidence, at most one answer in %.0f is one (3/n, the rule of three).",
			n, answers, answers/3)
	}
	if r.tuned.Proved {
		text += " Beyond that there is a proof: there is none, ever, as long as the latency is what the scenario says."
	}
	say("%s", text)
	for _, c := range r.Fresh.Summary.Ceilings.List() {
		if c.Main {
			say("The provable ceiling of the scenario is %s requests/s in a long run.", metrics.RateText(c.Value, 2))
		}
	}
}

// reportJSON is a report for programs.
type reportJSON struct {
	*Report
	Results  *result.Summary `json:",omitempty"`
	Strategy string          `json:",omitempty"` // as a scenario has it
	Go       string          `json:",omitempty"` // nor Proxy, where they cannot say all of it
	Proxy    string          `json:",omitempty"`
	noProxy  string          // why there is none
	Why      []string        `json:",omitempty"`
}

// WriteJSON writes a report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	var out reportJSON
	if r.Fresh != nil {
		var err error
		if out, err = r.handed(); err != nil {
			return err
		}
		out.Results, out.Why = &r.Fresh.Summary, explain(r.scenario, &r.tuned.Candidate)
	}
	out.Report = r
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// length is a duration as people write it, such as 20 s.
func length(d time.Duration) string {
	text := dist.FormatDuration(d)
	number := strings.TrimRight(text, "hmsµn")
	return number + " " + strings.TrimPrefix(text, number)
}

func plural(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// indent puts every line two blanks to the right.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}
