package report

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

// everyOptional puts every file that may be left by other results into a
// folder, and some that ratebench has nothing to do with.
func everyOptional(t *testing.T, dir string) (foreign []string) {
	t.Helper()
	var names []string
	for _, f := range result.OptionalFiles() {
		names = append(names, f.Name)
	}
	foreign = []string{"notes.txt", "my.svg", "tps.png.bak", "graveyard.csv.old", "resources.txt", ".gitignore", "events/a-1.jsonl.gz"}
	for _, name := range append(names, foreign...) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("left"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return foreign
}

// After a run the folder has its files, and nothing that another run left.
func TestWriteFilesRemovesWhatOthersLeft(t *testing.T) {
	charts := func(names ...string) []string {
		for _, c := range []string{"429", "dashboard", "expirations", "latency", "latency-nines", "mean-tps", "queue", "scorecard", "tps"} {
			names = append(names, c+".svg")
		}
		return names
	}
	data := []string{"bench.txt", "blocks.csv", "latency.csv", "report.html", "series.csv", "summary.json"}
	small := resulttest.Synthetic(resulttest.Many(1), 1, time.Second)
	kept := small
	kept.Graveyard = result.Graveyard(nil)
	for name, tc := range map[string]struct {
		d    result.Data
		want []string
	}{
		"plain":                 {small, charts()},
		"with a graveyard":      {kept, charts("graveyard.csv")},
		"isolated":              {resulttest.PairOf(), charts("resources.csv", "resources.json", "resources.svg")},
		"isolated, and no cost": {resulttest.NoUse(), charts("resources.csv", "resources.json")},
		"no strategy ran":       {result.Build(result.Meta{Scenario: "early"}, nil), nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			want := slices.Concat(everyOptional(t, dir), data, tc.want)
			if err := WriteFiles(dir, tc.d, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			slices.Sort(want)
			if got := slices.Sorted(maps.Keys(contents(t, dir))); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// Charts that are made again leave the data of these results as they are, and
// what was made of them by others.
func TestWriteChartsRemovesWhatOthersLeft(t *testing.T) {
	dir := t.TempDir()
	d := resulttest.PairOf()
	d.Graveyard = result.Graveyard(nil)
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range result.ChartNames() { // drawing them takes long
		if err := os.WriteFile(filepath.Join(dir, name+".png"), []byte("of another time"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, result.SurvivalFile), []byte("findings"), 0o644); err != nil {
		t.Fatal(err)
	}
	var want []string
	for name := range contents(t, dir) {
		if !strings.HasSuffix(name, ".png") {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	read, err := result.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteCharts(dir, read, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	files := contents(t, dir)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if files[result.SurvivalFile] != "findings" {
		t.Errorf("%s has changed", result.SurvivalFile)
	}
}

// Charts that are made again take no data along that seem to be of other
// results.
func TestWriteChartsKeepsData(t *testing.T) {
	dir := t.TempDir()
	d := resulttest.Synthetic(resulttest.Many(1), 1, time.Second)
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	foreign := everyOptional(t, dir)
	if err := WriteCharts(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	after := contents(t, dir)
	for _, name := range append(foreign, result.GraveyardFile, result.ResourcesFile, result.ResourcesCSVFile, result.SurvivalFile) {
		if after[name] != "left" {
			t.Errorf("%s has changed, or is gone", name)
		}
	}
	for name := range after {
		if strings.HasSuffix(name, ".png") || name == "resources.svg" {
			t.Errorf("%s is left", name)
		}
	}
}

// What has the name of a file and is none is somebody else's.
func TestRemoveOthersLeavesFoldersAndLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, result.GraveyardFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, result.ResourcesFile)); err != nil {
		t.Fatal(err)
	}
	if err := result.RemoveOthers(dir, false, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{result.GraveyardFile, result.ResourcesFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestRemoveOthersFails(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may remove everything")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, result.GraveyardFile)
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	if err := result.RemoveOthers(dir, false, nil); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}

// Every chart can be removed.
func TestChartNames(t *testing.T) {
	var drawn []string
	for _, c := range chart.Charts(resulttest.PairOf()) {
		drawn = append(drawn, c.Name)
	}
	if got := result.ChartNames(); !slices.Equal(got, drawn) {
		t.Errorf("%q, but what is drawn is %q", got, drawn)
	}
}
