package run

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
)

// What comes of runs that are pooled as they end, and not kept, is what comes of
// all of them, and nothing large is left of them.
func TestRunsArePooledAsTheyEnd(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("pool.yaml", []byte(`version: 1
duration: 8s
runs: 3
server: {keys: 2}
load: {mix: [{route: read, share: 80%}, {route: write, share: 20%}]}
strategies: [{name: a, limiter: {kind: window}}, {name: b, limiter: {kind: paced}}]
sweep: [{name: workers, set: client.workers_per_key, to: [1, 3]}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := harness.Run(context.Background(), sc, harness.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pool, rows := result.NewPool(result.MetaOf(sc)), 0
	pooled, err := harness.Run(context.Background(), sc, harness.Options{Pooled: func(runs []metrics.Run) {
		if rows++; len(runs) != sc.Runs {
			t.Errorf("%d runs of a row, want %d", len(runs), sc.Runs)
		}
		pool.Add(runs)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if rows != 4 || len(pooled) != len(all) {
		t.Errorf("%d rows and %d runs, want 4 and %d", rows, len(pooled), len(all))
	}
	for i := range pooled {
		if r := &pooled[i]; r.Series != nil || r.Latency.Count() > 0 || r.Service.Count() > 0 || r.Routes != nil {
			t.Errorf("run %d has kept its series, its histograms or its routes", i)
		}
	}
	want, got := result.Build(result.MetaOf(sc), all), pool.Build(result.MetaOf(sc), pooled)
	if len(want.Series) != 4 {
		t.Fatalf("%d series, want 4", len(want.Series))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%.3000s", diff)
	}
}
