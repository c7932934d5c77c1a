package report

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
		scale  scale
		labels string
		remark string
	}{
		"linear":                    {linearScale(96, 5, countLabel), "0 25 50 75 100", ""},
		"linear, small":             {linearScale(0.3, 5, countLabel), "0 0.1 0.2 0.3", ""},
		"nothing":                   {linearScale(0, 5, countLabel), "0 0.5 1", ""},
		"large":                     {linearScale(2.4e6, 5, countLabel), "0 1M 2M", ""},
		"durations close together":  {durationScale(100, 1900), "0 ms 500 ms 1 s 1.5 s 2 s", ""},
		"durations far apart":       {durationScale(50, 1100), "50 ms 100 ms 200 ms 500 ms 1 s", "Logarithmic axis."},
		"durations very far apart":  {durationScale(1, 1100), "1 ms 10 ms 100 ms 1 s", "Logarithmic axis."},
		"no duration":               {durationScale(math.Inf(1), 0), "0 ms 0.5 ms 1 ms", ""},
		"durations from zero":       {durationScale(0, 9), "0 ms 2 ms 4 ms 6 ms 8 ms", ""},
		"counts close together":     {countScale([]float64{3, 0, 18}), "0 5 10 15", ""},
		"counts far apart":          {countScale([]float64{2, 0, 300}), "0 1 10 100", "The axis is logarithmic, but begins at 0."},
		"counts far apart, below 1": {countScale([]float64{0.2, 5}), "0 0.1 0.3 1 3", "The axis is logarithmic, but begins at 0."},
		"no counts":                 {countScale([]float64{0, 0}), "0 0.5 1", ""},
		"seconds":                   {timeScale(25, 5), "0 5 10 15 20 25 s", ""},
		"part of a second":          {timeScale(0.25, 3), "0 0.1 0.2 s", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := labels(tc.scale.ticks); got != tc.labels || tc.scale.remark != tc.remark {
				t.Errorf("got %q %q, want %q %q", got, tc.scale.remark, tc.labels, tc.remark)
			}
		})
	}
}

// Whatever is shown, all of it lies on the axis, ticks included, in order.
func TestScalesCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0.001, 1e7), 1, 20).Draw(t, "values")
		for _, s := range []scale{
			linearScale(slices.Max(values), 5, countLabel),
			durationScale(slices.Min(values), slices.Max(values)),
			countScale(values),
		} {
			last := math.Inf(-1)
			for _, tick := range s.ticks {
				if tick.Value <= last {
					t.Fatalf("ticks are not in order: %v", s.ticks)
				}
				last = tick.Value
				values = append(values, tick.Value)
			}
			if len(s.ticks) < 2 || len(s.ticks) > 14 {
				t.Fatalf("%d ticks: %v", len(s.ticks), labels(s.ticks))
			}
			for _, v := range values {
				if at := s.normalize.Normalize(s.min, s.max, v); !(at >= -1e-9 && at <= 1+1e-9) {
					t.Fatalf("%v is at %v of an axis from %v to %v", v, at, s.min, s.max)
				}
			}
			values = values[:len(values)-len(s.ticks)]
		}
	})
}

func TestCurve(t *testing.T) {
	cell := func(s *Second) *Cell { return &s.LatencyMean }
	seconds := make([]Second, 5)
	seconds[0].LatencyMean = Cell{Mean: 2, Lo: 1, Hi: 3, Has: WithInterval}
	seconds[1].LatencyMean = Cell{Mean: 4, Has: NoInterval}
	seconds[4].LatencyMean = Cell{Mean: 6, Lo: 4, Hi: 8, Has: WithInterval}
	timeline := &Timeline{Seconds: seconds}
	for name, tc := range map[string]struct {
		group int
		end   float64
		want  curve
	}{
		"each second, with a gap": {1, 5, curve{{{0.5, 2, 1, 3}, {1.5, 4, 4, 4}}, {{4.5, 6, 4, 8}}}},
		"a short last second":     {1, 4.2, curve{{{0.5, 2, 1, 3}, {1.5, 4, 4, 4}}, {{4.1, 6, 4, 8}}}},
		"in pairs":                {2, 5, curve{{{1, 3, 2.5, 3.5}}, {{4.5, 6, 4, 8}}}},
		"all together":            {5, 5, curve{{{2.5, 4, 3, 5}}}},
	} {
		if got := newCurve(timeline, cell, tc.group, tc.end); !slices.EqualFunc(got, tc.want, slices.Equal) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func TestGroupSize(t *testing.T) {
	for seconds, want := range map[int]int{1: 1, 120: 1, 121: 2, 600: 5, 3600: 30, 86400: 720} {
		if got := groupSize(seconds, 120); got != want {
			t.Errorf("groupSize(%d) = %d, want %d", seconds, got, want)
		}
	}
}
