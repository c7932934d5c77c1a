package title

import (
	"testing"

	"ratebench/harness/result"
)

// strategies makes a summary; the figures are in the order of the arguments of
// each entry.
func titled(strategies ...result.Strategy) *result.Summary {
	for i := range strategies {
		strategies[i].Ceiling = &result.OwnCeiling{Name: "provable", TPS: 96}
	}
	return &result.Summary{Strategies: strategies}
}

func TestTitles(t *testing.T) {
	with := func(name string, figures map[string]float64) result.Strategy {
		return result.Strategy{Name: name, Figures: result.NewFigures(figures)}
	}
	tps := func(name string, v float64) result.Strategy { return with(name, map[string]float64{"tps": v}) }
	dead := func(name string, v float64) result.Strategy {
		return with(name, map[string]float64{"tps": v, "keys_blocked": 5})
	}
	refused := func(name string, n, keys float64) result.Strategy {
		return with(name, map[string]float64{"refused": n, "keys_blocked": keys})
	}
	p99 := func(name string, ms float64) result.Strategy {
		return with(name, map[string]float64{"latency_p99_ms": ms})
	}
	queue := func(name string, peak float64) result.Strategy {
		return with(name, map[string]float64{"queue_main_peak": peak})
	}
	expire := func(name string, n float64) result.Strategy { return with(name, map[string]float64{"expirations": n}) }
	for _, tc := range []struct {
		title   func(*result.Summary) string
		summary *result.Summary
		want    string
	}{
		{TPS, titled(tps("a", 48)), "a: 48.0 successful requests per second"},
		{TPS, titled(tps("a", 48), tps("b", 48.04)), "All strategies: 48.0 successful requests per second"},
		{TPS, titled(tps("a", 48), tps("b", 0)), "From 0.0 (b) to 48.0 (a) successful requests per second"},
		{Means, titled(tps("a", 48), tps("b", 24)), "a reaches 48.0 requests per second, 50.0\u00a0% of the provable ceiling"},
		{Means, titled(tps("a", 48), tps("b", 48), tps("c", 1)), "2 strategies reach 48.0 requests per second"},
		{Means, titled(tps("a", 48), tps("b", 48)), "All 2 strategies reach 48.0 requests per second"},
		{Means, titled(tps("a", 0)), "No request succeeds"},
		{Means, &result.Summary{Strategies: []result.Strategy{tps("a", 48)}}, "a reaches 48.0 requests per second"},
		{Means, titled(tps("a", 48), dead("b", 60)), "a keeps its keys and reaches 48.0 requests per second, 50.0\u00a0% of the provable ceiling"},
		{Means, titled(tps("a", 48), tps("b", 48), dead("c", 48)), "2 strategies keep their keys and reach 48.0 requests per second"},
		{Means, titled(dead("a", 48), dead("b", 60)), "All 2 strategies have keys blocked"},
		{Means, titled(tps("a", 0), dead("b", 60)), "b has keys blocked"},
		{Latency, titled(p99("a", 1234), with("b", map[string]float64{"latency_p99_ms": 56, "generated": 100, "succeeded": 7})),
			"99th percentile of the latency: 56 ms (b, 7\u00a0% succeed) to 1.23 s (a)"},
		{Latency, titled(p99("a", 1234), p99("b", 56), tps("c", 0)), "99th percentile of the latency: 56 ms (b) to 1.23 s (a)"},
		{Latency, titled(p99("a", 5.5)), "99th percentile of the latency: 5.5 ms"},
		{Latency, titled(tps("a", 0)), "Latency: no request succeeds"},
		{RateLimited, titled(refused("a", 0, 0), refused("b", 0, 0)), "No strategy is answered 429"},
		{RateLimited, titled(refused("a", 2, 0), refused("b", 0, 0)), "a is answered 429"},
		{RateLimited, titled(refused("a", 2, 0.5), refused("b", 0, 0)), "a is answered 429 and has keys blocked for ever"},
		{RateLimited, titled(refused("a", 2, 1), refused("b", 2, 1)), "All 2 strategies are answered 429 and have keys blocked for ever"},
		{RateLimited, titled(refused("a", 2, 1), refused("b", 2, 0), refused("c", 0, 0)), "2 of 3 strategies are answered 429, 1 of them with keys blocked for ever"},
		{Expirations, titled(expire("a", 0)), "No request expires"},
		{Expirations, titled(expire("a", 0.05)), "a lets requests expire"},
		{Expirations, titled(expire("a", 1), expire("b", 3), expire("c", 0)), "2 of 3 strategies let requests expire"},
		{Queue, titled(queue("a", 0), queue("b", 0)), "No request waits in the main queue"},
		{Queue, titled(queue("a", 1200), queue("b", 3)), "Up to 1\u202f200 requests in the main queue (a)"},
		{Queue, titled(queue("a", 3)), "Up to 3 requests in the main queue"},
	} {
		if got := tc.title(tc.summary); got != tc.want {
			t.Errorf("got  %q\nwant %q", got, tc.want)
		}
	}
}
