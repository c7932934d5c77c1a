package result_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/setting"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

func TestBuildSummary(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	meta.Expect = []scenario.Expectation{{Strategy: "steady", Metric: "tps", Between: &[2]float64{6, 8}}}
	got := result.Build(meta, runs).Summary
	want := result.Summary{
		SchemaVersion: 2,
		Question:      "Is it so?",
		TTLS:          1,
		Scenario:      result.Scenario{Name: "pair", SHA256: "ab12"},
		Clock:         "virtual", Seed: 7, Runs: 2, DurationS: 2.5,
		Interrupted:      true, // one of the runs was
		InterruptedAfter: &result.Reached{Runs: 3, Of: 2 * len(meta.Strategies)},
		Ceilings:         result.Ceilings{ServerCap: resulttest.Number(10.00004), Provable: resulttest.Number(8), Offered: resulttest.Number(9.5)},
		Expectations: []result.Expectation{{
			Strategy: "steady", Metric: "tps", Between: &[2]float64{6, 8},
			Value: resulttest.Number(7), OK: true, Message: "tps of steady is 7, expected 6 to 8",
		}},
	}
	strategies := got.Strategies
	got.Strategies = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Build (-want +got):\n%s", diff)
	}
	if len(strategies) != 2 || strategies[0].Name != "steady" || strategies[1].Name != "banned" {
		t.Fatalf("strategies %+v", strategies)
	}
	steady, banned := strategies[0], strategies[1]
	wantFigures(t, steady, map[string]float64{
		"tps": 7, "offered_tps": 10, "ok": 20, "429": 1, "refused": 1, "400": 0, "blocked": 0,
		"generated": 25, "succeeded": 17.5, "expired": 3, "queued": 3.5, "in_flight": 1, "expirations": 4, "retries": 1,
		"latency_mean_ms": 20, "latency_p50_ms": 10, "latency_p99_ms": 30, "latency_max_ms": 30,
		"service_mean_ms": 5, "service_p50_ms": 5, "service_max_ms": 5,
		"queue_main_mean": 1.23456, "queue_main_peak": 9,
	}, "first_block_s")
	wantFigures(t, banned, map[string]float64{
		"tps": 0, "offered_tps": 0.8, "blocked": 2, "refused": 2, "keys_blocked": 1, "first_block_s": 1.5, "generated": 2, "failed": 2,
	}, "latency_p50_ms", "latency_mean_ms", "service_p99_ms")
	// 20 and 15 successes in 2.5 s: 8 and 6, s/√2 = 1, t = 12.7062.
	if ci := steady.TPS().CI95; ci == nil || *ci != [2]float64{0, 19.7062047} {
		t.Errorf("interval of tps: %v", ci)
	}
	if ci := banned.TPS().CI95; ci != nil {
		t.Errorf("interval of one run: %v", ci)
	}
}

// wantFigures checks known figures, and some that are not to be known.
func wantFigures(t *testing.T, s result.Strategy, known map[string]float64, unknown ...string) {
	t.Helper()
	for name, want := range known {
		if got, ok := s.Metric(name); !ok || got != want {
			t.Errorf("%s of %s is %v, %v, want %v", name, s.Name, got, ok, want)
		}
	}
	for _, name := range unknown {
		if v, ok := s.Metric(name); ok {
			t.Errorf("%s of %s is %v, want none", name, s.Name, v)
		}
	}
}

func TestBuildSeries(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	series := result.Build(meta, runs).Series
	if len(series) != 2 || series[0].Strategy != "steady" || series[0].Seconds() != 3 {
		t.Fatalf("got %d timelines: %+v", len(series), series)
	}
	cell := func(strategy int, column string, second int) result.Cell {
		return series[strategy].Column(column)[second]
	}
	for _, tc := range []struct {
		what string
		got  result.Cell
		want result.Cell
	}{
		{"8 and 6 successes", cell(0, "tps", 0), result.Cell{Mean: 7, Lo: 0, Hi: 19.7062047, Has: result.WithInterval}},
		{"2 and 1 successes in half a second", cell(0, "tps", 2), result.Cell{Mean: 3, Lo: 0, Hi: 15.7062047, Has: result.WithInterval}},
		{"one 429 in half a second of one run", cell(0, "429", 2), result.Cell{Mean: 1, Lo: 0, Hi: 13.7062047, Has: result.WithInterval}},
		{"latency of both runs", cell(0, "latency_mean_ms", 0), result.Cell{Mean: 30, Lo: 0, Hi: 157.062047, Has: result.WithInterval}},
		{"latency of the one run with a success", cell(0, "latency_mean_ms", 1), result.Cell{Mean: 1, Has: result.NoInterval}},
		{"latency without a success", cell(1, "latency_mean_ms", 0), result.Cell{}},
		{"blocked answers of one run", cell(1, "blocked", 1), result.Cell{Mean: 2, Has: result.NoInterval}},
		{"queue", cell(0, "queue_main", 0), result.Cell{Mean: 1, Lo: 0, Hi: 13.7062047, Has: result.WithInterval}},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.what, tc.got, tc.want)
		}
	}
}

// A run that was cut short counts in the seconds that it has.
func TestBuildRunsOfDifferentLength(t *testing.T) {
	long := metrics.Run{Strategy: "a", Duration: 2 * time.Second, Series: []metrics.Second{{OK: 4}, {OK: 6}}}
	cut := metrics.Run{Strategy: "a", Duration: 500 * time.Millisecond, Series: []metrics.Second{{OK: 2}}}
	d := result.Build(result.Meta{Strategies: []string{"a"}}, []metrics.Run{long, cut})
	tps := d.Series[0].Column("tps")
	if got := tps[0].Mean; got != 4 {
		t.Errorf("first second: %v per second, want 4", got)
	}
	if got, want := tps[1], (result.Cell{Mean: 6, Has: result.NoInterval}); got != want {
		t.Errorf("second second: %+v, want %+v", got, want)
	}
}

func TestMetaOf(t *testing.T) {
	sc := scenario.Reference()
	got := result.MetaOf(sc)
	want := result.Meta{
		Scenario: sc.Name, Question: sc.Question, SHA256: sc.SHA256,
		Seed: sc.Seed, Runs: sc.Runs, Duration: sc.Duration, TTL: sc.Load.TTL, Keys: 5,
		Ceilings: theory.Of(sc), Expect: sc.Expect,
	}
	for _, st := range sc.Strategies {
		want.Strategies = append(want.Strategies, st.Name)
	}
	if b := got.Bound("nobody", 3, sc.Duration); b.TPS != 0 {
		t.Errorf("the bound of a strategy that there is not is %+v", b)
	}
	if len(got.Fingerprint) != 64 {
		t.Errorf("fingerprint %q", got.Fingerprint)
	}
	if text, err := setting.Text(sc); err != nil || string(got.Resolved) != string(text) {
		t.Errorf("the scenario as it is run is %s: %v", got.Resolved, err)
	}
	got.Bound, got.Fingerprint, got.Resolved = nil, "", nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Ceilings.ServerCap == 0 {
		t.Error("the reference has no ceiling")
	}
}

func TestExpectations(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	between := func(lo, hi float64) *[2]float64 { return &[2]float64{lo, hi} }
	for _, tc := range []struct {
		expect scenario.Expectation
		ok     bool
		value  *float64
		want   string
	}{
		{scenario.Expectation{Strategy: "steady", Metric: "429", Between: between(0, 1)}, true, resulttest.Number(1), "429 of steady is 1, expected 0 to 1"},
		{scenario.Expectation{Strategy: "steady", Metric: "tps", Between: between(7.5, 9)}, false, resulttest.Number(7), "tps of steady is 7, expected 7.5 to 9"},
		{scenario.Expectation{Strategy: "banned", Metric: "offered_tps", Over: "steady", Ratio: between(0, 0.1)}, true, resulttest.Number(0.08), "offered_tps of banned divided by that of steady is 0.08, expected 0 to 0.1"},
		{scenario.Expectation{Strategy: "steady", Metric: "tps", Over: "banned", Ratio: between(0, 9)}, false, nil, "tps of banned is 0, nothing can be compared with it"},
		{scenario.Expectation{Strategy: "banned", Metric: "latency_p99_ms", Between: between(0, 9)}, false, nil, "latency_p99_ms of banned: nothing was recorded"},
		{scenario.Expectation{Strategy: "absent", Metric: "429", Between: between(0, 9)}, false, nil, "absent did not run"},
		{scenario.Expectation{Strategy: "steady", Metric: "tps"}, false, nil, "tps of steady: the scenario gives no bounds"},
	} {
		meta.Expect = []scenario.Expectation{tc.expect}
		got := result.Build(meta, runs).Summary.Expectations[0]
		if got.OK != tc.ok || got.Message != tc.want || !cmp.Equal(got.Value, tc.value) {
			t.Errorf("got %v %q %v, want %v %q %v", got.OK, got.Message, got.Value, tc.ok, tc.want, tc.value)
		}
	}
}

// A strategy's own ceiling is the mean of what bounds its runs, by the name of
// the one that binds most often.
func TestOwnCeiling(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	if got := result.Build(meta, runs).Summary.Strategies[0]; got.Ceiling != nil {
		t.Errorf("without bounds the ceiling is %+v", got.Ceiling)
	}
	third := runs[0]
	third.Seed = 9
	runs = append(runs, third)
	meta.Bound = func(strategy string, seed uint64, length time.Duration) theory.Bound {
		switch {
		case length != meta.Duration || strategy == "banned":
			return theory.Bound{Ceiling: theory.ServerCap}
		case seed == 8:
			return theory.Bound{Ceiling: theory.Offered, TPS: 7}
		}
		return theory.Bound{Ceiling: theory.Provable, TPS: 10}
	}
	strategies := result.Build(meta, runs).Summary.Strategies
	steady, banned := strategies[0], strategies[1]
	if diff := cmp.Diff(&result.OwnCeiling{Name: "provable", TPS: 9}, steady.Ceiling); diff != "" {
		t.Error(diff)
	}
	// 8, 6 and 8 successes a second.
	if share, known := steady.Share(); !known || math.Abs(share-100*(22.0/3)/9) > 1e-6 {
		t.Errorf("share %v, %v, want %v", share, known, 100*(22.0/3)/9)
	}
	if share, known := banned.Share(); known || banned.Ceiling != nil {
		t.Errorf("a strategy that nothing can be got with has a share of %v", share)
	}
}
