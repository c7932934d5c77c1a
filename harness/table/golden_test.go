package table

import (
	"bytes"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

func TestGoldenTables(t *testing.T) {
	d := resulttest.GoldenData()
	for name, format := range map[string]Format{"table.txt": Text, "table.md": Markdown, "table.csv": CSV} {
		var b bytes.Buffer
		if err := Write(&b, d, format, Width); err != nil {
			t.Fatal(err)
		}
		resulttest.Golden(t, name, b.Bytes())
	}
}

func TestGoldenComparison(t *testing.T) {
	virtual := resulttest.GoldenData().Summary
	real := resulttest.Synthetic([]resulttest.Profile{{Name: "fixed-interval+buffer", TPS: 84, Latency: 700 * time.Millisecond}, resulttest.Profiles[1], resulttest.Profiles[4]}, 1, 2500*time.Millisecond).Summary
	real.Clock = "real"
	var b bytes.Buffer
	if err := CompareClocks(&b, virtual, real); err != nil {
		t.Fatal(err)
	}
	resulttest.Golden(t, "compare.txt", b.Bytes())
}

// Of clients that share limits, what they share and its cost take the place of
// latencies.
func TestGoldenComparisonOfSharing(t *testing.T) {
	meta, _ := resulttest.TwoRuns()
	meta.Strategies, meta.Runs = []string{"split", "slots"}, 1
	summary := func(clock string, store *time.Duration) result.Summary {
		calls := 24
		split := metrics.Run{
			Strategy: "split", Seed: 7, Duration: meta.Duration,
			Ledger:    metrics.Ledger{Generated: 30, Succeeded: 12, Expired: 10, Queued: 8},
			Responses: metrics.Responses{OK: 12},
			Sources:   []metrics.Source{{Generated: 24, Succeeded: 6}, {Generated: 6, Succeeded: 6}},
		}
		slots := metrics.Run{
			Strategy: "slots", Seed: 7, Duration: meta.Duration,
			Ledger:     metrics.Ledger{Generated: 30, Succeeded: 20, Queued: 10},
			Responses:  metrics.Responses{OK: 20, RateLimited: 1},
			Sources:    []metrics.Source{{Generated: 24, Succeeded: 15}, {Generated: 6, Succeeded: 5}},
			StoreCalls: &calls, StoreCPU: store,
		}
		m := meta
		m.Clock = clock
		return result.Build(m, []metrics.Run{split, slots}).Summary
	}
	used := 3 * time.Millisecond
	var b bytes.Buffer
	if err := CompareClocks(&b, summary("virtual", nil), summary("real", &used)); err != nil {
		t.Fatal(err)
	}
	resulttest.Golden(t, "sharing.txt", b.Bytes())
}
