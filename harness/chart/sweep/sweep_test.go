package sweep

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/charttest"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func numbered(n int) result.Axis {
	a := result.Axis{Name: "cost per request", Set: "client.runtime.per_request"}
	for i := range n {
		a.Values = append(a.Values, strconv.Itoa(3*i)+"ms")
	}
	return a
}

var policies = result.Axis{Name: "policy", Set: "server.limits", Values: []string{
	"sliding log", "aligned", "counter", "counter, rejections counted", "bucket 20", "bucket 10", "bucket 1",
}}

// One axis of numbers makes lines, all else a heatmap, and no sweep neither.
func TestWhichChart(t *testing.T) {
	for _, tt := range []struct {
		name           string
		axes           []result.Axis
		lines, heatmap bool
	}{
		{"none", nil, false, false},
		{"numbers", []result.Axis{numbered(4)}, true, false},
		{"one value", []result.Axis{numbered(1)}, false, true},
		{"words", []result.Axis{policies}, false, true},
		{"descending", []result.Axis{{Name: "n", Set: "server.keys", Values: []string{"3", "1"}}}, false, true},
		{"two", []result.Axis{numbered(3), policies}, false, true},
		{"three", []result.Axis{numbered(2), {Name: "n", Set: "server.keys", Values: []string{"1", "3"}}, policies}, false, true},
		{"many", []result.Axis{numbered(100)}, true, false},
		{"many columns", []result.Axis{policies, numbered(60)}, false, true},
	} {
		d := resulttest.SweepOf(tt.axes...)
		if tt.axes == nil {
			d = resulttest.PairOf()
		}
		lines, isLines := Lines(d)
		heatmap, isHeatmap := Heatmap(d)
		if isLines != tt.lines || isHeatmap != tt.heatmap {
			t.Errorf("%s: lines %v, heatmap %v, want %v and %v", tt.name, isLines, isHeatmap, tt.lines, tt.heatmap)
		}
		for _, c := range []kit.Chart{lines, heatmap} {
			if c.Body == nil {
				continue
			}
			image, err := c.SVG()
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			if bad := regexp.MustCompile(`(?i)\b(nan|[+-]?inf)\b`).Find(image); bad != nil {
				t.Errorf("%s has %s", tt.name, bad)
			}
			charttest.CheckTexts(t, c, image)
		}
	}
}

// A cell has the share of what could be had, what was refused, and who was
// blocked; a row that did not run has none.
func TestHeatmapCells(t *testing.T) {
	d := resulttest.SweepOf(policies)
	s := &d.Summary
	h := newHeatmap(s)
	if len(h.rows) != 2 || len(h.rows[0]) != 7 || !h.shares {
		t.Fatalf("%d rows, shares %v", len(h.rows), h.shares)
	}
	first, last := h.rows[0][0], h.rows[0][6]
	if !strings.HasSuffix(first.text, "\u00a0%") || first.refused != "no 429" || first.share <= last.share || !strings.HasPrefix(last.refused, "429: ") {
		t.Errorf("cells %+v and %+v", first, last)
	}
	s.Strategies = s.Strategies[1:]
	s.Points[0].CapTPS = nil
	h = newHeatmap(s)
	if h.rows[0][0].there || h.shares || strings.HasSuffix(h.rows[0][1].text, "%") {
		t.Errorf("without a run and a cap: %+v", h.rows[0])
	}
}

// Ticks have room beside each other however uneven the values are, and the first and
// the last are among them.
func TestTicks(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   []float64
	}{
		{[]float64{0, 3, 6, 9}, []float64{0, 3, 6, 9}},
		{[]float64{0, 2, 3, 4, 6, 8, 9, 12}, []float64{0, 2, 4, 6, 8, 12}},
		{[]float64{1, 1.1, 1.2, 100}, []float64{1, 100}},
		{[]float64{0, 98, 99, 100}, []float64{0, 100}},
		{[]float64{2, 4}, []float64{2, 4}},
	} {
		l := lines{axis: result.Axis{Values: make([]string, len(tt.values))}, values: tt.values}
		var got []float64
		for _, tick := range l.ticks() {
			got = append(got, tick.Value)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("ticks of %v at %v, want %v", tt.values, got, tt.want)
		}
	}
}
