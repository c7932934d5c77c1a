package chart

import (
	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
	"slices"
	"testing"
)

func TestCurve(t *testing.T) {
	seconds := make([]result.Cell, 5)
	seconds[0] = result.Cell{Mean: 2, Lo: 1, Hi: 3, Has: result.WithInterval}
	seconds[1] = result.Cell{Mean: 4, Has: result.NoInterval}
	seconds[4] = result.Cell{Mean: 6, Lo: 4, Hi: 8, Has: result.WithInterval}
	for name, tc := range map[string]struct {
		group int
		end   float64
		want  kit.Curve
	}{
		"each second, with a gap": {1, 5, kit.Curve{{{X: 0.5, Mean: 2, Lo: 1, Hi: 3}, {X: 1.5, Mean: 4, Lo: 4, Hi: 4}}, {{X: 4.5, Mean: 6, Lo: 4, Hi: 8}}}},
		"a short last second":     {1, 4.2, kit.Curve{{{X: 0.5, Mean: 2, Lo: 1, Hi: 3}, {X: 1.5, Mean: 4, Lo: 4, Hi: 4}}, {{X: 4.1, Mean: 6, Lo: 4, Hi: 8}}}},
		"in pairs":                {2, 5, kit.Curve{{{X: 1, Mean: 3, Lo: 2.5, Hi: 3.5}}, {{X: 4.5, Mean: 6, Lo: 4, Hi: 8}}}},
		"all together":            {5, 5, kit.Curve{{{X: 2.5, Mean: 4, Lo: 3, Hi: 5}}}},
	} {
		if got := NewCurve(seconds, 1, tc.group, tc.end); !slices.EqualFunc(got, tc.want, slices.Equal) {
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

// A row of several seconds is as wide as they are.
func TestCurveOfLongRows(t *testing.T) {
	rows := []result.Cell{
		{Mean: 2, Has: result.NoInterval}, {Mean: 4, Has: result.NoInterval}, {Mean: 6, Has: result.NoInterval},
	}
	at := func(x, v float64) kit.Sample { return kit.Sample{X: x, Mean: v, Lo: v, Hi: v} }
	for group, want := range map[int]kit.Curve{
		10: {{at(5, 2), at(15, 4), at(22.5, 6)}},
		20: {{at(10, 3), at(22.5, 6)}},
	} {
		if got := NewCurve(rows, 10, group, 25); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("groups of %d s: got %v, want %v", group, got, want)
		}
	}
}
