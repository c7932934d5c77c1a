package harness

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/scenarios/apis"
)

// limitsText is a scenario with these limits, and with more to send than they
// let pass.
func limitsText(limits, more string) string {
	if !strings.Contains(limits, "penalty") && !strings.Contains(limits, "block_after") {
		limits += ", block_after: 0"
	}
	return "version: 1\nduration: 10s\nruns: 2\n" +
		"server: {keys: 3, nonces: false, limits: " + limits + "}\n" + more + `
strategies:
  - {name: none, limiter: {kind: none}, client: {workers_per_key: 5}}
  - {name: window, limiter: {kind: window, headroom: 50ms}, client: {workers_per_key: 30}}
  - {name: ack-clocked, limiter: {kind: ack-clocked}, client: {workers_per_key: 30}}
  - {name: paced, limiter: {kind: paced, spread: 50ms}, client: {workers_per_key: 30}}
`
}

func parseLimits(t *testing.T, limits, more string) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(limitsText(limits, more)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

const (
	busy  = "load: {every: 4ms}"
	mixed = "load: {every: 4ms, mix: [{route: read, share: 90%, cost: {points: 1}}, {route: write, share: 10%, cost: {points: \"uniform(1, 9)\"}, settled: {points: 3}, resource: 4}]}"
)

var someLimits = []struct{ name, limits, more string }{
	{"log", "[{window: 20/1s}]", busy},
	{"aligned", "[{window: 20/1s, count: aligned}]", busy},
	{"first", "[{window: 20/1s, count: first}]", busy},
	{"counter", "[{window: 20/1s, count: counter}]", busy},
	{"counter, all counted", "[{window: 20/1s, count: counter, counts: all}]", busy},
	{"bucket", "[{bucket: 20, refill: 20/1s}]", busy},
	{"bucket of one", "[{bucket: 1, refill: 20/1s}]", busy},
	{"portions", "[{bucket: 20, refill: 20/1s, every: 1s}]", busy},
	{"concurrency", "[{concurrency: 3}]", busy},
	{"queue", "[{queue: 20/1s, length: 5}]", busy},
	{"of all keys", "[{window: 20/1s, scope: [account]}]", busy},
	{"of the address", "[{bucket: 20, refill: 20/1s, scope: [ip]}]", busy},
	{"two", "[{window: 20/1s}, {window: 100/10s, count: aligned, scope: [account]}]", busy},
	{"points", "[{bucket: 50, refill: 30/1s, cost: points, settle: true}]", mixed},
	{"routes", "[{window: 20/1s, scope: [key, route]}]", mixed},
	{"one route", "[{window: 5/1s, routes: [write]}]", mixed},
	{"resources", "[{window: 2/1s, routes: [write], scope: [key, resource]}]", mixed},
	{"stages", "[{name: w, window: 20/1s, count: aligned}, {name: b, bucket: 30, refill: 30/1s}], stages: [{at: 3s, limits: [{name: w, window: 5/1s}]}, {at: 6s, limits: [{name: w, window: 40/1s}, {name: b, refill: 10/1s}]}]", busy},
	{"many", "[{window: 20/1s}, {window: 500/1m, scope: [account]}, {bucket: 50, refill: 30/1s, cost: points}, {concurrency: 4, scope: [ip]}]", mixed},
}

// refusals are the answers 429 of a strategy, per run.
func refusals(runs []metrics.Run, strategy string) (n int) {
	for _, r := range runs {
		if r.Strategy == strategy {
			n += r.Responses.RateLimited + r.Responses.Blocked
		}
	}
	return n
}

// No run is above its bound, whatever the limits.
//
// What keeps to a log is refused nothing by a log, by windows that are aligned or
// begin with a request, by a bucket that holds as much, by a concurrency, by a
// queue, nor by several such limits at once with costs, of a key or of all keys.
// A client without a limiter is.
func TestLimitsAreKept(t *testing.T) {
	unproven := map[string]bool{ // by a log
		"counter": true, "counter, all counted": true, "bucket of one": true, "queue": true,
		"stages": true, // by one that has been told of the first only
	}
	for _, tt := range someLimits {
		t.Run(tt.name, func(t *testing.T) {
			sc := parseLimits(t, tt.limits, tt.more)
			bounds := theory.NewBounds(sc)
			runs := runsOf(t, sc)
			for _, r := range runs {
				checkBound(t, sc, bounds, r)
				if r.Ledger.Succeeded == 0 || !r.Ledger.Balanced() {
					t.Errorf("%s: %+v", r.Strategy, r.Ledger)
				}
			}
			if n := refusals(runs, "ack-clocked"); n > 0 != unproven[tt.name] {
				t.Errorf("ack-clocked: %d answers 429, expected some: %v", n, unproven[tt.name])
			}
			if tt.name != "queue" && refusals(runs, "none") == 0 { // which serves as many as there are workers
				t.Error("none: not one answer 429")
			}
		})
	}
}

// A single sliding log of each key, written as a list, is the one that is written
// in short.
func TestOneLogInAListIsTheLimit(t *testing.T) {
	text := limitsText("[{name: l, window: 20/1s}], block_after: 0", busy)
	long, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	short, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(strings.Replace(text, "limits: [{name: l, window: 20/1s}]", "limit: 20/1s", 1)), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := runsOf(t, long), runsOf(t, short)
	for i := range a {
		if a[i].TPS() != b[i].TPS() || a[i].Responses != b[i].Responses || a[i].Ledger != b[i].Ledger {
			t.Errorf("%s: %v successes/s with %+v, and in short %v with %+v", a[i].Strategy, a[i].TPS(), a[i].Responses, b[i].TPS(), b[i].Responses)
		}
	}
	if theory.Of(long) != theory.Of(short) {
		t.Errorf("ceilings %+v, and in short %+v", theory.Of(long), theory.Of(short))
	}
}

// Every preset runs, within its bounds.
func TestPresetsRun(t *testing.T) {
	for _, name := range apis.Names() {
		t.Run(name, func(t *testing.T) {
			p, err := scenario.LoadPreset(name)
			if err != nil {
				t.Fatal(err)
			}
			poll := "poll: 0ms"
			text := fmt.Sprintf("version: 1\nduration: 20s\nruns: 1\napi: %s\nserver: {keys: %d}\nstrategies: [{name: none, limiter: {kind: none}, client: {workers_per_key: 5}}, {name: window, limiter: {kind: window, headroom: 50ms, %s}, client: {workers_per_key: 10}}]\n",
				name, min(p.Server.Keys, 3), poll)
			sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			bounds := theory.NewBounds(sc)
			for _, r := range runsOf(t, sc) {
				checkBound(t, sc, bounds, r)
				if !r.Ledger.Balanced() || r.Ledger.Generated == 0 {
					t.Errorf("%s: %+v", r.Strategy, r.Ledger)
				}
			}
			if c := theory.Of(sc); math.IsInf(c.ServerCap, 0) || math.IsNaN(c.Provable) || c.ServerCap < 0 {
				t.Errorf("ceilings %+v", c)
			}
		})
	}
}

// A penalty keeps out for its time, and then lets in again.
func TestPenaltyOfAScenario(t *testing.T) {
	sc := parseLimits(t, "[{window: 20/1s}], penalty: {after: 3, ban: [2s], scope: ip}", busy)
	sc.Strategies = sc.Strategies[:1]
	for _, r := range runsOf(t, sc) {
		banned := 0
		for _, s := range r.Series {
			if s.OK == 0 && s.RateLimited > 0 {
				banned++
			}
		}
		if banned < 4 || banned > 9 || r.Responses.OK == 0 || r.KeysBlocked != 0 {
			t.Errorf("%d seconds of %d with nothing but bans, %d keys blocked for ever, %+v", banned, len(r.Series), r.KeysBlocked, r.Responses)
		}
	}
}
