package crowd

import (
	"maps"
	"slices"
	"testing"

	"ratebench/harness/chart/kit"
)

func line(means ...float64) kit.Curve {
	c := kit.Curve{nil}
	for i, m := range means {
		c[0] = append(c[0], kit.Sample{X: float64(i), Mean: m, Lo: m, Hi: m + float64(len(means))})
	}
	return c
}

// Only lines that are the same at every point are said to be one.
func TestCoinciding(t *testing.T) {
	wider := line(1, 2)
	wider[0][0].Hi = 9
	got := Coinciding([]kit.Curve{line(1, 2), line(1, 3), wider, nil, nil, line(1), line(1, 2), line(1, 3), {line(1)[0], line(2)[0]}})
	if want := [][]int{{0, 2, 6}, {1, 7}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A line lies under another on the dashboard if it does in all of its panels.
func TestCovers(t *testing.T) {
	a, b, c := line(1, 2), line(3, 4), line(5, 6)
	got := Covers([][]kit.Curve{{a, a, b, b, b}, {a, a, b, c, c}, {a, a, a, a, a}, {b, b, c, a, a}})
	if want := map[int]int{0: 1, 3: 4}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
