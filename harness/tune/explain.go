package tune

import (
	"fmt"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/harness/tune/candidate"
)

// explain says why a strategy gets as much through as it does, with the closed form
// where its limiter has one, and how what was found compares with it.
func explain(sc *scenario.Scenario, c *candidate.Candidate) []string {
	f := candidate.FactsOf(sc)
	j, bounded := f.Spread()
	if !bounded {
		return unbounded(c)
	}
	lines := []string{fmt.Sprintf("A request takes %s to %s to the server: J = %s.", dist.FormatDuration(f.Shortest), dist.FormatDuration(f.Longest), dist.FormatDuration(j))}
	if len(sc.Server.Limits) > 0 {
		return append(lines[:1:1], promises(sc, c)...)
	}
	lines[0] += fmt.Sprintf(" A slot of the window is free after W' = %s, a window and a tick of the server's clock.", dist.FormatDuration(f.Age()))
	n, keys := f.Quota.Limit, sc.Server.Keys
	even := float64(keys*n) / (f.Age() + j).Seconds()
	evenText := fmt.Sprintf("at most %d keys · N/(W' + J) = %d · %d/%s = %s requests/s", keys, keys, n, dist.FormatDuration(f.Age()+j), metrics.RateText(even, 2))
	switch l := c.Limiter.Config.(type) {
	case *limiter.Paced:
		lines = append(lines,
			fmt.Sprintf("paced leaves (W' + spread)/N apart. Of N + 1 departures in a row the last leaves W' + spread after the first, and arrives at least W' after it as soon as spread is J: no 429, %s.", evenText),
			agreement("spread", l.Spread, j))
	case *limiter.Window:
		lines = append(lines,
			fmt.Sprintf("window lets the N-th departure after one go W' + headroom later, which covers the way in as soon as headroom is J: no 429, %s.", evenText),
			agreement("headroom", l.Headroom, j))
	case *limiter.FixedInterval:
		lines = append(lines,
			fmt.Sprintf("Its log of departures covers the way in as soon as headroom is J: no 429, %s. The interval holds back no more than that up to (W' + J)/N = %s.",
				evenText, dist.FormatDuration(candidate.Rounded((f.Age()+j)/time.Duration(n)))),
			agreement("headroom", l.Headroom, j))
	case *limiter.AckClocked:
		lines = append(lines,
			"ack-clocked counts a request from its answer, or from J after it left, whichever is sooner: what of J the way did not take is not waited for. It gets above what any fixed spacing can, and is never answered 429.",
			latencyAgreement(l.Latency, f.Longest))
	case *limiter.ServerTime:
		lines = append(lines,
			"server-time counts a request from when the server says that it came, which is as soon as anybody can know: of all that is never answered 429 it gets the most through.",
			latencyAgreement(l.Latency, f.Longest))
	default:
		return append(lines, fmt.Sprintf("There is no closed form for %s: what it was found with is what won. A strategy with one gets %s.", c.Limiter.Kind, evenText))
	}
	return lines
}

// agreement says whether a search has confirmed a formula.
func agreement(name string, found, formula time.Duration) string {
	if found == formula {
		return fmt.Sprintf("The search found the %s that the formula gives: %s.", name, dist.FormatDuration(found))
	}
	return fmt.Sprintf("The search found a %s of %s where the formula gives %s: with less there may be 429s that are too rare for so many runs.",
		name, dist.FormatDuration(found), dist.FormatDuration(formula))
}

func latencyAgreement(found, longest time.Duration) string {
	switch {
	case found == longest:
		return fmt.Sprintf("The search found the latency that the formula gives: %s, the longest way in.", dist.FormatDuration(found))
	case found == 0:
		return fmt.Sprintf("The search found nothing to gain by telling it the longest way in, %s: answers alone do as well here.", dist.FormatDuration(longest))
	}
	return fmt.Sprintf("The search found a latency of %s where the longest way in is %s: a request that takes longer may be answered 429.",
		dist.FormatDuration(found), dist.FormatDuration(longest))
}

// unbounded is for a way in whose latency has no upper end.
func unbounded(c *candidate.Candidate) []string {
	const why = "The latency of the way in has no upper end: no fixed spacing or headroom is safe for ever, only what waits for answers."
	switch l := c.Limiter.Config.(type) {
	case *limiter.AckClocked:
		if l.Latency == 0 {
			return []string{why, "ack-clocked without a latency counts a request from its answer, and is never answered 429 as long as nobody gives up waiting."}
		}
	case *limiter.ServerTime:
		if l.Latency == 0 {
			return []string{why, "server-time without a latency counts a request from when the server says that it came, and is never answered 429 as long as nobody gives up waiting."}
		}
	}
	return []string{why, fmt.Sprintf("%s was not answered 429 in the runs that were made; in the long run it will be.", c.Limiter.Kind)}
}

// promises are what a limiter promises of each of several limits.
func promises(sc *scenario.Scenario, c *candidate.Candidate) []string {
	var lines []string
	limits := sc.Server.AllLimits()
	for i := range limits {
		l := &limits[i]
		if !l.IsPaced() {
			continue
		}
		switch what, err := theory.Promise(sc, &c.Strategy, l); {
		case err != nil:
			lines = append(lines, fmt.Sprintf("Of %s: %v.", l, err))
		case what == "":
			lines = append(lines, fmt.Sprintf("Of %s %s promises nothing: what it was found with is what won.", l, c.Limiter.Kind))
		default:
			lines = append(lines, fmt.Sprintf("Of %s: %s.", l, what))
		}
	}
	return lines
}
