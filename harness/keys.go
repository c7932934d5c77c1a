package harness

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/virtual"
)

// separable reports whether the keys of a scenario share nothing, so that each
// can be simulated by itself: no load, no processor, no limit, no penalty and no
// end of the run.
func separable(sc *scenario.Scenario, st *scenario.Strategy) bool {
	if InProcesses(sc, st) || len(sc.Load.AllSources()) > 0 || !sc.Load.PerKey || sc.Load.Count > 0 || st.Client.Runtime.Kind != client.RuntimeGoroutines {
		return false
	}
	if len(sc.Load.Mix) > 1 { // which are recorded all together
		return false
	}
	for _, l := range sc.Server.Limits {
		if !l.Has(rules.ScopeKey) {
			return false
		}
	}
	return sc.Server.Penalty == nil || sc.Server.Penalty.Scope == rules.ScopeKey
}

// keysAtOnce is how many keys are recorded one after another in one recorder, by
// whichever core comes to them.
const keysAtOnce = 64

// runKeys runs one strategy with one seed key by key, on all cores, and adds up
// what was recorded.
func runKeys(ctx context.Context, sc *scenario.Scenario, st *scenario.Strategy, seed uint64, o Options) (metrics.Run, error) {
	sum := metrics.NewKeysRecorder(virtual.Epoch, o.Graveyard).InRowsOf(metrics.RowLength(sc.Duration))
	cores := runtime.GOMAXPROCS(0)
	for from := 0; from < sc.Server.Keys; from += cores * keysAtOnce {
		to := min(from+cores*keysAtOnce, sc.Server.Keys)
		parts := make([]*metrics.Recorder, (to-from+keysAtOnce-1)/keysAtOnce)
		errs := make([]error, len(parts))
		var all sync.WaitGroup
		for i := range parts {
			first := from + i*keysAtOnce
			all.Go(func() {
				parts[i], errs[i] = recordKeys(ctx, sc, st, seed, o, first, min(first+keysAtOnce, to))
			})
		}
		all.Wait()
		for i, part := range parts {
			if errs[i] != nil {
				return metrics.Run{}, fmt.Errorf("strategy %s, seed %d: %w", st.Name, seed, errs[i])
			}
			sum.Add(part)
		}
	}
	run := sum.Finish(virtual.Epoch.Add(sc.Duration))
	run.Strategy, run.Seed = st.Name, seed
	return run, nil
}

// recordKeys runs the keys from one up to another, one after the other.
func recordKeys(ctx context.Context, sc *scenario.Scenario, st *scenario.Strategy, seed uint64, o Options, from, to int) (*metrics.Recorder, error) {
	recorder := metrics.NewKeysRecorder(virtual.Epoch, o.Graveyard).InRowsOf(metrics.RowLength(sc.Duration))
	for key := from; key < to; key++ {
		_, err := virtualRun{ctx: ctx, scenario: sc.OfKey(key), strategy: st, seed: seed, observer: recorder, skipIdle: true}.run(sc.Duration)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", key, err)
		}
		recorder.EndKey(virtual.Epoch.Add(sc.Duration))
	}
	return recorder, nil
}
