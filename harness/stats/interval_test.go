package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMeanCI(t *testing.T) {
	for name, tc := range map[string]struct {
		values []float64
		want   Interval
	}{
		"no value":    {nil, Interval{}},
		"one value":   {[]float64{7}, Interval{7, 7, 7, 1}},
		"equal":       {[]float64{3, 3, 3}, Interval{3, 3, 3, 3}},
		"two values":  {[]float64{1, 3}, Interval{2, 2 - 12.7062, 2 + 12.7062, 2}},                                                     // s = √2, s/√2 = 1
		"1 to 5":      {[]float64{1, 2, 3, 4, 5}, Interval{3, 3 - 1.9632, 3 + 1.9632, 5}},                                              // s = √2.5, t = 2.776
		"ten weights": {[]float64{9.8, 10.2, 10.4, 9.8, 10.0, 10.2, 9.6, 10.1, 9.9, 10.0}, Interval{10, 10 - 0.1686, 10 + 0.1686, 10}}, // s = √(0.5/9), t = 2.262
		"negative":    {[]float64{-2, -4, -6}, Interval{-4, -4 - 4.9683, -4 + 4.9683, 3}},                                              // s = 2, t = 4.303
	} {
		t.Run(name, func(t *testing.T) {
			got := MeanCI(tc.values)
			if got.N != tc.want.N || !near(got.Mean, tc.want.Mean) || !near(got.Lo, tc.want.Lo) || !near(got.Hi, tc.want.Hi) {
				t.Errorf("MeanCI(%v) = %+v, want %+v", tc.values, got, tc.want)
			}
		})
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// The column for 95 %, two-sided, of any printed table of Student's t.
func TestQuantile(t *testing.T) {
	for df, want := range map[int]float64{
		1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 10: 2.228, 19: 2.093,
		29: 2.045, 60: 2.000, 120: 1.980, 128: 1.979, 1000: 1.962,
	} {
		if got := quantile(df); math.Abs(got-want) > 0.0005 {
			t.Errorf("quantile(%d) = %.4f, want %.3f", df, got, want)
		}
	}
}

func TestMeanCIProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 200).Draw(t, "values")
		got := MeanCI(values)
		if !(got.Lo <= got.Mean && got.Mean <= got.Hi) {
			t.Fatalf("mean outside its interval: %+v", got)
		}
		if below, above := got.Mean-got.Lo, got.Hi-got.Mean; math.Abs(below-above) > 1e-6*(1+above) {
			t.Fatalf("interval is not symmetric: %+v", got)
		}
	})
}
