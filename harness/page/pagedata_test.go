package page

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
)

func TestPageDataOfStages(t *testing.T) {
	d := resulttest.GoldenData()
	data := newPageData(d, chart.FiguresOf(chart.Options{}))
	rules := data.Charts[0].Rules
	want := []pageRule{
		{"server cap", [][2]float64{{0, 99.9001}, {1, 0}, {2, 49.95005}}, []float64{5, 3}},
		{"provable ceiling", [][2]float64{{0, 95.9141}, {1, 0}, {2, 47.95705}}, []float64{1.5, 2}},
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What is shaded: the outage, and the time of the lower limit.
	if diff := cmp.Diff([]pageSpan{{1, 2, true}, {2, 2.5, false}}, data.Spans); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
