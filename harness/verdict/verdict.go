// Package verdict says in sentences what results come to: which strategy is the
// best of those whose keys live, by how much and how sure that is, and whether
// what the scenario expects holds. The same results make the same sentences.
package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Verdict is a few sentences; what there is nothing to say of is "".
type Verdict struct {
	Best    string // who gets the most through
	Ties    string // who is as good
	Lead    string // by how much the next is behind, and how sure that is
	Refused string // whether the best is answered 429, and who is not
	Latency string // of the best, with the share of requests that it is of
	Lost    string // who is not counted, for keys are blocked
	Answer  string // whether what the scenario expects holds
}

// Sentences are those that there are, the most important first.
func (v Verdict) Sentences() []string {
	return slices.DeleteFunc([]string{v.Best, v.Ties, v.Lead, v.Refused, v.Latency, v.Lost, v.Answer},
		func(s string) bool { return s == "" })
}

// Of is the verdict on results.
func Of(d *result.Data) Verdict {
	if len(d.Summary.Points) > 0 {
		return ofSweep(d)
	}
	v := Verdict{Answer: answer(&d.Summary)}
	alive, lost := rowsAt(d, nil)
	v.Lost = lostKeys(lost, len(alive), d.Summary.Keys)
	if len(alive) == 0 {
		return v
	}
	s := contest(d, alive, "tps")
	if s.best.TPS().Value == 0 {
		return v // why nothing succeeds is said elsewhere, and in more detail
	}
	v.Best = best(s.best, len(alive), len(lost))
	v.Ties = s.ties()
	v.Lead = lead(&s)
	v.Refused = refused(d, &s)
	v.Latency = latency(d, &s)
	return v
}

func best(st *result.Strategy, alive, lost int) string {
	reaches := metrics.RateText(st.TPS().Value, 2) + " requests/s"
	if share, known := st.Share(); known {
		reaches += fmt.Sprintf(", %s of %s", percent(share), st.Ceiling.Words())
	}
	switch {
	case alive == 1 && lost == 0:
		return fmt.Sprintf("%s reaches %s.", name(st), reaches)
	case alive == 1:
		return fmt.Sprintf("%s alone keeps its keys: %s.", name(st), reaches)
	case lost > 0:
		return fmt.Sprintf("Of those that keep their keys, %s gets the most through: %s.", name(st), reaches)
	}
	return fmt.Sprintf("%s gets the most through: %s.", name(st), reaches)
}

// lead says how far the nearest of those that are worse is behind.
func lead(s *standing) string {
	if len(s.behind) == 0 {
		return ""
	}
	next, d := s.behind[0], s.behind[0].difference
	if d.N == 0 {
		d.Mean = s.best.TPS().Value - next.TPS().Value
	}
	text := fmt.Sprintf("Next is %s, %s requests/s or %s behind", name(next.Strategy),
		metrics.RateText(d.Mean, 2), percent(100*d.Mean/s.best.TPS().Value))
	if next.relation == untested {
		return text + "; with fewer than two runs of each on the same seeds, that may be chance."
	}
	if d.Lo < d.Hi {
		text += fmt.Sprintf(" (95\u00a0%%: %s to %s)", metrics.RateText(d.Lo, 2), metrics.RateText(d.Hi, 2))
	}
	pairs := "1 pair"
	if d.N > 1 {
		pairs = fmt.Sprintf("%d pairs", d.N)
	}
	return text + fmt.Sprintf(", by %s of runs with the same seed. That any strategy is called better by chance has a probability of 5\u00a0%% at most (Holm).", pairs)
}

// refused says what a lead costs in 429s, and who leads without any.
func refused(d *result.Data, s *standing) string {
	if s.best.Mean("refused") == 0 {
		return ""
	}
	text := fmt.Sprintf("%s is answered 429 %s times per run", name(s.best), metrics.CountText(s.best.Mean("refused")))
	var clean []*result.Strategy
	for _, r := range slices.Concat(s.level, s.behind) {
		if r.Mean("refused") == 0 {
			clean = append(clean, r.Strategy)
		}
	}
	if len(clean) == 0 || contest(d, clean, "tps").best.TPS().Value == 0 {
		return text + ", and none that keeps its keys gets anything through without."
	}
	without := contest(d, clean, "tps").best
	behind := 100 * (1 - without.TPS().Value/s.best.TPS().Value)
	return fmt.Sprintf("%s; without any, %s gets the most through: %s requests/s, %s less.", text,
		name(without), metrics.RateText(without.TPS().Value, 2), percent(max(0, behind)))
}

// latency is that of the best; of several that get as much through, of the one
// that has the lowest, so far as that can be told.
func latency(d *result.Data, s *standing) string {
	equals := []*result.Strategy{s.best}
	for _, r := range s.level {
		equals = append(equals, r.Strategy)
	}
	const p99 = "latency_p99_ms"
	l := contest(d, equals, p99)
	ms, known := l.best.Metric(p99)
	if !known {
		return ""
	}
	figure := metrics.DurationText(ms) + shareOf(l.best)
	const what = "99th percentile of the latency"
	switch {
	case len(equals) == 1:
		return fmt.Sprintf("The %s of %s is %s.", what, name(l.best), figure)
	case len(l.level)+1 == len(equals):
		return fmt.Sprintf("Their %s cannot be told apart either: %s for %s.", what, figure, name(l.best))
	case len(l.level) > 0:
		return fmt.Sprintf("Of these %d, %s and %s have the lowest %s: %s.", len(equals), name(l.best), list(l.level), what, figure)
	}
	next := l.behind[0]
	text := fmt.Sprintf("Of these %d, %s has the lowest %s: %s; %s has %s%s", len(equals), name(l.best), what, figure,
		name(next.Strategy), metrics.DurationText(next.Mean(p99)), shareOf(next.Strategy))
	if next.relation == untested {
		text += ", which may be chance"
	}
	return text + "."
}

// shareOf follows a latency: it says of how many requests it is.
func shareOf(st *result.Strategy) string {
	share, known := st.SuccessShare()
	if !known {
		return ""
	}
	return fmt.Sprintf(" (%s of requests succeed)", percent(share))
}

// lostKeys names those whose keys are blocked. Where nobody keeps any, it says who
// keeps them longest.
func lostKeys(lost []*result.Strategy, alive, keys int) string {
	if len(lost) == 0 {
		return ""
	}
	if alive == 0 { // who loses the fewest comes first
		lost = slices.Clone(lost)
		slices.SortStableFunc(lost, func(a, b *result.Strategy) int {
			return cmp.Compare(a.Mean("keys_blocked"), b.Mean("keys_blocked"))
		})
	}
	var parts []string
	for _, st := range lost {
		of := ""
		if keys > 0 {
			of = fmt.Sprintf(" of %d", keys)
		}
		parts = append(parts, fmt.Sprintf("%s (%s%s)", name(st), metrics.CountText(st.Mean("keys_blocked")), of))
	}
	if alive > 0 {
		return "Not counted, for keys are blocked, as many per run: " + strings.Join(some(parts), ", ") + "."
	}
	return "No strategy keeps its keys, and so none is the best. Blocked per run, the fewest first: " + strings.Join(some(parts), ", ") + "."
}

// answer says whether what the scenario expects holds.
func answer(s *result.Summary) string {
	var failed []string
	for _, e := range s.Expectations {
		if !e.OK {
			failed = append(failed, result.OneLine(e.Message))
		}
	}
	all := len(s.Expectations)
	question := ""
	if s.Question != "" {
		question = ", as an answer to “" + result.OneLine(s.Question) + "”,"
	}
	switch {
	case all == 0 || s.Interrupted: // a part of a run answers nothing
		return ""
	case len(failed) == 0 && all == 1:
		return "What the scenario expects" + question + " holds."
	case len(failed) == 0:
		return fmt.Sprintf("What the scenario expects%s holds: all %d expectations.", question, all)
	}
	verb := "do"
	if len(failed) == 1 {
		verb = "does"
	}
	return fmt.Sprintf("Of what the scenario expects%s %d of %d %s not hold: %s.", question, len(failed), all, verb, strings.Join(failed, "; "))
}

// mostNamed is how many strategies are named in a row.
const mostNamed = 4

func name(st *result.Strategy) string { return result.Abbreviate(result.OneLine(st.Name), 40) }

// list names rivals.
func list(rivals []rival) string {
	var names []string
	for _, r := range rivals {
		names = append(names, name(r.Strategy))
	}
	return and(some(names))
}

// some are the first of many, and how many more there are.
func some(names []string) []string {
	if more := len(names) - mostNamed; more > 1 {
		return append(names[:mostNamed:mostNamed], fmt.Sprintf("%d more", more))
	}
	return names
}

// and names all: "a, b and c".
func and(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func percent(v float64) string {
	switch {
	case v == 0:
		return "0\u00a0%"
	case v < 0.05:
		return metrics.RateText(v, 2) + "\u00a0%"
	}
	return metrics.Fixed(v, 1) + "\u00a0%"
}
