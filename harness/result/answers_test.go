package result_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/result"
)

func strategyOf(name string, figures map[string]float64) result.Strategy {
	return result.Strategy{Name: name, Figures: result.NewFigures(figures)}
}

// Why nothing succeeded: of one strategy, of some, and of all.
func TestFailures(t *testing.T) {
	fine := strategyOf("fine", map[string]float64{"ok": 1})
	unknown := strategyOf("a", map[string]float64{"generated": 2400, "401": 2344})
	mixed := strategyOf("b\nc", map[string]float64{"generated": 2400, "401": 2000, "429": 300, "blocked": 1, "400": 2, "timeout": 40, "error": 1})
	silent := strategyOf("d", map[string]float64{"generated": 120})
	idle := strategyOf("e", nil)
	for _, tc := range []struct {
		runs       int
		strategies []result.Strategy
		want       []string
	}{
		{1, nil, nil},
		{1, []result.Strategy{fine}, nil},
		{1, []result.Strategy{unknown}, []string{"no request succeeded: 2344 of 2344 answers were 401 (unknown key)"}},
		{20, []result.Strategy{unknown}, []string{"no request succeeded: per run, 2344 of 2344 answers were 401 (unknown key)"}},
		{1, []result.Strategy{fine, unknown}, []string{"no request of a succeeded: 2344 of 2344 answers were 401 (unknown key)"}},
		{1, []result.Strategy{mixed}, []string{"no request succeeded: 2000 of 2344 answers were 401 (unknown key), 300 were 429 (over the limit), " +
			"40 were timeouts, 2 were 400 (nonce out of order), 1 were 429 (key blocked), 1 were other failures"}},
		{1, []result.Strategy{silent}, []string{"no request succeeded: of 120 requests none was answered"}},
		{20, []result.Strategy{silent, silent}, []string{"no request succeeded: per run, over all strategies, of 240 requests none was answered"}},
		{1, []result.Strategy{idle}, []string{"no request succeeded: none was made"}},
		{1, []result.Strategy{unknown, silent}, []string{"no request succeeded: 2344 of 2344 answers were 401 (unknown key)"}},
		{2, []result.Strategy{unknown, unknown}, []string{"no request succeeded: per run, over all strategies, 4688 of 4688 answers were 401 (unknown key)"}},
		{1, []result.Strategy{mixed, fine, idle}, []string{
			"no request of b c succeeded: 2000 of 2344 answers were 401 (unknown key), 300 were 429 (over the limit), " +
				"40 were timeouts, 2 were 400 (nonce out of order), 1 were 429 (key blocked), 1 were other failures",
			"no request of e succeeded: none was made",
		}},
	} {
		s := result.Summary{Runs: tc.runs, Strategies: tc.strategies}
		if diff := cmp.Diff(tc.want, s.Failures()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if got := mixed.Answers(); got != 2344 {
		t.Errorf("%v answers, want 2344", got)
	}
}

func TestOtherAnswers(t *testing.T) {
	quiet := strategyOf("quiet", map[string]float64{"ok": 10, "429": 3, "blocked": 2, "refused": 5})
	some := strategyOf("some", map[string]float64{"ok": 10, "401": 0.25, "timeout": 7})
	more := strategyOf("more", map[string]float64{"ok": 10, "400": 1, "401": 1234, "timeout": 2, "error": 0.05})
	for want, strategies := range map[string][]result.Strategy{
		"":                                     {quiet},
		"401 (unknown key): 0.25; timeouts: 7": {some},
		"400 (nonce out of order): up to 1, for more; 401 (unknown key): up to 1\u202f234, for more; timeouts: up to 7, for some; other failures: up to 0.05, for more": {quiet, some, more},
	} {
		s := result.Summary{Strategies: strategies}
		if got := s.OtherAnswers(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
