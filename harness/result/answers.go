package result

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/metrics"
)

// An AnswerCount is how many requests that were sent ended in one way.
type AnswerCount struct {
	*metrics.Metric
	PerRun float64
}

// AnswerCounts are the ways in which requests that were sent ended, the most
// frequent first, without those that did not occur.
func (s *Strategy) AnswerCounts() []AnswerCount {
	var counts []AnswerCount
	for _, m := range metrics.Catalogue() {
		if n := s.Mean(m.Name); m.Answer != "" && n > 0 {
			counts = append(counts, AnswerCount{&m, n})
		}
	}
	slices.SortStableFunc(counts, func(a, b AnswerCount) int { return cmp.Compare(b.PerRun, a.PerRun) })
	return counts
}

// Answers is how many requests were sent and came to an end.
func (s *Strategy) Answers() float64 {
	sum := 0.0
	for _, c := range s.AnswerCounts() {
		sum += c.PerRun
	}
	return sum
}

// Failures says of each strategy without any success why it had none, in a
// sentence without a full stop; of all strategies in one if none had any.
func (s *Summary) Failures() []string {
	var failed []string
	all, perRun := Strategy{Figures: NewFigures(nil)}, ""
	if s.Runs > 1 {
		perRun = "per run, "
	}
	for _, st := range s.Strategies {
		if st.Mean("ok") > 0 {
			continue
		}
		failed = append(failed, fmt.Sprintf("no request of %s succeeded: %s", OneLine(st.Name), st.whyNone(perRun)))
		for k, f := range st.Figures {
			all.Figures[k].Value += f.Value
		}
	}
	if len(failed) > 0 && len(failed) == len(s.Strategies) {
		if len(failed) > 1 && s.Runs > 1 {
			perRun = "per run, over all strategies, "
		}
		return []string{"no request succeeded: " + all.whyNone(perRun)}
	}
	return failed
}

// whyNone says what came of the requests of a strategy without success, with the
// given words for what the counts are of.
func (s *Strategy) whyNone(per string) string {
	number := func(v float64) string { return metrics.Shortest(metrics.Significant(v, 6)) }
	counts := s.AnswerCounts()
	switch made := s.Mean("generated"); {
	case len(counts) > 0:
	case made == 0:
		return "none was made"
	default:
		return fmt.Sprintf("%sof %s requests none was answered", per, number(made))
	}
	var parts []string
	for i, c := range counts {
		of := ""
		if i == 0 {
			of = fmt.Sprintf(" of %s answers", number(s.Answers()))
		}
		parts = append(parts, fmt.Sprintf("%s%s were %s", number(c.PerRun), of, c.Answer))
	}
	return per + strings.Join(parts, ", ")
}

// OtherAnswers lists, of the ways in which requests ended, those that no chart
// shows: any but 200 and 429; "" if none occurred. Of several strategies it
// names the one that is hit most.
func (s *Summary) OtherAnswers() string {
	var parts []string
	for _, m := range metrics.Catalogue() {
		most := s.Most(m.Name)
		switch {
		case !m.OtherAnswer() || most == nil:
		case len(s.Strategies) == 1:
			parts = append(parts, fmt.Sprintf("%s: %s", m.Answer, metrics.CountText(most.Mean(m.Name))))
		default:
			parts = append(parts, fmt.Sprintf("%s: up to %s, for %s", m.Answer, metrics.CountText(most.Mean(m.Name)), Abbreviate(OneLine(most.Name), 40)))
		}
	}
	return strings.Join(parts, "; ")
}

// Most returns the strategy that has the most of a metric, the first of several; nil:
// none has any.
func (s *Summary) Most(metric string) (most *Strategy) {
	for i := range s.Strategies {
		if st := &s.Strategies[i]; st.Mean(metric) > 0 && (most == nil || st.Mean(metric) > most.Mean(metric)) {
			most = st
		}
	}
	return most
}
