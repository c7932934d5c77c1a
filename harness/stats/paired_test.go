package stats

import (
	"math"
	"testing"
)

func TestPaired(t *testing.T) {
	for name, tc := range map[string]struct {
		differences   []float64
		mean, half, p float64
	}{
		// Student's own example: hours of sleep gained by two drugs, t = 4.0621 with
		// 9 degrees of freedom, P = 0.00283; the margin is 2.262·1.22998/√10.
		"Student's soporifics": {[]float64{1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4}, 1.58, 0.87988, 0.0028329},
		"no difference":        {[]float64{0, 0, 0}, 0, 0, 1},
		"always the same":      {[]float64{2, 2, 2}, 2, 0, 0.25},
		"around nothing":       {[]float64{-1, 1}, 0, 12.7062, 1},
		"one pair":             {[]float64{3}, 3, 0, 1},
		"no pair":              {nil, 0, 0, 1},
	} {
		got := Paired(tc.differences)
		if !near(got.Mean, tc.mean) || !near(got.Hi-got.Mean, tc.half) || math.Abs(got.P-tc.p) > 1e-6 || got.N != len(tc.differences) {
			t.Errorf("%s: %+v, want mean %v ± %v, p %v", name, got, tc.mean, tc.half, tc.p)
		}
	}
}
