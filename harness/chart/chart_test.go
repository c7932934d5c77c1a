package chart

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/charttest"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func TestCharts(t *testing.T) {
	for name, d := range resulttest.ChartData() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			charts, _ := Charts(d)
			checkDrawn(t, charts, d)
			for _, c := range charts {
				image, err := c.SVG()
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				if bad := regexp.MustCompile(`(?i)\b(nan|[+-]?inf)\b`).Find(image); bad != nil {
					t.Errorf("%s has %s", c.Name, bad)
				}
				charttest.CheckTexts(t, c, image)
				checkTones(t, c, image)
				if limit := 20_000 + 4_000*len(d.Series); len(image) > limit {
					t.Errorf("%s has %d bytes, expected at most %d", c.Name, len(image), limit)
				}
			}
		})
	}
}

// checkDrawn wants all charts but those of costs, of routes and of a sweep, and of
// what no strategy has any.
func checkDrawn(t *testing.T, charts []kit.Chart, d result.Data) {
	t.Helper()
	counted := map[string][]string{"429": {"429", "blocked"}, "expirations": {"expirations"}, "queue": {"queue_main", "queue_dlq"}}
	for _, name := range Names() {
		drawn := slices.ContainsFunc(charts, func(c kit.Chart) bool { return c.Name == name })
		want := !slices.Contains([]string{"resources", "routes", "sweep", "heatmap"}, name)
		if columns, ok := counted[name]; ok {
			want = slices.ContainsFunc(d.Series, func(t result.Timeline) bool {
				return slices.ContainsFunc(columns, func(column string) bool {
					return slices.ContainsFunc(t.Column(column), func(c result.Cell) bool { return c.Mean > 0 })
				})
			})
		}
		if drawn != want {
			t.Errorf("%s is drawn: %v, want %v", name, drawn, want)
		}
	}
}

// A sweep with many rows is drawn as a whole, and not row by row.
func TestChartsOfManyRows(t *testing.T) {
	way := result.Axis{Name: "way", Values: []string{"a", "b", "c", "d", "e"}}
	var names []string
	charts, _ := Charts(resulttest.SweepOf(result.Axis{Name: "cost", Values: []string{"0ms", "3ms", "6ms"}}, way))
	for _, c := range charts {
		names = append(names, c.Name)
	}
	if want := []string{"heatmap", "scorecard"}; !slices.Equal(names, want) {
		t.Errorf("of 30 rows there are %q, want %q", names, want)
	}
	if charts, _ := Charts(resulttest.SweepOf(way)); len(charts) < 8 {
		t.Errorf("of 10 rows there are %d charts", len(charts))
	}
}

func TestChartsDeterministic(t *testing.T) {
	first, _ := Charts(resulttest.GoldenData())
	second, _ := Charts(resulttest.GoldenData())
	for i := range first {
		a, err := first[i].SVG()
		if err != nil {
			t.Fatal(err)
		}
		b, err := second[i].SVG()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs from one time to the next", first[i].Name)
		}
	}
}

func BenchmarkCharts(b *testing.B) {
	d := resulttest.Synthetic(resulttest.Many(5), 20, 25*time.Second)
	for b.Loop() {
		charts, _ := Charts(d)
		for _, c := range charts {
			if _, err := c.SVG(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// named is the chart of that name.
func named(t *testing.T, d result.Data, name string) kit.Chart {
	t.Helper()
	charts, _ := Charts(d)
	i := slices.IndexFunc(charts, func(c kit.Chart) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no chart %s", name)
	}
	return charts[i]
}

// A point of several seconds has no confidence interval, and its band is not
// called one.
func TestBandsAreNamed(t *testing.T) {
	for seconds, want := range map[int]string{
		60:   "Every second, mean of 5 runs; bands: 95\u00a0% confidence interval.",
		600:  "Every 5 seconds, mean of 5 runs; bands: mean of the seconds' 95\u00a0% confidence intervals.",
		7200: "Every 60 seconds, mean of 5 runs; bands: mean of the seconds' 95\u00a0% confidence intervals.",
	} {
		d := resulttest.Synthetic([]resulttest.Profile{{Name: "a", TPS: 1}}, 5, time.Duration(seconds)*time.Second)
		if got := named(t, d, "tps").Subtitle; got != want {
			t.Errorf("%d s: %q, want %q", seconds, got, want)
		}
	}
}

// Intervals of fewer than five runs are not drawn, and said to be missing; what the
// charts are given stays as it is.
func TestTooFewRunsForIntervals(t *testing.T) {
	for runs, want := range map[int]string{2: "2 runs: too few for a 95\u00a0% interval", 5: "5 runs"} {
		d := resulttest.Synthetic(resulttest.Many(3), runs, 20*time.Second)
		for _, name := range []string{"mean-tps", "tps", "latency", "429"} {
			if c := named(t, d, name); !strings.Contains(c.Subtitle, want) {
				t.Errorf("%s says %q, want %q", name, c.Subtitle, want)
			}
		}
		image, err := named(t, d, "mean-tps").SVG()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(image), "±"); got != (runs >= FewestRuns) {
			t.Errorf("%d runs: ± %v", runs, got)
		}
		drawn := Drawable(d)
		if with := drawn.Summary.Strategies[0].TPS().CI95 != nil; with != (runs >= FewestRuns) || d.Summary.Strategies[0].TPS().CI95 == nil {
			t.Errorf("%d runs: drawn with an interval: %v; given one: %v", runs, with, d.Summary.Strategies[0].TPS().CI95 != nil)
		}
		for _, cell := range drawn.Series[0].Column("tps") {
			if (cell.Has == result.WithInterval) != (runs >= FewestRuns) {
				t.Errorf("%d runs: %+v", runs, cell)
				break
			}
		}
	}
}

// The notes of the charts have every kind of answer that occurred.
func TestChartsOfAnswers(t *testing.T) {
	d := resulttest.Refused()
	const others = "Answers other than 200 and 429, per run – 400 (nonce out of order): up to 12, for mixed; " +
		"401 (unknown key): up to 2\u202f344, for stranger; timeouts: up to 56, for mixed; other failures: up to 67, for mixed."
	for _, name := range []string{"mean-tps", "scorecard", "dashboard", "429-tps"} {
		if c := named(t, d, name); !strings.HasSuffix(c.Subtitle, others) {
			t.Errorf("%s says %q", name, c.Subtitle)
		}
	}
	for i, want := range []string{"34 per run, 45 blocked, errors: 67, timeouts: 56, 401: 23, 400: 12", "none", "none, 401: 2\u202f344"} {
		for _, f := range Figures {
			if f.file == "429" && f.note(&d.Summary.Strategies[i]) != want {
				t.Errorf("note %q, want %q", f.note(&d.Summary.Strategies[i]), want)
			}
		}
	}
}
