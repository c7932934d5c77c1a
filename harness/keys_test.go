package harness

import (
	"context"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/virtual"
)

// ownLoads is a scenario whose keys have loads of their own and meet everything
// that there is: refusals, blocks, faults, outages, dead letters, retries.
const ownLoads = `version: 1
duration: 2300ms
runs: 1
server:
  keys: 70
  block_after: 4
  headers: {rate_limit: true}
  faults: {error_500: 0.02, hang: 0.01, reset_after: 0.01, outages: [{at: 1s, for: 200ms, lose: true}]}
load: {per: key, every: "exponential(30ms)", ttl: 500ms}
client: {workers_per_key: 3, timeout: 80ms}
strategies:
  - {name: paced, limiter: {kind: paced, spread: 50ms}}
  - {name: bare, limiter: {kind: window, poll: 1ms}, queue: {dead_letter: {max_retries: 2}}}
  - {name: none, limiter: {kind: none}, retry: {max: 2}}
  - {name: slow, limiter: {kind: fixed-interval, interval: 100ms}, queue: {dead_letter: {max_retries: 1}, backpressure: {max: 5, pause: 50ms}}}
`

// Keys that share nothing come to the same whether they are simulated one by one
// or all together, on however many cores.
func TestKeysOneByOneAndTogether(t *testing.T) {
	sc := parseText(t, ownLoads)
	for i := range sc.Strategies {
		st := &sc.Strategies[i]
		t.Run(st.Name, func(t *testing.T) {
			together := metrics.NewKeysRecorder(virtual.Epoch, true).Together(sc.Server.Keys)
			k, err := virtualRun{scenario: sc, strategy: st, seed: 3, observer: together, skipIdle: true}.run(sc.Duration)
			if err != nil {
				t.Fatal(err)
			}
			want := together.Finish(k.Now())
			want.Strategy, want.Seed = st.Name, 3
			if want.Ledger.Generated < 500 || want.Ledger.Succeeded < 50 || !want.Ledger.Balanced() {
				t.Errorf("ledger %+v", want.Ledger)
			}
			for _, cores := range []int{1, 4} {
				before := runtime.GOMAXPROCS(cores)
				got, err := runVirtual(context.Background(), sc, st, 3, Options{Graveyard: true})
				runtime.GOMAXPROCS(before)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, sameRun); diff != "" {
					t.Errorf("on %d cores: (-together +one by one)\n%s", cores, diff)
				}
			}
		})
	}
}

// What keys share keeps them together.
func TestSeparable(t *testing.T) {
	for name, change := range map[string]func(*scenario.Scenario, *scenario.Strategy){
		"one queue":     func(sc *scenario.Scenario, _ *scenario.Strategy) { sc.Load.PerKey = false },
		"one processor": func(_ *scenario.Scenario, st *scenario.Strategy) { st.Client.Runtime.Kind = client.RuntimeEventLoop },
		"one limit": func(sc *scenario.Scenario, _ *scenario.Strategy) {
			sc.Server.Limits = []rules.Limit{{Scope: []string{rules.ScopeAccount, rules.ScopeRoute}}}
		},
		"one penalty": func(sc *scenario.Scenario, _ *scenario.Strategy) {
			sc.Server.Penalty = &rules.Penalty{Scope: rules.ScopeIP}
		},
		"one count": func(sc *scenario.Scenario, _ *scenario.Strategy) { sc.Load.Count = 10 },
	} {
		sc := parseText(t, ownLoads)
		st := &sc.Strategies[0]
		if !separable(sc, st) {
			t.Error("keys that share nothing are not separable")
		}
		if change(sc, st); separable(sc, st) {
			t.Errorf("%s: separable", name)
		}
	}
}
