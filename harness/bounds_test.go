package harness

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// checkBound checks that a run is not above the bound of its strategy.
func checkBound(t failer, sc *scenario.Scenario, bounds *theory.Bounds, r metrics.Run) {
	t.Helper()
	for i := range sc.Strategies {
		if st := &sc.Strategies[i]; st.Name == r.Strategy {
			bound := bounds.Of(st, r.Seed, r.Duration)
			if math.IsNaN(bound.TPS) || r.TPS() > bound.TPS*(1+1e-12) {
				t.Errorf("%s, seed %d, %v: %d succeeded, which is %v requests/s, above %v by %s",
					r.Strategy, r.Seed, r.Duration, r.Ledger.Succeeded, r.TPS(), bound.TPS, bound.Ceiling)
			}
		}
	}
}

type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// No run of any scenario of this repository is above its bound, however short.
func TestNoRunIsAboveItsBound(t *testing.T) {
	paths, err := filepath.Glob("../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			sc, err := scenario.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []time.Duration{20 * time.Second, 500 * time.Millisecond} {
				sc.Duration, sc.Runs = min(d, sc.Duration), 1
				bounds := theory.NewBounds(sc)
				for _, r := range runsOf(t, sc) {
					checkBound(t, sc, bounds, r)
				}
			}
		})
	}
}
