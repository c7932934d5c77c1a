package verdict

import (
	"math/rand/v2"
	"strings"
	"testing"

	"ratebench/harness/result"

	"github.com/google/go-cmp/cmp"
)

// A made is a strategy that is made up: its throughput in each run, and other
// figures that are the same in all.
type made struct {
	name  string
	tps   []float64
	other map[string]float64
}

func data(strategies ...made) *result.Data {
	d := &result.Data{Summary: result.Summary{Keys: 5}}
	for _, m := range strategies {
		figures := map[string]float64{"generated": 1000, "succeeded": 900, "latency_p99_ms": 500}
		for k, v := range m.other {
			figures[k] = v
		}
		sum := 0.0
		for i, tps := range m.tps {
			sum += tps
			figures["tps"] = tps
			d.Runs = append(d.Runs, result.Run{Strategy: m.name, Seed: uint64(i + 1), Figures: result.NewFigures(figures)})
		}
		figures["tps"] = sum / float64(len(m.tps))
		d.Summary.Strategies = append(d.Summary.Strategies, result.Strategy{
			Name: m.name, Ceiling: &result.OwnCeiling{Name: "provable", TPS: 100}, Figures: result.NewFigures(figures),
		})
	}
	return d
}

func TestVerdict(t *testing.T) {
	steady := []float64{89, 90, 91, 92, 93, 94}
	dead := map[string]float64{"keys_blocked": 2.5, "refused": 30}
	p99 := func(ms float64) map[string]float64 { return map[string]float64{"latency_p99_ms": ms} }
	const holm = "That any strategy is called better by chance has a probability of 5\u00a0% at most (Holm)."
	for name, tc := range map[string]struct {
		data *result.Data
		want []string
	}{
		"no strategy ran": {data(), []string{}},
		"one strategy": {data(made{"a", steady, nil}), []string{
			"a reaches 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"The 99th percentile of the latency of a is 500 ms (90.0\u00a0% of requests succeed)."}},
		// Five times 1 less and once 2: a mean of 1.167 ± 2.571·0.408/√6.
		"one leads": {data(made{"b", []float64{88, 89, 90, 91, 92, 92}, nil}, made{"a", steady, nil}), []string{
			"a gets the most through: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"Next is b, 1.17 requests/s or 1.3\u00a0% behind (95\u00a0%: 0.738 to 1.60), by 6 pairs of runs with the same seed. " + holm,
			"The 99th percentile of the latency of a is 500 ms (90.0\u00a0% of requests succeed)."}},
		// The one with dead keys is faster, and is the best at nothing.
		"the fastest loses its keys": {data(made{"dead", []float64{99, 99, 99, 99, 99, 99}, dead}, made{"a", steady, nil}), []string{
			"a alone keeps its keys: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"The 99th percentile of the latency of a is 500 ms (90.0\u00a0% of requests succeed).",
			"Not counted, for keys are blocked, as many per run: dead (2.5 of 5)."}},
		"nobody keeps any": {data(made{"dead", steady, dead}, made{"late", steady, map[string]float64{"keys_blocked": 1}}), []string{
			"No strategy keeps its keys, and so none is the best. Blocked per run, the fewest first: late (1 of 5), dead (2.5 of 5)."}},
		"nothing succeeds": {data(made{"a", []float64{0, 0}, nil}), []string{}},
		"identical, told apart by latency": {data(made{"a", steady, p99(500)}, made{"b", steady, p99(400)}), []string{
			"a gets the most through: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"The same throughput in every run: b.",
			"Of these 2, b has the lowest 99th percentile of the latency: 400 ms (90.0\u00a0% of requests succeed); a has 500 ms (90.0\u00a0% of requests succeed)."}},
		"not told apart": {data(made{"a", steady, nil}, made{"b", []float64{89, 92, 90, 93, 91, 93.5}, nil}), []string{
			"a gets the most through: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"Not told apart from it by these runs: b.",
			"Their 99th percentile of the latency cannot be told apart either: 500 ms (90.0\u00a0% of requests succeed) for a."}},
		// Always ahead, by a tenth of a percent or so.
		"nearly the same": {data(made{"a", steady, nil}, made{"b", []float64{88.9, 89.91, 90.9, 91.9, 92.9, 93.9}, p99(600)}), []string{
			"a gets the most through: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"Within 0.2\u00a0% of it: b.",
			"Of these 2, a has the lowest 99th percentile of the latency: 500 ms (90.0\u00a0% of requests succeed); b has 600 ms (90.0\u00a0% of requests succeed)."}},
		"one run": {data(made{"a", []float64{91}, nil}, made{"b", []float64{90}, nil}), []string{
			"a gets the most through: 91.00 requests/s, 91.0\u00a0% of the provable ceiling.",
			"Next is b, 1.00 requests/s or 1.1\u00a0% behind; with fewer than two runs of each on the same seeds, that may be chance.",
			"The 99th percentile of the latency of a is 500 ms (90.0\u00a0% of requests succeed)."}},
		// The lead has its price.
		"answered 429": {data(made{"a", steady, map[string]float64{"refused": 0.5}}, made{"b", []float64{88, 89, 90, 91, 92.1, 92.9}, nil}), []string{
			"a gets the most through: 91.50 requests/s, 91.5\u00a0% of the provable ceiling.",
			"Next is b, 1.00 requests/s or 1.1\u00a0% behind (95\u00a0%: 0.934 to 1.07), by 6 pairs of runs with the same seed. " + holm,
			"a is answered 429 0.5 times per run; without any, b gets the most through: 90.50 requests/s, 1.1\u00a0% less.",
			"The 99th percentile of the latency of a is 500 ms (90.0\u00a0% of requests succeed)."}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Of(tc.data).Sentences()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	ok, fails := result.Expectation{OK: true, Message: "fine"}, result.Expectation{Message: "429 of a is 3, expected 0 to 0"}
	for _, tc := range []struct {
		question     string
		expectations []result.Expectation
		want         string
	}{
		{"Why?", nil, ""},
		{"", []result.Expectation{ok}, "What the scenario expects holds."},
		{"Why?", []result.Expectation{ok, ok}, "What the scenario expects, as an answer to “Why?”, holds: all 2 expectations."},
		{"Why?", []result.Expectation{ok, fails}, "Of what the scenario expects, as an answer to “Why?”, 1 of 2 does not hold: 429 of a is 3, expected 0 to 0."},
	} {
		s := result.Summary{Question: tc.question, Expectations: tc.expectations}
		if got := Of(&result.Data{Summary: s}).Answer; got != tc.want {
			t.Errorf("got  %q\nwant %q", got, tc.want)
		}
		s.Interrupted = true
		if got := Of(&result.Data{Summary: s}).Answer; got != "" {
			t.Errorf("of runs that were interrupted: %q", got)
		}
	}
}

// Many strategies, of which some lose their keys: none of those is named before
// the sentence on them.
func TestManyAreNotAllNamed(t *testing.T) {
	var all []made
	for _, name := range strings.Fields("a b c d e f g h") {
		all = append(all, made{name, []float64{90, 91}, nil}, made{"dead-" + name, []float64{95, 96}, map[string]float64{"keys_blocked": 5}})
	}
	got := Of(data(all...))
	if want := "The same throughput in every run: b, c, d, e and 3 more."; got.Ties != want {
		t.Errorf("got  %q\nwant %q", got.Ties, want)
	}
	if want := "Not counted, for keys are blocked, as many per run: dead-a (5 of 5), dead-b (5 of 5), dead-c (5 of 5), dead-d (5 of 5), 4 more."; got.Lost != want {
		t.Errorf("got  %q\nwant %q", got.Lost, want)
	}
	for _, s := range got.Sentences() {
		if strings.Contains(s, "dead-") && s != got.Lost {
			t.Errorf("%q", s)
		}
	}
}

// Where all strategies are equal, any is called better in 5 % of all cases at
// most: 29 or fewer of 400 with a probability of 99 %, were it just 5 %.
func TestNobodyLeadsByChance(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	wrong := 0
	for range 400 {
		seeds := make([]float64, 10) // what a seed does to all of them
		for i := range seeds {
			seeds[i] = 90 + 5*random.NormFloat64()
		}
		var equal []made
		for _, name := range strings.Fields("a b c d e") {
			m := made{name: name}
			for _, seed := range seeds {
				m.tps = append(m.tps, seed+random.NormFloat64())
			}
			equal = append(equal, m)
		}
		if Of(data(equal...)).Lead != "" {
			wrong++
		}
	}
	if wrong > 29 {
		t.Errorf("%d of 400 times a strategy is called better than its equals", wrong)
	}
	t.Logf("%d of 400", wrong)
}
