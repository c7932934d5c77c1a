package findings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/stats"
)

// lived has five runs of 100 s with two keys each. Keys are blocked at the given
// seconds; a run without any keeps both.
func lived(runs ...[]time.Duration) result.Data {
	d := resulttest.Synthetic([]resulttest.Profile{{Name: "a", TPS: 10}}, len(runs), time.Second)
	d.Summary.Scenario.Name, d.Summary.DurationS, d.Summary.Keys = "survival", 100, 2
	d.Blocks = nil
	for i, at := range runs {
		if len(at) > 0 {
			d.Blocks = append(d.Blocks, result.RunBlocks{Strategy: "a", Seed: uint64(i + 1), At: at})
		}
	}
	return d
}

// Runs in which nothing was blocked count, and the number of keys is that of the
// results, not the most that were blocked.
func TestSurvivalTable(t *testing.T) {
	const s = time.Second
	for _, tc := range []struct {
		name string
		runs [][]time.Duration
		want string // the row
	}{
		{"all keys in most runs", [][]time.Duration{{10 * s, 20 * s}, {30 * s, 40 * s}, {50 * s, 60 * s}, {70 * s}, nil}, "| a | 50.0 | in 60.0 % of runs | 60.0 |"},
		{"a key in most runs, all in few", [][]time.Duration{{10 * s, 20 * s}, {30 * s}, {50 * s}, {70 * s}, nil}, "| a | 50.0 | in 20.0 % of runs | – |"},
		{"one key in every run, and never both", [][]time.Duration{{10 * s}, {30 * s}, {50 * s}}, "| a | 30.0 | in 0.0 % of runs | – |"},
		{"a key in two of five runs", [][]time.Duration{{10 * s, 20 * s}, {30 * s, 40 * s}, nil, nil, nil}, "| a | – | in 40.0 % of runs | – |"},
		{"half of the runs", [][]time.Duration{{10 * s, 20 * s}, nil}, "| a | 10.0 | in 50.0 % of runs | 20.0 |"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWriter(t.TempDir())
			w.results.data["survival"] = lived(tc.runs...)
			if table := w.survival("survival"); !strings.Contains(table, tc.want+"\n") {
				t.Errorf("%s\nwant a row %s", table, tc.want)
			}
			if _, err := w.picture(w.survivalChart("survival")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSurvivalNeedsTheKeys(t *testing.T) {
	for want, change := range map[string]func(*result.Summary){
		"do not say how many keys": func(s *result.Summary) { s.Keys = 0 },
		"cut short":                func(s *result.Summary) { s.Interrupted = true },
	} {
		d := lived(nil, nil)
		change(&d.Summary)
		w := newWriter(t.TempDir())
		w.results.data["survival"] = d
		w.survival("survival")
		if err := w.results.err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// Of a sweep, the rows of the table and the curves of the picture are its points.
func TestSurvivalOfASweep(t *testing.T) {
	d := lived([]time.Duration{10 * time.Second, 20 * time.Second}, nil)
	d.Summary.Axes = []result.Axis{{Name: "cost per request", Set: "client.runtime.per_request", Values: []string{"3ms"}}}
	d.Summary.Strategies[0].Plain, d.Summary.Strategies[0].Point = "buffer-only", []string{"3ms"}
	w := newWriter(t.TempDir())
	w.results.data["survival"] = d
	if table := w.survival("survival"); !strings.Contains(table, "| 3ms | 10.0 | in 50.0 % of runs | 20.0 |\n") {
		t.Error(table)
	}
	picture, err := w.picture(w.survivalChart("survival"))
	if err != nil || !strings.Contains(string(picture), ">3ms</text>") {
		t.Errorf("%v: no curve of 3ms", err)
	}
}

// The text names the last point at which half of the runs are dead by then, and
// refuses to where that is not the end of a row of such points.
func TestDeadWithin(t *testing.T) {
	const s = time.Second
	row := func(lives ...time.Duration) []survived {
		var rows []survived
		for i, life := range lives {
			one := survived{label: fmt.Sprintf("%dms", 2*i)}
			for range 3 {
				one.everyKey = append(one.everyKey, stats.Life{For: life, Blocked: life < 120*s})
			}
			rows = append(rows, one)
		}
		return rows
	}
	for _, tc := range []struct {
		rows      []survived
		want, err string
	}{
		{row(20*s, 40*s, 61*s, 120*s), "2 ms", ""},
		{row(20*s, 60*s), "2 ms", ""},
		{row(120*s, 120*s), "", "nowhere"},
		{row(20*s, 61*s, 40*s), "", "at 4ms, and not at 2ms"},
	} {
		got, err := lastDead(tc.rows, 60)
		if got != tc.want || (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("got %q, %v, want %q, %q", got, err, tc.want, tc.err)
		}
	}
}
