package theory

import (
	"math"
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

func withLimits(t *testing.T, server, load string) *scenario.Scenario {
	t.Helper()
	text := "version: 1\nduration: 10s\nserver: {keys: 5, nonces: false, " + server + "}\n" + load + "\nstrategies: [{name: a, limiter: {kind: none}}]\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// Ceilings of limits of every kind, worked out by hand: 5 keys, latencies of 0 to
// 50 ms each way, a tick of 1 ms. 0 is no line.
func TestCeilingsOfLimits(t *testing.T) {
	const mix = "load: {mix: [{route: read, share: 90%, cost: {points: 1}}, {route: write, share: 10%, cost: {points: 5}, settled: {points: 3}, resource: 4}]}"
	log := Of(withLimits(t, "limit: 20/1s", "")).Provable
	for _, tt := range []struct {
		name, server, load string
		admitted, provable float64
	}{
		{"log", "limits: [{window: 20/1s}]", "", 5 * 20 / 1.001, log},
		{"aligned", "limits: [{window: 20/1s, count: aligned}]", "", 100, log},
		{"first", "limits: [{window: 20/1s, count: first}]", "", 100, log},
		{"counter", "limits: [{window: 20/1s, count: counter}]", "", 100, log},
		{"bucket", "limits: [{bucket: 20, refill: 20/1s}]", "", 100, 100},
		{"a bucket that just makes up for 51 ms", "limits: [{bucket: 3, refill: 20/1s}]", "", 100, 100},
		{"and one that does not, late as it is refilled", "limits: [{bucket: 2, refill: 20/1s, every: 10ms}]", "", 100, 0},
		{"queue", "limits: [{queue: 20/1s, length: 5}]", "", 100, 100},
		{"concurrency", "limits: [{concurrency: 2}]", "", 5 * 2 / 0.025, 5 * 2 / 0.05},
		{"account", "limits: [{bucket: 20, refill: 20/1s, scope: [account]}]", "", 20, 20},
		{"the least of two", "limits: [{bucket: 20, refill: 20/1s}, {bucket: 60, refill: 60/1s, scope: [ip]}]", "", 60, 60},
		{"costs", "limits: [{bucket: 28, refill: 28/1s, cost: points}]", mix, 5 * 28 / 1.4, 5 * 28 / 1.4},
		{"costs that are settled", "limits: [{bucket: 24, refill: 24/1s, cost: points, settle: true}]", mix, 5 * 24 / 1.2, 5 * 24 / 1.2},
		{"one route", "limits: [{bucket: 4, refill: 4/1s, routes: [write]}]", mix, 5 * 4 / 0.1, 5 * 4 / 0.1},
		{"by route, the busy one first", "limits: [{bucket: 18, refill: 18/1s, scope: [key, route]}]", mix, 5 * 18 / 0.9, 5 * 18 / 0.9},
		{"by resource", "limits: [{bucket: 4, refill: 4/1s, routes: [write], scope: [key, resource]}]", mix, 5 * 4 * 4 / 0.1, 5 * 4 * 4 / 0.1},
		{"failures alone", "limits: [{window: 10/1m, counts: failures}]", "", 0, 0},
	} {
		got := Of(withLimits(t, tt.server, tt.load))
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, b) }
		if !near(got.ServerCap, tt.admitted) || !near(got.Provable, tt.provable) {
			t.Errorf("%s: %v admitted, %v provable, want %v and %v", tt.name, got.ServerCap, got.Provable, tt.admitted, tt.provable)
		}
	}
}

// What one scope lets pass in a run of 10 s, which begins with an empty window
// and a full bucket.
func TestAdmits(t *testing.T) {
	for limits, want := range map[string]float64{
		"{window: 20/1s}":                  200, // 10 times W' is more than 10 s
		"{window: 20/1s, count: aligned}":  220, // it may begin within a window
		"{window: 20/1s, count: first}":    200,
		"{bucket: 7, refill: 20/1s}":       207,
		"{queue: 20/1s, length: 4}":        205,
		"{concurrency: 3}":                 math.Inf(1), // the way out may take no time
		"{window: 100/1m, count: counter}": 200,
	} {
		sc := withLimits(t, "limits: ["+limits+"]", "")
		if got := admits(sc, &sc.Server.Limits[0], sc.Duration); got != want {
			t.Errorf("%s admits %v, want %v", limits, got, want)
		}
	}
}

// A load offers what its stages say on average, of all keys if each has its own.
func TestOfferedInStages(t *testing.T) {
	for load, want := range map[string]float64{
		"load: {every: 10ms}":                                                        100,
		"load: {every: 10ms, per: key}":                                              500,
		"load: {every: 10ms, stages: [{at: 5s, every: 20ms}]}":                       75,
		"load: {every: 10ms, stages: [{at: 2s, every: 20ms}, {at: 8s, every: 5ms}]}": 0.2*100 + 0.6*50 + 0.2*200,
	} {
		if got := Of(withLimits(t, "limit: 20/1s", load)).Offered; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s offers %v, want %v", strings.TrimSpace(load), got, want)
		}
	}
}
