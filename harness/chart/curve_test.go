package chart

import (
	"slices"
	"testing"

	"ratebench/harness/result"
)

func TestCurve(t *testing.T) {
	seconds := make([]result.Cell, 5)
	seconds[0] = result.Cell{Mean: 2, Lo: 1, Hi: 3, Has: result.WithInterval}
	seconds[1] = result.Cell{Mean: 4, Has: result.NoInterval}
	seconds[4] = result.Cell{Mean: 6, Lo: 4, Hi: 8, Has: result.WithInterval}
	for name, tc := range map[string]struct {
		group int
		end   float64
		want  Curve
	}{
		"each second, with a gap": {1, 5, Curve{{{0.5, 2, 1, 3}, {1.5, 4, 4, 4}}, {{4.5, 6, 4, 8}}}},
		"a short last second":     {1, 4.2, Curve{{{0.5, 2, 1, 3}, {1.5, 4, 4, 4}}, {{4.1, 6, 4, 8}}}},
		"in pairs":                {2, 5, Curve{{{1, 3, 2.5, 3.5}}, {{4.5, 6, 4, 8}}}},
		"all together":            {5, 5, Curve{{{2.5, 4, 3, 5}}}},
	} {
		if got := NewCurve(seconds, tc.group, tc.end); !slices.EqualFunc(got, tc.want, slices.Equal) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func TestGroupSize(t *testing.T) {
	for seconds, want := range map[int]int{1: 1, 120: 1, 121: 2, 600: 5, 3600: 30, 86400: 720} {
		if got := GroupSize(seconds, 120); got != want {
			t.Errorf("groupSize(%d) = %d, want %d", seconds, got, want)
		}
	}
}
