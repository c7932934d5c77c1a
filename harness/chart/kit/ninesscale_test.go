package kit

import (
	"math"
	"testing"
)

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
		if got := labels(NinesScale(tc.begin, tc.end).Ticks); got != tc.want {
			t.Errorf("from %v to %v: %q, want %q", tc.begin, tc.end, got, tc.want)
		}
	}
	s := NinesScale(0, 0.9999)
	for i, q := range []float64{0, 0.9, 0.99, 0.999, 0.9999} {
		if got, want := s.Normalize.Normalize(s.Min, s.Max, q), float64(i)/4; math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is at %v, want %v", q, got, want)
		}
	}
}
