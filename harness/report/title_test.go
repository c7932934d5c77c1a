package report

import (
	"strings"
	"testing"
)

// strategies makes a summary; the figures are in the order of the arguments of
// each entry.
func titled(strategies ...Strategy) *Summary {
	return &Summary{Strategies: strategies, Ceilings: Ceilings{Provable: number(96)}}
}

func TestTitles(t *testing.T) {
	tps := func(name string, v float64) Strategy { return Strategy{Name: name, TPS: Rate{Mean: v}} }
	refused := func(name string, n, keys float64) Strategy {
		return Strategy{Name: name, Responses: Responses{RateLimited: n}, KeysBlocked: keys}
	}
	p99 := func(name string, ms float64) Strategy { return Strategy{Name: name, LatencyMS: &Quantiles{P99: ms}} }
	queue := func(name string, peak float64) Strategy { return Strategy{Name: name, Queue: Queue{MainPeak: peak}} }
	expire := func(name string, n float64) Strategy { return Strategy{Name: name, Expirations: n} }
	for _, tc := range []struct {
		title   func(*Summary) string
		summary *Summary
		want    string
	}{
		{tpsTitle, titled(tps("a", 48)), "a: 48.0 successful requests per second"},
		{tpsTitle, titled(tps("a", 48), tps("b", 48.04)), "All strategies: 48.0 successful requests per second"},
		{tpsTitle, titled(tps("a", 48), tps("b", 0)), "From 0.0 (b) to 48.0 (a) successful requests per second"},
		{meanTitle, titled(tps("a", 48), tps("b", 24)), "a reaches 48.0 requests per second, 50.0\u00a0% of the provable ceiling"},
		{meanTitle, titled(tps("a", 48), tps("b", 48), tps("c", 1)), "2 strategies reach 48.0 requests per second, 50.0\u00a0% of the provable ceiling"},
		{meanTitle, titled(tps("a", 48), tps("b", 48)), "All 2 strategies reach 48.0 requests per second, 50.0\u00a0% of the provable ceiling"},
		{meanTitle, titled(tps("a", 0)), "No request succeeds"},
		{meanTitle, &Summary{Strategies: []Strategy{tps("a", 48)}}, "a reaches 48.0 requests per second"},
		{latencyTitle, titled(p99("a", 1234), p99("b", 56), tps("c", 0)), "99th percentile of the latency: 56 ms (b) to 1.23 s (a)"},
		{latencyTitle, titled(p99("a", 5.5)), "99th percentile of the latency: 5.5 ms"},
		{latencyTitle, titled(tps("a", 0)), "Latency: no request succeeds"},
		{rateLimitedTitle, titled(refused("a", 0, 0), refused("b", 0, 0)), "No strategy is answered 429"},
		{rateLimitedTitle, titled(refused("a", 2, 0), refused("b", 0, 0)), "a is answered 429"},
		{rateLimitedTitle, titled(refused("a", 2, 0.5), refused("b", 0, 0)), "a is answered 429 and has keys blocked for ever"},
		{rateLimitedTitle, titled(refused("a", 2, 1), refused("b", 2, 1)), "All 2 strategies are answered 429 and have keys blocked for ever"},
		{rateLimitedTitle, titled(refused("a", 2, 1), refused("b", 2, 0), refused("c", 0, 0)), "2 of 3 strategies are answered 429, 1 of them with keys blocked for ever"},
		{expirationsTitle, titled(expire("a", 0)), "No request expires"},
		{expirationsTitle, titled(expire("a", 0.05)), "a lets requests expire"},
		{expirationsTitle, titled(expire("a", 1), expire("b", 3), expire("c", 0)), "2 of 3 strategies let requests expire"},
		{queueTitle, titled(queue("a", 0), queue("b", 0)), "No request waits in the main queue"},
		{queueTitle, titled(queue("a", 1200), queue("b", 3)), "Up to 1\u202f200 requests in the main queue (a)"},
		{queueTitle, titled(queue("a", 3)), "Up to 3 requests in the main queue"},
	} {
		if got := tc.title(tc.summary); got != tc.want {
			t.Errorf("got  %q\nwant %q", got, tc.want)
		}
	}
}

func TestNumberTexts(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{countText(0), "0"},
		{countText(0.001), "<0.01"},
		{countText(0.05), "0.05"},
		{countText(9.99), "9.99"},
		{countText(12.34), "12.3"},
		{countText(1234567), "1\u202f234\u202f567"},
		{durationText(0.25), "0.2 ms"},
		{durationText(49.6), "50 ms"},
		{durationText(1234), "1.23 s"},
		{durationText(12345), "12.3 s"},
		{shortest(round(-0.00001, 4)), "0"},
		{shortest(round(2.00005, 4)), "2.0001"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestTypesetting(t *testing.T) {
	st := regular(10, ink)
	if got := fit(st, "short", 100); got != "short" {
		t.Errorf("fit shortened to %q", got)
	}
	if got := fit(st, "much too long for this", 50); st.Width(got) > 50 || got != "much to…" {
		t.Errorf("fit made %q, %v wide", got, st.Width(got))
	}
	if got := fit(st, "x", 0); got != ellipsis {
		t.Errorf("fit made %q for no room", got)
	}
	for _, line := range wrap(st, "some words and oneverylongwordthatdoesnotfitonanyline at all", 60) {
		if st.Width(line) > 60 {
			t.Errorf("line %q is %v wide", line, st.Width(line))
		}
	}
	if got, want := strings.Join(wrap(st, "one two three four", 60), "|"), "one two|three four"; got != want {
		t.Errorf("wrap made %q, want %q", got, want)
	}
	if got := abbreviate("日本語の名前", 4); got != "日本語…" {
		t.Errorf("abbreviate made %q", got)
	}
}
