package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result/folder"
)

// With names of charts, the page and the files beside it have these and no others.
func TestChosenCharts(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 5, 10*time.Second)
	views, err := Views(d, Options{Charts: chart.Options{Only: []string{"latency", "mean-tps"}}, Title: "A  title"})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	page := ""
	for _, f := range views.Files {
		names = append(names, f.Name)
		if f.Name == folder.ReportFile {
			page = string(f.Content)
		}
	}
	if want := []string{"mean-tps.svg", "latency.svg", folder.ReportFile}; !slices.Equal(names, want) {
		t.Errorf("files are %q, want %q", names, want)
	}
	if !slices.Contains(views.Known, "tps.svg") {
		t.Error("a chart that was made before would stay")
	}
	checkSelfContained(t, page)
	for text, want := range map[string]int{
		"<h1>A title</h1>": 1, "<title>A title – ratebench</title>": 1, "scenario synthetic <code": 0,
		"<h3>Latency": 1, "<h3>Throughput": 0, "<figure": 2, `id="chart0"`: 1, `id="chart1"`: 0,
	} {
		if got := strings.Count(page, text); got != want {
			t.Errorf("the page has %q %d times, want %d", text, got, want)
		}
	}
}

// A page without charts over time has no frame for them.
func TestNoChartsOverTime(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(2), 1, 5*time.Second)
	views, err := Views(d, Options{Charts: chart.Options{Only: []string{"scorecard"}}})
	if err != nil {
		t.Fatal(err)
	}
	page := string(views.Files[len(views.Files)-1].Content)
	for _, not := range []string{`class="charts"`, "<h2>Figures</h2>", "<details>"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %s with nothing in it", not)
		}
	}
}
