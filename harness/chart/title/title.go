// Package title says in a sentence what the figures of a chart say, and nothing that
// other figures could make untrue.
package title

import (
	"fmt"
	"math"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Short is a name as it fits into a title.
func Short(name string) string { return result.Abbreviate(name, 40) }

func TPS(s *result.Summary) string {
	low, high := Extremes(s, func(st *result.Strategy) (float64, bool) { return st.TPS().Value, true })
	lowest, highest := metrics.RateText(low.TPS().Value, 1), metrics.RateText(high.TPS().Value, 1)
	switch {
	case len(s.Strategies) == 1:
		return fmt.Sprintf("%s: %s successful requests per second", Short(high.Name), highest)
	case lowest == highest:
		return fmt.Sprintf("All strategies: %s successful requests per second", highest)
	}
	return fmt.Sprintf("From %s (%s) to %s (%s) successful requests per second", lowest, Short(low.Name), highest, Short(high.Name))
}

// Means says in a sentence what the chart of means shows. A strategy that
// loses keys is not the best, however fast it was until then.
func Means(s *result.Summary) string {
	throughput := func(st *result.Strategy) (float64, bool) { return st.TPS().Value, true }
	if _, most := Extremes(s, throughput); most.TPS().Value == 0 {
		return "No request succeeds"
	}
	_, best := Extremes(s, func(st *result.Strategy) (float64, bool) { return st.TPS().Value, st.KeepsKeys() })
	if best == nil || best.TPS().Value == 0 {
		return affected(s, func(st *result.Strategy) bool { return !st.KeepsKeys() }, "", "has keys blocked", "have keys blocked")
	}
	reached := metrics.RateText(best.TPS().Value, 1)
	n := Count(s, func(st *result.Strategy) bool {
		return st.KeepsKeys() && metrics.RateText(st.TPS().Value, 1) == reached
	})
	who, keep, reach := Short(best.Name), "keeps its keys and ", "reaches"
	if n > 1 {
		who, keep, reach = fmt.Sprintf("%d strategies", n), "keep their keys and ", "reach"
	}
	if n > 1 && n == len(s.Strategies) {
		who = "All " + who
	}
	if Count(s, (*result.Strategy).KeepsKeys) == len(s.Strategies) {
		keep = ""
	}
	title := fmt.Sprintf("%s %s%s %s requests per second", who, keep, reach, reached)
	if best.Ceiling != nil && n == 1 {
		title += fmt.Sprintf(", %s of %s", Share(best), best.Ceiling.Words())
	}
	return title
}

func Latency(s *result.Summary) string {
	low, high := Extremes(s, func(st *result.Strategy) (float64, bool) { return st.Metric("latency_p99_ms") })
	if low == nil {
		return "Latency: no request succeeds"
	}
	return "99th percentile of the latency: " + durationSpan(low, high, low.Mean("latency_p99_ms"), high.Mean("latency_p99_ms"))
}

// Tail is about the highest of a few percentiles that is known of every
// strategy which has any.
func Tail(d result.Data) string {
	for _, p := range []struct {
		name     string
		quantile float64
	}{{"99.9th percentile of the latency", 0.999}, {"99th percentile of the latency", 0.99}, {"Median latency", 0.5}} {
		if title, ok := spanTitle(d, p.name, p.quantile); ok {
			return title
		}
	}
	return fmt.Sprintf("Latency by percentile: fewer than %d requests succeed", 2*result.FewestAbove)
}

func spanTitle(d result.Data, what string, quantile float64) (title string, ok bool) {
	known := map[*result.Strategy]float64{}
	for i := range d.Latency {
		if ms, ok := d.Latency[i].At(quantile); ok {
			known[&d.Summary.Strategies[i]] = ms
		} else if len(d.Latency[i].From(0.5)) > 0 {
			return "", false
		}
	}
	low, high := Extremes(&d.Summary, func(st *result.Strategy) (float64, bool) { ms, ok := known[st]; return ms, ok })
	if low == nil {
		return "", false
	}
	return what + ": " + durationSpan(low, high, known[low], known[high]), true
}

// durationSpan writes a range of durations with the strategies at its ends.
func durationSpan(low, high *result.Strategy, lowMS, highMS float64) string {
	least, most := metrics.DurationText(lowMS), metrics.DurationText(highMS)
	if least == most {
		return most
	}
	return fmt.Sprintf("%s (%s%s) to %s (%s%s)", least, Short(low.Name), Successes(low), most, Short(high.Name), Successes(high))
}

// Successes follows the name of a strategy whose latency is not that of nearly all
// of its requests.
func Successes(st *result.Strategy) string {
	share, known := st.SuccessShare()
	if !known || share >= 99 {
		return ""
	}
	return ", " + metrics.Fixed(share, 0) + "\u00a0% succeed"
}

func RateLimited(s *result.Summary) string {
	refused := func(st *result.Strategy) bool { return st.Mean("refused") > 0 }
	blocked := func(st *result.Strategy) bool { return st.Mean("keys_blocked") > 0 }
	title := affected(s, refused, "No strategy is answered 429", "is answered 429", "are answered 429")
	// A key is blocked for its 429s.
	switch n := Count(s, blocked); {
	case n == 0:
		return title
	case n == 1 && Count(s, refused) == 1:
		return title + " and has keys blocked for ever"
	case n == Count(s, refused):
		return title + " and have keys blocked for ever"
	default:
		return fmt.Sprintf("%s, %d of them with keys blocked for ever", title, n)
	}
}

func Expirations(s *result.Summary) string {
	return affected(s, func(st *result.Strategy) bool { return st.Mean("expirations") > 0 },
		"No request expires", "lets requests expire", "let requests expire")
}

func Queue(s *result.Summary) string {
	_, longest := Extremes(s, func(st *result.Strategy) (float64, bool) { return st.Mean("queue_main_peak"), true })
	switch peak := longest.Mean("queue_main_peak"); {
	case peak == 0:
		return "No request waits in the main queue"
	case len(s.Strategies) == 1:
		return fmt.Sprintf("Up to %s requests in the main queue", metrics.CountText(peak))
	default:
		return fmt.Sprintf("Up to %s requests in the main queue (%s)", metrics.CountText(peak), Short(longest.Name))
	}
}

// OtherAnswers is a sentence, with a blank before it, on the answers that no
// chart shows; "" if there were none.
func OtherAnswers(s *result.Summary) string {
	others := s.OtherAnswers()
	if others == "" {
		return ""
	}
	return fmt.Sprintf(" Answers other than 200 and 429, per run – %s.", others)
}

// affected says how many strategies something is true of.
func affected(s *result.Summary, is func(*result.Strategy) bool, none, one, several string) string {
	n, all := Count(s, is), len(s.Strategies)
	switch {
	case n == 0:
		return none
	case n == 1:
		for i := range s.Strategies {
			if is(&s.Strategies[i]) {
				return fmt.Sprintf("%s %s", Short(s.Strategies[i].Name), one)
			}
		}
	case n == all:
		return fmt.Sprintf("All %d strategies %s", all, several)
	}
	return fmt.Sprintf("%d of %d strategies %s", n, all, several)
}

func Count(s *result.Summary, is func(*result.Strategy) bool) int {
	n := 0
	for i := range s.Strategies {
		if is(&s.Strategies[i]) {
			n++
		}
	}
	return n
}

// Extremes returns the strategies with the lowest and the highest value, the
// first ones where several are equal; nil when none has a value.
func Extremes(s *result.Summary, of func(*result.Strategy) (float64, bool)) (low, high *result.Strategy) {
	least, most := math.Inf(1), math.Inf(-1)
	for i := range s.Strategies {
		v, ok := of(&s.Strategies[i])
		if !ok {
			continue
		}
		if v < least {
			least, low = v, &s.Strategies[i]
		}
		if v > most {
			most, high = v, &s.Strategies[i]
		}
	}
	return low, high
}

// HasCeilings says whether any strategy has a ceiling of its own.
func HasCeilings(s *result.Summary) bool {
	return Count(s, func(st *result.Strategy) bool { return st.Ceiling != nil }) > 0
}

// Share writes how much of its own ceiling a strategy reaches.
func Share(s *result.Strategy) string {
	share, known := s.Share()
	if !known {
		return "–"
	}
	return metrics.Fixed(share, 1) + "\u00a0%"
}

// Tradeoff names the best of those that are never refused.
func Tradeoff(s *result.Summary) string {
	clean := 0
	_, best := Extremes(s, func(st *result.Strategy) (float64, bool) {
		ok := st.Mean("refused") == 0
		if ok {
			clean++
		}
		return st.TPS().Value, ok
	})
	switch {
	case best == nil:
		return "Every strategy is answered 429"
	case best.TPS().Value == 0:
		return "Without a 429: no request that succeeds"
	case clean == 1:
		return fmt.Sprintf("Without a 429: %s alone, with %s requests per second", Short(best.Name), metrics.RateText(best.TPS().Value, 1))
	}
	return fmt.Sprintf("Without a 429: up to %s requests per second (%s)", metrics.RateText(best.TPS().Value, 1), Short(best.Name))
}
