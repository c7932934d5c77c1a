package report

import (
	"math"
	"slices"
	"strings"
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
	if ms, ok := d.at(0.5); !ok || math.Abs(ms-10) > 0.1 {
		t.Errorf("median is %v, %v", ms, ok)
	}
	if _, ok := d.at(0.9); ok {
		t.Error("there is a 90th percentile")
	}
	if got := len(d.from(0.4)); got != 3 {
		t.Errorf("%d points from 0.4 on, want 3", got)
	}
}

// Of any number of samples, at least ten lie above every quantile of the grid,
// which is as long as that allows.
func TestQuantileGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, 1e9)).Draw(t, "n")
		grid := quantileGrid(n)
		if n < fewestAbove && len(grid) > 0 || n >= fewestAbove && (len(grid) == 0 || grid[0] != 0) {
			t.Fatalf("grid of %d samples: %v", n, grid)
		}
		for i, q := range grid {
			if i > 0 && q <= grid[i-1] {
				t.Fatalf("%v comes after %v", q, grid[i-1])
			}
			if above := (1 - q) * float64(n); above < fewestAbove*(1-1e-6) {
				t.Fatalf("%v of %d samples lie above %v", above, n, q)
			}
		}
		for i, q := range quantileGrid(10 * max(n, fewestAbove)) {
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

func TestNinesScale(t *testing.T) {
	for _, tc := range []struct {
		begin, end float64
		want       string
	}{
		{0.1, 0.5, "p50 p10"},
		{0.1, 0.99, "p90 p99 p50 p10 p95 p75"},
		{0.1, 0.9996, "p90 p99 p99.9 p50 p10 p95 p75"},
		{0.1, 0.9999996, "p90 p99 p99.9 p99.99 p99.999 p99.9999 p50"},
		{0.1, 0.2, "p10"},
	} {
		if got := labels(ninesScale(tc.begin, tc.end).ticks); got != tc.want {
			t.Errorf("from %v to %v: %q, want %q", tc.begin, tc.end, got, tc.want)
		}
	}
	s := ninesScale(0, 0.9999)
	for i, q := range []float64{0, 0.9, 0.99, 0.999, 0.9999} {
		if got, want := s.normalize.Normalize(s.min, s.max, q), float64(i)/4; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is at %v, want %v", q, got, want)
		}
	}
}

func TestTailTitle(t *testing.T) {
	point := func(q, ms float64) LatencyPoint { return LatencyPoint{q, ms} }
	data := func(points ...[]LatencyPoint) Data {
		var d Data
		for i, p := range points {
			name := string(rune('a' + i))
			d.Summary.Strategies = append(d.Summary.Strategies, Strategy{Name: name})
			d.Latency = append(d.Latency, Distribution{name, p})
		}
		return d
	}
	deep := []LatencyPoint{point(0.5, 10), point(0.99, 20), point(0.999, 30)}
	shallow := []LatencyPoint{point(0.5, 11), point(0.99, 22)}
	few := []LatencyPoint{point(0.1, 5)}
	for _, tc := range []struct {
		data Data
		want string
	}{
		{data(deep), "99.9th percentile of the latency: 30 ms"},
		{data(deep, shallow), "99th percentile of the latency: 20 ms (a) to 22 ms (b)"},
		{data(deep, few, nil), "99.9th percentile of the latency: 30 ms"},
		{data(few, nil), "Latency by percentile: fewer than 20 requests succeed"},
	} {
		if got := tailTitle(tc.data); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// The TTL is on the axis when the latencies come near it.
func TestLatencyNinesTTL(t *testing.T) {
	d := synthetic([]profile{{name: "a", tps: 50, latency: time.Second}}, 3, 20*time.Second)
	for ttl, want := range map[time.Duration]bool{0: false, 400 * time.Millisecond: true, 10 * time.Second: false} {
		d.TTL = ttl
		l := newLatencyNines(d)
		named := slices.ContainsFunc(l.labels, func(e endLabel) bool { return strings.HasPrefix(e.name, "TTL") })
		if (len(l.ttl) == 1) != want || named != want {
			t.Errorf("TTL %v is on the chart: %v, named %v, want %v", ttl, len(l.ttl) == 1, named, want)
		}
	}
}
