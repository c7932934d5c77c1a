package report

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/table"
)

// contents returns the files below dir by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results", "blog")
	if err := result.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if err := WriteFiles(dir, resulttest.GoldenData(), FileOptions{}); err != nil {
		t.Fatal(err)
	}
	files := contents(t, dir)
	want := []string{"bench.txt", "blocks.csv", "latency.csv", "report.html", "series.csv", "summary.json"}
	for _, chart := range []string{"429", "dashboard", "expirations", "latency", "latency-nines", "mean-tps", "queue", "scorecard", "tps"} {
		want = append(want, chart+".svg")
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	info, err := os.Stat(filepath.Join(dir, result.SummaryFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o644 {
		t.Errorf("mode of %s is %v", result.SummaryFile, got)
	}
}

// What is read from the files is what they were made of, down to the charts.
func TestReadIsInverseOfWriteFiles(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	d := resulttest.GoldenData()
	if err := WriteFiles(first, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	read, err := result.Read(first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, read); diff != "" {
		t.Errorf("read differs from written (-written +read):\n%s", diff)
	}
	if err := WriteFiles(second, read, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, first), contents(t, second)); diff != "" {
		t.Errorf("files differ:\n%s", diff)
	}
}

func TestNothingRan(t *testing.T) {
	dir := t.TempDir()
	d := result.Build(result.Meta{Scenario: "early", Clock: "virtual", Interrupted: true, Strategies: []string{"a"}}, nil)
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	read, err := result.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.Summary, read.Summary); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	if err := table.Table(&b, d, table.Text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "No strategy ran.") {
		t.Errorf("table says\n%s", b.String())
	}
}

func TestWriteFilesFails(t *testing.T) {
	d := resulttest.GoldenData()
	t.Run("folder is a file", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(dir, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		failsNaming(t, dir, d, dir)
		if err := result.Prepare(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Prepare: %v, want an error that names %s", err, dir)
		}
		if b, _ := os.ReadFile(dir); string(b) != "mine" {
			t.Errorf("the file now has %q", b)
		}
	})
	t.Run("name is taken by a folder", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, result.SeriesFile), 0o755); err != nil {
			t.Fatal(err)
		}
		failsNaming(t, dir, d, filepath.Join(dir, result.SeriesFile))
		if got := contents(t, dir); len(got) != 0 {
			t.Errorf("written: %v, want nothing", slices.Sorted(maps.Keys(got)))
		}
	})
	t.Run("folder is read-only", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write everywhere")
		}
		dir := t.TempDir()
		if err := WriteFiles(dir, d, FileOptions{}); err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir)
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
		failsNaming(t, dir, resulttest.Synthetic(resulttest.Many(2), 1, time.Second), filepath.Join(dir, result.SummaryFile))
		if err := result.Prepare(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Prepare: %v, want an error that names %s", err, dir)
		}
		if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
			t.Errorf("earlier results changed:\n%s", diff)
		}
	})
}

func failsNaming(t *testing.T, dir string, d result.Data, path string) {
	t.Helper()
	if err := WriteFiles(dir, d, FileOptions{}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}

func TestPrepareLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := result.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestReadRefuses(t *testing.T) {
	files, err := result.Files(resulttest.GoldenData())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"missing file":     {result.SeriesFile, "", "", "no such file"},
		"other schema":     {result.SummaryFile, `"schema_version": 1`, `"schema_version": 99`, "line 2: found schema_version 99, expected 1"},
		"no JSON":          {result.SummaryFile, "{", "[", "summary.json: "},
		"other columns":    {result.SeriesFile, "strategy,second", "strategy,minute", `line 1: found columns ["strategy" "minute"`},
		"unknown strategy": {result.SeriesFile, "\naimd,0", "\nstranger,0", "series.csv: "},
		"missing second":   {result.SeriesFile, "\naimd,1", "\naimd,2", `found second "2" of aimd, expected 1`},
		"no number":        {result.SeriesFile, "\naimd,0,", "\naimd,0,x", "line 8: tps: "},
		"other quantiles":  {result.LatencyFile, "strategy,quantile", "strategy,percentile", `line 1: found columns ["strategy" "percentile"`},
		"another strategy": {result.LatencyFile, "\naimd,0,", "\nstranger,0,", "latency.csv: "},
		"not ascending":    {result.LatencyFile, "\naimd,0.1,", "\naimd,0.01,", "found quantile 0.01 of aimd"},
		"no duration":      {result.LatencyFile, "\naimd,0,", "\naimd,0,x", "ms: "},
		"half a row":       {result.SeriesFile, "\naimd,1,", "\naimd,1\naimd,1,", "line 9: found 2 columns, expected 44"},
		"half a point":     {result.LatencyFile, "\naimd,0.1,", "\naimd\naimd,0.1,", "found 1 columns, expected 3"},
		"half a pair":      {result.BenchFile, "84.4 tps", "84.4", "line 21: found "},
		"negative time":    {result.SummaryFile, `"duration_s": `, `"duration_s": -`, "found duration_s -"},
		"text for a count": {result.SummaryFile, `"runs": `, `"runs": "many", "x": `, "line 6: json: cannot unmarshal string into Go struct field Summary.runs"},
		"negative runs":    {result.SummaryFile, `"runs": `, `"runs": -`, "found runs -"},
		"cut in half":      {result.SummaryFile, `"strategies": [`, ``, "summary.json: "},
		"quoted cell":      {result.SeriesFile, "\naimd,0,", "\naimd,0,\"", "series.csv: "},
		"fewer columns":    {result.SeriesFile, "strategy,second,", "strategy,", "series.csv: "},
		"second not whole": {result.SeriesFile, "\naimd,1,", "\naimd,1.5,", "series.csv: "},
		"not a quantile":   {result.LatencyFile, "\naimd,0.1,", "\naimd,ten,", "latency.csv: "},
		"no quantiles":     {result.LatencyFile, "strategy,quantile,ms", "", "latency.csv: "},
		"bad bench value":  {result.BenchFile, "84.4 tps", "x tps", "bench.txt: "},
		"steps too late":   {result.SummaryFile, `{"from_s": 0,`, `{"from_s": 0.5,`, "line 11: found a first step from_s 0.5, expected 0"},
		"steps go back":    {result.SummaryFile, `{"from_s": 2,`, `{"from_s": 1,`, "line 13: found a step from_s 1 after one from 1, expected ascending times"},
		"a bound missing":  {result.SummaryFile, `{"from_s": 1, "server_cap": 0,`, `{"from_s": 1, "server_cap": null,`, "line 12: found server_cap in either the step from_s 1 or ceilings_tps"},
		"a mean below 0":   {result.SummaryFile, `"server_cap": `, `"server_cap": -`, "line 9: found server_cap -99.9001, expected 0 or more"},
		"a bound below 0":  {result.SummaryFile, `{"from_s": 1, "server_cap": 0,`, `{"from_s": 1, "server_cap": -1,`, "line 12: found server_cap -1, expected 0 or more"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := result.WriteAll(dir, files); err != nil {
				t.Fatal(err)
			}
			readRefuses(t, dir, tc.file, tc.old, tc.new, tc.want)
		})
	}
}

// What is left of bench.txt when a disk is full, or an editor has gone wrong.
func TestReadRefusesBench(t *testing.T) {
	const aimd = "BenchmarkScenario/scenario=blog/strategy=aimd/clock=virtual 1 "
	files, err := result.Files(resulttest.GoldenData())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		interrupted bool
		change      func(bench string) string
		want        string
	}{
		"empty":                   {false, func(string) string { return "" }, "found 0 runs of fixed-interval+buffer, expected 3"},
		"empty, interrupted":      {true, func(string) string { return "" }, "found 0 runs of fixed-interval+buffer, expected 1 to 3 with a mean of "},
		"cut in half":             {false, func(b string) string { return b[:strings.Index(b, aimd)] }, "found 0 runs of aimd, expected 3"},
		"a run less":              {false, func(b string) string { return strings.Replace(b, aimd, "", 1) }, "found 2 runs of aimd, expected 3"},
		"a run less, interrupted": {true, func(b string) string { return strings.Replace(b, aimd, "", 1) }, "found 2 runs of aimd, expected 1 to 3 with a mean of "},
		"a run more":              {false, func(b string) string { return b + aimd + "63 tps\n" }, "found 4 runs of aimd, expected 3"},
		"a run more, interrupted": {true, func(b string) string { return b + aimd + "63 tps\n" }, "found 4 runs of aimd, expected 1 to 3"},
		"a stranger":              {false, func(b string) string { return strings.Replace(b, "=aimd/", "=stranger/", 1) }, `found strategy "stranger", which summary.json does not have`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := result.WriteAll(dir, files); err != nil {
				t.Fatal(err)
			}
			if tc.interrupted {
				d := resulttest.GoldenData()
				d.Summary.Interrupted = true
				if err := result.WriteAll(dir, must(result.Files(d))(t)); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, result.BenchFile)
			if err := os.WriteFile(path, []byte(tc.change(contents(t, dir)[result.BenchFile])), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := result.Read(dir); err == nil || !strings.Contains(err.Error(), path+": "+tc.want) {
				t.Errorf("got error %v, want one with %q that names %s", err, tc.want, path)
			}
		})
	}
}

// A strategy has fewer runs than planned when it was cut short, or when it
// panicked with some of the seeds.
func TestReadFewerRuns(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		d := resulttest.Synthetic(resulttest.Many(2), 2, 3*time.Second)
		d.Summary.Runs, d.Summary.Interrupted = 3, interrupted
		dir := t.TempDir()
		if err := WriteFiles(dir, d, FileOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := result.Read(dir); err != nil {
			t.Errorf("interrupted %v: %v", interrupted, err)
		}
	}
}

// readRefuses wants a complaint about a file in which new stands for old, or
// which is missing if old is "".
func readRefuses(t *testing.T, dir, file, old, new, want string) {
	t.Helper()
	path := filepath.Join(dir, file)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if old != "" {
		changed := strings.Replace(string(content), old, new, 1)
		if changed == string(content) {
			t.Fatalf("there is no %q in\n%s", old, content)
		}
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err = result.Read(dir)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("got error %v, want one with %q that names %s", err, want, path)
	}
}
