package kit

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"pgregory.net/rapid"
)

func TestSpread(t *testing.T) {
	for name, tc := range map[string]struct{ want, at []vg.Length }{
		"far apart stay":          {[]vg.Length{10, 30, 60}, []vg.Length{10, 30, 60}},
		"two at one place":        {[]vg.Length{50, 50}, []vg.Length{45, 55}},
		"pushed by a pair":        {[]vg.Length{50, 50, 58}, []vg.Length{42.67, 52.67, 62.67}},
		"kept in at the bottom":   {[]vg.Length{0, 0, 0}, []vg.Length{0, 10, 20}},
		"kept in at the top":      {[]vg.Length{100, 100}, []vg.Length{90, 100}},
		"too many for the height": {slices.Repeat([]vg.Length{50}, 13), []vg.Length{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120}},
		"none":                    {nil, nil},
	} {
		got := spread(tc.want, 10, 0, 100)
		if !slices.EqualFunc(got, tc.at, func(a, b vg.Length) bool { return math.Abs(float64(a-b)) < 0.01 }) {
			t.Errorf("%s: %v, want %v", name, got, tc.at)
		}
	}
}

// Where there is room, all are apart and inside, in their order.
func TestSpreadKeepsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const gap, lo, hi = 14, 7, 323
		var want []vg.Length
		for range rapid.IntRange(0, 23).Draw(t, "n") {
			want = append(want, vg.Length(rapid.Float64Range(0, 330).Draw(t, "at")))
		}
		slices.Sort(want)
		at := spread(want, gap, lo, hi)
		for i, y := range at {
			if y < lo-1e-9 || y > hi+1e-9 {
				t.Fatalf("%v is outside: %v", y, at)
			}
			if i > 0 && y-at[i-1] < gap-1e-9 {
				t.Fatalf("%v and %v are too close: %v", at[i-1], y, at)
			}
		}
	})
}

// A label of a point inside the plot is joined to that point, and of two points at
// one height the leader of the right one is the lower.
func TestEndLabelsStartAtThePoint(t *testing.T) {
	left, right := 20.0, 80.0
	chart := Chart{Title: "t", Height: 200, Body: func(c draw.Canvas) {
		NewPlot(TimeScale(100, 5), LinearScale(10, 5, CountLabel), EndLabels{
			{Name: "left", Line: draw.LineStyle{Color: Ink, Width: 1}, From: &left},
			{Name: "right", Line: draw.LineStyle{Color: Ink, Width: 1}, From: &right},
		}).Draw(c)
	}}
	image, err := chart.SVG()
	if err != nil {
		t.Fatal(err)
	}
	// The thin lines: where they start, in the order from the bottom.
	leaders := regexp.MustCompile(`stroke-width="0.5" d="M([0-9.]+)[ ,]`).FindAllSubmatch(image, -1)
	if len(leaders) != 2 {
		t.Fatalf("%d leaders in %s", len(leaders), image)
	}
	first, _ := strconv.ParseFloat(string(leaders[0][1]), 64)
	second, _ := strconv.ParseFloat(string(leaders[1][1]), 64)
	if !(first > second+200) {
		t.Errorf("leaders start at %v and %v, want the right point first", first, second)
	}
}
