package kit

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"pgregory.net/rapid"
)

func labels(ticks []plot.Tick) string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return strings.Join(out, " ")
}

func TestScales(t *testing.T) {
	for name, tc := range map[string]struct {
		scale  Scale
		labels string
		remark string
	}{
		"linear":                    {LinearScale(96, 5, CountLabel), "0 25 50 75 100", ""},
		"linear, small":             {LinearScale(0.3, 5, CountLabel), "0 0.1 0.2 0.3", ""},
		"slow":                      {LinearScale(10.0/86400, 5, CountLabel), "0 0.00005 0.0001", ""},
		"very slow":                 {LinearScale(3e-8, 5, CountLabel), "0 1e-08 2e-08 3e-08", ""},
		"microseconds":              {LinearScale(0.009, 5, DurationLabel), "0 ms 0.002 ms 0.004 ms 0.006 ms 0.008 ms", ""},
		"nothing":                   {LinearScale(0, 5, CountLabel), "0 0.5 1", ""},
		"large":                     {LinearScale(2.4e6, 5, CountLabel), "0 1M 2M", ""},
		"durations close together":  {DurationScale(100, 1900), "0 ms 500 ms 1 s 1.5 s 2 s", ""},
		"durations far apart":       {DurationScale(50, 1100), "50 ms 100 ms 200 ms 500 ms 1 s", " Logarithmic axis."},
		"durations very far apart":  {DurationScale(1, 1100), "1 ms 10 ms 100 ms 1 s", " Logarithmic axis."},
		"no duration":               {DurationScale(math.Inf(1), 0), "0 ms 0.5 ms 1 ms", ""},
		"durations from zero":       {DurationScale(0, 9), "0 ms 2 ms 4 ms 6 ms 8 ms", ""},
		"counts close together":     {CountScale([]float64{3, 0, 18}), "0 5 10 15", ""},
		"counts far apart":          {CountScale([]float64{2, 0, 300}), "0 1 10 100", " The axis is logarithmic, but begins at 0."},
		"counts far apart, below 1": {CountScale([]float64{0.2, 5}), "0 0.1 0.3 1 3", " The axis is logarithmic, but begins at 0."},
		"no counts":                 {CountScale([]float64{0, 0}), "0 0.5 1", ""},
		"seconds":                   {TimeScale(25, 5), "0 5 10 15 20 25 s", ""},
		"part of a second":          {TimeScale(0.25, 3), "0 0.1 0.2 s", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := labels(tc.scale.Ticks); got != tc.labels || tc.scale.Remark != tc.remark {
				t.Errorf("got %q %q, want %q %q", got, tc.scale.Remark, tc.labels, tc.remark)
			}
		})
	}
}

// The labels of a close-up tell its ticks apart, and none but 0 is called 0.
func TestLabelsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		top := math.Pow(10, rapid.Float64Range(-9, 6).Draw(t, "exponent"))
		low := top * rapid.SampledFrom([]float64{0, 0.5, 0.99}).Draw(t, "share")
		seen := map[string]bool{}
		for _, tick := range EvenTicks(low, top, 4, CountLabel) {
			if seen[tick.Label] && top < 1 {
				t.Fatalf("two ticks from %v to %v are called %s", low, top, tick.Label)
			}
			if tick.Value != 0 && tick.Label == "0" {
				t.Fatalf("%v is called 0", tick.Value)
			}
			seen[tick.Label] = true
		}
	})
}

// Whatever is shown, all of it lies on the axis, ticks included, in order.
func TestScalesCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0.001, 1e7), 1, 20).Draw(t, "values")
		for _, s := range []Scale{
			LinearScale(slices.Max(values), 5, CountLabel),
			DurationScale(slices.Min(values), slices.Max(values)),
			CountScale(values),
		} {
			last := math.Inf(-1)
			for _, tick := range s.Ticks {
				if tick.Value <= last {
					t.Fatalf("ticks are not in order: %v", s.Ticks)
				}
				last = tick.Value
				values = append(values, tick.Value)
			}
			if len(s.Ticks) < 2 || len(s.Ticks) > 14 {
				t.Fatalf("%d ticks: %v", len(s.Ticks), labels(s.Ticks))
			}
			for _, v := range values {
				if at := s.Normalize.Normalize(s.Min, s.Max, v); !(at >= -1e-9 && at <= 1+1e-9) {
					t.Fatalf("%v is at %v of an axis from %v to %v", v, at, s.Min, s.Max)
				}
			}
			values = values[:len(values)-len(s.Ticks)]
		}
	})
}
