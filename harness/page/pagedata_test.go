package page

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
)

func TestPageDataOfStages(t *testing.T) {
	d := resulttest.GoldenData()
	data := newPageData(d, chart.FiguresOf(chart.Options{}))
	rules := data.Charts[0].Rules
	want := []pageRule{
		{"server cap", [][2]float64{{0, 99.9001}, {1, 0}, {2, 49.95005}}, []vg.Length{5, 3}},
		{"provable ceiling", [][2]float64{{0, 95.9141}, {1, 0}, {2, 47.95705}}, []vg.Length{1.5, 2}},
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What is shaded: the outage, and the time of the lower limit.
	if diff := cmp.Diff([]pageSpan{{1, 2, 0.16, "server down"}, {2, 2.5, 0.06, "server cap 50.0"}}, data.Spans); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What happens to several strategies at the same time is shaded once and names them.
func TestPageSpansOfStrategies(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(5), 1, 10*time.Second)
	var strategies []string
	for i, s := range d.Summary.Strategies {
		jump := ""
		if i == 1 {
			jump = `,"clock":{"jumps":[{"at":"4s","by":"-2s"}]}`
		}
		strategies = append(strategies, fmt.Sprintf(`{"name":%q,"label":"label %d","client":{"budget":{"store":{"outages":[{"at":"6s","for":"1s"}]}}%s}}`, s.Name, i, jump))
	}
	d.Scenario = []byte(`{"duration":"10s","strategies":[` + strings.Join(strategies, ",") + `]}`)
	data := newPageData(chart.Drawable(d), chart.FiguresOf(chart.Options{}))
	want := []pageSpan{
		{4, 4, 0, "clock jumps by -2s: label 1"},
		{6, 7, 0.1, "store down: label 0, label 1, label 2, 2 more"},
	}
	if diff := cmp.Diff(want, data.Spans); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := data.Strategies[1].Name; got != "label 1" {
		t.Errorf("charts call the second %q", got)
	}
}
