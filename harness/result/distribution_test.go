package result

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/harness/metrics"
)

func TestDistribution(t *testing.T) {
	// 1 ms to 20 ms, in two runs.
	var runs []*metrics.Run
	for _, from := range []int{1, 11} {
		r := &metrics.Run{}
		for ms := from; ms < from+10; ms++ {
			r.Latency.Record(time.Duration(ms) * time.Millisecond)
		}
		runs = append(runs, r)
	}
	d := newDistribution("a", runs)
	// Ten of 20 lie above the median, and that is the last.
	want := Distribution{Strategy: "a", Points: []LatencyPoint{
		{0, 1}, {.05, 1}, {.1, 2}, {.15, 3}, {.2, 4}, {.25, 5}, {.3, 6}, {.35, 7}, {.4, 8}, {.45, 9}, {.5, 10},
	}}
	nearly := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.01*max(1, a) }) // the histogram's precision
	if diff := cmp.Diff(want, d, nearly); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ms, ok := d.At(0.5); !ok || math.Abs(ms-10) > 0.1 {
		t.Errorf("median is %v, %v", ms, ok)
	}
	if _, ok := d.At(0.9); ok {
		t.Error("there is a 90th percentile")
	}
	if got := len(d.From(0.4)); got != 3 {
		t.Errorf("%d points from 0.4 on, want 3", got)
	}
}

// Of any number of samples, at least ten lie above every quantile of the grid,
// which is as long as that allows.
func TestQuantileGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, 1e9)).Draw(t, "n")
		grid := quantileGrid(n)
		if n < FewestAbove && len(grid) > 0 || n >= FewestAbove && (len(grid) == 0 || grid[0] != 0) {
			t.Fatalf("grid of %d samples: %v", n, grid)
		}
		for i, q := range grid {
			if i > 0 && q <= grid[i-1] {
				t.Fatalf("%v comes after %v", q, grid[i-1])
			}
			if above := (1 - q) * float64(n); above < FewestAbove*(1-1e-6) {
				t.Fatalf("%v of %d samples lie above %v", above, n, q)
			}
		}
		for i, q := range quantileGrid(10 * max(n, FewestAbove)) {
			if i < len(grid) && grid[i] != q {
				t.Fatalf("quantile %d is %v, and %v of more samples", i, grid[i], q)
			}
		}
	})
	for _, q := range []float64{0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999} {
		if !slices.Contains(quantileGrid(1e7), q) {
			t.Errorf("%v is not in the grid", q)
		}
	}
}
