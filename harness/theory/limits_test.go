package theory

import (
	"math"
	"slices"
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

// Where limits change, ceilings are as they are by and by, and over the run their
// mean; of what is not known of one stage nothing is known over all.
func TestLimitsInStages(t *testing.T) {
	const server = "limits: [{name: w, window: 20/1s, count: aligned}, {name: b, bucket: 30, refill: 30/1s}], latency: {incoming: 0ms}, resolution: 0ms, " +
		"stages: [{at: 2s, limits: [{name: w, window: 10/1s}]}, {at: 6s, limits: [{name: w, window: 40/1s}, {name: b, refill: 25/1s}]}]"
	sc := withLimits(t, server, "")
	var got []float64
	for _, s := range Steps(sc) {
		got = append(got, s.Ceilings.ServerCap/5)
	}
	if want := []float64{20, 10, 25}; !slices.Equal(got, want) {
		t.Errorf("caps of a key are %v in stages, want %v", got, want)
	}
	if got, want := Of(sc).ServerCap/5, 0.2*20+0.4*10+0.4*25; math.Abs(got-want) > 1e-9 {
		t.Errorf("the mean of a key is %v, want %v", got, want)
	}
	one := withLimits(t, "limits: [{name: w, window: 20/1s}], stages: [{at: 5s, limits: [{name: w, window: 10/1s}]}]", "")
	short := withLimits(t, "limit: 20/1s, stages: [{at: 5s, limit: 10/1s}]", "")
	if Of(one) != Of(short) || Cap(one) != Cap(short) || len(Steps(one)) != 2 {
		t.Errorf("one log in a list %+v, and in short %+v", Of(one), Of(short))
	}
	small := withLimits(t, "limits: [{name: q, queue: 30/1s, length: 30}], stages: [{at: 5s, limits: [{name: q, length: 0}]}]", "")
	if c := Of(small); c.Provable != 0 || c.ServerCap != 5*30 {
		t.Errorf("a queue too short for a while: %+v, want a cap and nothing provable", c)
	}
}

// A run whose limits change is admitted what each stage lets pass from a full bucket
// on.
func TestAdmittedInStages(t *testing.T) {
	sc := withLimits(t, "limits: [{name: b, bucket: 7, refill: 20/1s}], latency: {incoming: 0ms}, stages: [{at: 4s, limits: [{name: b, bucket: 3, refill: 1/1s}]}]", "")
	if got, want := admitted(sc, 0, sc.Duration), 7+4*20+3+6.0; got != want {
		t.Errorf("admitted %v, want %v", got, want)
	}
}
