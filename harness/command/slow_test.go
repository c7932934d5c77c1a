package command

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	resultfolder "ratebench/harness/result/folder"
)

// runScenario runs a scenario in virtual time and returns where its results are
// and what was printed.
func runScenario(t *testing.T, name, text string) (folder, table string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name+".yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := execute([]string{"run", "-o", dir, path}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return filepath.Join(dir, name), stdout.String()
}

// Quotas of a few requests an hour or a day keep their digits from the runs to
// the labels of the charts.
func TestSlowQuotas(t *testing.T) {
	for _, tc := range []struct {
		name, scenario string
		successes      map[string]float64 // per run
		seconds        float64
		shown          []string // in the table
	}{
		{
			"day", `version: 1
duration: 24h
runs: 1
server: {keys: 1, limit: 10/24h}
load: {every: constant(2h), ttl: 24h}
strategies:
  - {name: ten, limiter: {kind: ack-clocked}}
  - {name: five, limiter: {kind: fixed-interval, interval: 4h48m}}
`,
			map[string]float64{"ten": 10, "five": 5}, 86400,
			[]string{" 0.000116 ", " 0.0000579 ", " 100.0 ", " 50.0 ", " 0.000139 ", "server cap 0.000116,", "offered 0.000139."},
		},
		{
			"hour", `version: 1
duration: 2h
runs: 2
server: {keys: 1, limit: 100/1h}
load: {every: constant(30s), ttl: 2h}
strategies:
  - {name: all, limiter: {kind: ack-clocked}}
  - {name: most, limiter: {kind: fixed-interval, interval: 40s}}
`,
			map[string]float64{"all": 200, "most": 180}, 7200,
			[]string{" 0.0278 ", " 0.0250 ", " 100.0 ", " 90.0 ", " 0.0333 ", "server cap 0.0278,"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			folder, table := runScenario(t, tc.name, tc.scenario)
			for _, want := range tc.shown {
				if !strings.Contains(table, want) {
					t.Errorf("the table does not have %q:\n%s", want, table)
				}
			}
			s, err := resultfolder.ReadSummary(folder)
			if err != nil {
				t.Fatal(err)
			}
			for name, n := range tc.successes {
				st, _ := s.Strategy(name)
				if got := st.TPS().Value * tc.seconds; math.Abs(got-n) > 1e-6 {
					t.Errorf("%s: %v tps are %v requests, want %v", name, st.TPS().Value, got, n)
				}
			}
			checkSlowSeries(t, folder, s.SeriesRowS, tc.successes)
			for _, chart := range []string{"tps", "mean-tps", "429-tps", "scorecard", "dashboard"} {
				checkSlowLabels(t, filepath.Join(folder, chart+".svg"))
			}
		})
	}
}

// No figure is above the ceiling that it is set against, however short the run:
// in half a second a server admits two windows, and in 70 minutes two of an hour.
func TestNoShareIsAbove100(t *testing.T) {
	for name, text := range map[string]string{
		"short": "version: 1\nduration: 500ms\nruns: 3\nload: {every: constant(1ms), ttl: 1s}\nclient: {workers_per_key: 20}\n" +
			"strategies: [{name: window, limiter: {kind: window}}, {name: server-time, limiter: {kind: server-time}}, {name: paced, limiter: {kind: paced}}]\n",
		"hourly": "version: 1\nduration: 70m\nruns: 1\nserver: {keys: 1, limit: 100/1h}\nload: {every: constant(10s), ttl: 2h}\n" +
			"strategies: [{name: window, limiter: {kind: window}}, {name: ack-clocked, limiter: {kind: ack-clocked}}]\n",
	} {
		folder, table := runScenario(t, name, text)
		s, err := resultfolder.ReadSummary(folder)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Strategies {
			st := &s.Strategies[i]
			if share, known := st.Share(); !known || share > 100+1e-6 || share < 20 {
				t.Errorf("%s: %s gets %v %% of %+v, %v\n%s", name, st.Name, share, st.Ceiling, known, table)
			}
		}
		if !strings.Contains(table, "ceiling") || !strings.Contains(table, "What no run of a strategy can get above is its ceiling: ") {
			t.Errorf("the table does not say what the figures are set against:\n%s", table)
		}
	}
}

// checkSlowSeries adds up the seconds of each strategy.
func checkSlowSeries(t *testing.T, folder string, rowSeconds int, successes map[string]float64) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, resultfolder.SeriesFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[2], 64) // tps
		if err != nil {
			t.Fatal(err)
		}
		sums[row[0]] += v * float64(max(1, rowSeconds))
	}
	for name, n := range successes {
		if math.Abs(sums[name]-n) > 1e-5 {
			t.Errorf("%s: the seconds of series.csv come to %v requests, want %v", name, sums[name], n)
		}
	}
}

// checkSlowLabels wants several rates among the labels, and no zero that is none.
func checkSlowLabels(t *testing.T, path string) {
	t.Helper()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rates := map[string]bool{}
	for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)`).FindAllSubmatch(image, -1) {
		label := string(m[1])
		if regexp.MustCompile(`\b0\.0+\b`).MatchString(strings.ReplaceAll(label, "± 0.0", "± ")) {
			t.Errorf("%s has a label %q", filepath.Base(path), label)
		}
		if v, err := strconv.ParseFloat(label, 64); err == nil && 0 < v && v < 1 {
			rates[label] = true
		}
	}
	if len(rates) < 2 {
		t.Errorf("%s has rates %v, want more", filepath.Base(path), rates)
	}
}
