package main

import (
	"context"
	"io"
	"testing"
	"time"

	"ratebench/harness"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// The floor is worth comparing with only if it does what a run does: about as many
// requests, answered about as fast, and none refused.
func TestTheFloorIsARun(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load("../../../scenarios/blog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sc.Strategies {
		if sc.Strategies[i].Name == "fixed-headroom-50" {
			sc.Strategies = sc.Strategies[i : i+1]
			break
		}
	}
	runs, err := harness.Run(context.Background(), sc, harness.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all metrics.Histogram
	succeeded, answered := 0, 0
	var latency time.Duration
	for seed := range uint64(sc.Runs) {
		var f floor
		f.run(seed)
		latency += time.Duration(f.latency)
		for _, w := range f.workers {
			answered += w.n
			if w.refused > 0 {
				t.Errorf("seed %d: %d refused", seed, w.refused)
			}
		}
	}
	for _, r := range runs {
		succeeded += r.Ledger.Succeeded
		all.Merge(r.Latency)
	}
	near := func(what string, got, want, off float64) {
		if got < want*(1-off) || got > want*(1+off) {
			t.Errorf("%s: %.1f, want %.1f within %.0f %%", what, got, want, off*100)
		}
	}
	near("answers", float64(answered), float64(succeeded), 0.01)
	near("mean latency in ms", float64(latency.Milliseconds())/float64(answered), float64(all.Mean().Milliseconds()), 0.2)
}

func TestPartThatThereIsNot(t *testing.T) {
	const want = `unknown part "blog", want events, runs, keys, limiters, transports, servers`
	if err := measure(io.Discard, []string{"blog"}); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
