package result_test

import (
	"strings"
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// How far interrupted runs got is in their conditions, and nothing else is said
// of them as if they had come to their end.
func TestInterruptedAfter(t *testing.T) {
	whole, cut := 20*time.Second, 3040*time.Millisecond
	for _, c := range []struct {
		strategies []string
		runs       int
		lasted     []time.Duration // of strategy a
		want       string
	}{
		{[]string{"a"}, 1, []time.Duration{cut}, "interrupted after 3.0 s"},
		{[]string{"a"}, 20000, []time.Duration{whole, whole}, "interrupted after 2 of 20000 runs"},
		{[]string{"a", "b"}, 5, []time.Duration{whole}, "interrupted after 1 of 10 runs of all strategies"},
		{[]string{"a"}, 3, []time.Duration{whole, cut}, "interrupted after 1 of 3 runs and 3.0 s of the next"},
	} {
		var runs []metrics.Run
		for i, d := range c.lasted {
			runs = append(runs, metrics.Run{Strategy: "a", Seed: uint64(i), Duration: d, Interrupted: true})
		}
		meta := result.Meta{Clock: "real", Duration: whole, Runs: c.runs, Strategies: c.strategies}
		s := result.Build(meta, runs).Summary
		if got := s.Conditions(); got[len(got)-1] != c.want {
			t.Errorf("got %q, want %q at the end", got, c.want)
		}
		if r := result.NewResources(&s, "", runs, nil); strings.Join(r.Conditions(), ", ") != strings.Join(s.Conditions(), ", ") {
			t.Errorf("costs of %q, want the same conditions, %q", r.Conditions(), s.Conditions())
		}
	}
}

// Results of an earlier version, and those that were not interrupted, do not say.
func TestInterruptedAfterNobodyKnows(t *testing.T) {
	for want, s := range map[string]result.Summary{
		"interrupted": {Interrupted: true},
		"seed 0":      {},
	} {
		if got := s.Conditions(); got[len(got)-1] != want {
			t.Errorf("got %q, want %q at the end", got, want)
		}
	}
	s := result.Summary{SchemaVersion: result.SchemaVersion, InterruptedAfter: &result.Reached{Runs: 3, Of: 2}}
	if at, err := s.Validate(); err == nil || len(at) != 2 || at[1] != "runs" {
		t.Errorf("at %v: %v, want an error at the runs", at, err)
	}
}
