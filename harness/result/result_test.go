package result_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

func TestBuildSummary(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	meta.Expect = []scenario.Expectation{{Strategy: "steady", Metric: "tps", Between: &[2]float64{6, 8}}}
	got := result.Build(meta, runs).Summary
	first := 1.5
	want := result.Summary{
		SchemaVersion: 1,
		Scenario:      result.Scenario{Name: "pair", SHA256: "ab12"},
		Clock:         "virtual", Seed: 7, Runs: 2, DurationS: 2.5,
		Interrupted: true, // one of the runs was
		Ceilings:    result.Ceilings{ServerCap: resulttest.Number(10), Provable: resulttest.Number(8), Offered: resulttest.Number(9.5)},
		Strategies: []result.Strategy{
			{
				Name: "steady",
				// 20 and 15 successes in 2.5 s: 8 and 6, s/√2 = 1, t = 12.7062.
				TPS:         result.Rate{Mean: 7, CI95: &[2]float64{-5.7062, 19.7062}},
				OfferedTPS:  result.Rate{Mean: 10, CI95: &[2]float64{10, 10}},
				Responses:   result.Responses{OK: 20, RateLimited: 1},
				Ledger:      result.Ledger{Generated: 25, Succeeded: 17.5, Expired: 3, Queued: 3.5, InFlight: 1},
				Expirations: 4, Retries: 1,
				// The histogram tells apart what differs by 8 µs at 10 ms.
				LatencyMS: &result.Quantiles{Mean: 20, P50: 10.007, P90: 30, P95: 30, P99: 30, P999: 30, Max: 30},
				ServiceMS: &result.Quantiles{Mean: 5, P50: 5, P90: 5, P95: 5, P99: 5, P999: 5, Max: 5},
				Queue:     result.Queue{MainMean: 1.2346, MainPeak: 9},
			},
			{
				Name:        "banned",
				TPS:         result.Rate{Mean: 0},
				OfferedTPS:  result.Rate{Mean: 0.8},
				Responses:   result.Responses{Blocked: 2},
				KeysBlocked: 1, FirstBlockS: &first,
				Ledger: result.Ledger{Generated: 2, Failed: 2},
			},
		},
		Expectations: []result.Expectation{{
			Strategy: "steady", Metric: "tps", Between: &[2]float64{6, 8},
			Value: resulttest.Number(7), OK: true, Message: "tps of steady is 7, expected 6 to 8",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Build (-want +got):\n%s", diff)
	}
}

func TestBuildSeries(t *testing.T) {
	meta, runs := resulttest.TwoRuns()
	series := result.Build(meta, runs).Series
	if len(series) != 2 || series[0].Strategy != "steady" || len(series[0].Seconds) != 3 {
		t.Fatalf("got %d timelines: %+v", len(series), series)
	}
	seconds := series[0].Seconds
	for _, tc := range []struct {
		what string
		got  result.Cell
		want result.Cell
	}{
		{"8 and 6 successes", seconds[0].TPS, result.Cell{Mean: 7, Lo: -5.71, Hi: 19.71, Has: result.WithInterval}},
		{"2 and 1 successes in half a second", seconds[2].TPS, result.Cell{Mean: 3, Lo: -9.71, Hi: 15.71, Has: result.WithInterval}},
		{"one 429 in half a second of one run", seconds[2].RateLimited, result.Cell{Mean: 1, Lo: -11.71, Hi: 13.71, Has: result.WithInterval}},
		{"latency of both runs", seconds[0].LatencyMean, result.Cell{Mean: 30, Lo: -97.06, Hi: 157.06, Has: result.WithInterval}},
		{"latency of the one run with a success", seconds[1].LatencyMean, result.Cell{Mean: 1, Has: result.NoInterval}},
		{"latency without a success", series[1].Seconds[0].LatencyMean, result.Cell{}},
		{"blocked answers of one run", series[1].Seconds[1].Blocked, result.Cell{Mean: 2, Has: result.NoInterval}},
		{"queue", seconds[0].QueueMain, result.Cell{Mean: 1, Lo: -11.71, Hi: 13.71, Has: result.WithInterval}},
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
	seconds := d.Series[0].Seconds
	if got := seconds[0].TPS.Mean; got != 4 {
		t.Errorf("first second: %v per second, want 4", got)
	}
	if got, want := seconds[1].TPS, (result.Cell{Mean: 6, Has: result.NoInterval}); got != want {
		t.Errorf("second second: %+v, want %+v", got, want)
	}
}

func TestMetric(t *testing.T) {
	var none result.Strategy
	if v, ok := none.Metric("429"); v != 0 || !ok {
		t.Errorf("429 of an empty strategy is %v, %v, want 0, true", v, ok)
	}
	for _, name := range []string{"latency_p99_ms", "nonsense"} {
		if v, ok := none.Metric(name); ok {
			t.Errorf("%s of an empty strategy is %v, want none", name, v)
		}
	}
}

func TestMetaOf(t *testing.T) {
	sc := scenario.Reference()
	got := result.MetaOf(sc)
	want := result.Meta{
		Scenario: sc.Name, Question: sc.Question, SHA256: sc.SHA256,
		Seed: sc.Seed, Runs: sc.Runs, Duration: sc.Duration, TTL: sc.Load.TTL,
		Ceilings: theory.Of(sc), Expect: sc.Expect,
	}
	for _, st := range sc.Strategies {
		want.Strategies = append(want.Strategies, st.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Ceilings.ServerCap == 0 {
		t.Error("the reference has no ceiling")
	}
}

// Every metric that a scenario can name can be found, and no other is kept.
func TestMetrics(t *testing.T) {
	known := map[string]bool{}
	for _, m := range scenario.Metrics() {
		known[m.Name] = true
		if result.MetricsByName[m.Name] == nil {
			t.Errorf("metric %q of package scenario is unknown", m.Name)
		}
	}
	for name := range result.MetricsByName {
		if !known[name] {
			t.Errorf("metric %q is not one of package scenario", name)
		}
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
