package chart

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/resulttest"
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
	got := covers([][]kit.Curve{{a, a, b, b, b}, {a, a, b, c, c}, {a, a, a, a, a}, {b, b, c, a, a}})
	if want := map[int]int{0: 1, 3: 4}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDashboardNamesLinesThatAreHidden(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 5, 10*time.Second)
	key := func() string {
		image, err := named(t, d, "dashboard").SVG()
		if err != nil {
			t.Fatal(err)
		}
		return string(image)
	}
	if strings.Contains(key(), "lies under") {
		t.Error("a line lies under another that it differs from")
	}
	d.Series[0].Columns = d.Series[2].Columns
	if want := "(lies under " + d.Summary.Strategies[2].Name + ")"; strings.Count(key(), want) != 1 {
		t.Errorf("the dashboard does not say %q", want)
	}
}
