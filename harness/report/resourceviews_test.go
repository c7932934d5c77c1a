package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/table"
)

func TestReadResources(t *testing.T) {
	for name, d := range map[string]result.Data{
		"two clients":           resulttest.PairOf(),
		"a system that is mute": resulttest.NoUse(),
		"no samples":            resulttest.Isolated(0, metrics.Usage{Strategy: "a", Seed: 1}),
		"nothing ran":           resulttest.Isolated(0),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := WriteFiles(dir, d, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			read, err := result.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(d.Resources, read.Resources, withUnexported); diff != "" {
				t.Errorf("read differs from written (-written +read):\n%s", diff)
			}
		})
	}
}

// What WriteCharts makes of the files is what WriteFiles made with them.
func TestChartsOfResourcesComeBack(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFiles(dir, resulttest.PairOf(), FileOptions{}); err != nil {
		t.Fatal(err)
	}
	written := contents(t, dir)
	for _, name := range []string{"resources.svg", "resources.json", "resources.csv"} {
		if written[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for name := range written {
		switch filepath.Ext(name) {
		case ".svg", ".html":
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	read, err := result.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteCharts(dir, read, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, contents(t, dir)); diff != "" {
		t.Errorf("(-written +written again):\n%s", diff)
	}
	var first, second strings.Builder
	if err := table.Table(&first, resulttest.PairOf(), table.Text); err != nil {
		t.Fatal(err)
	}
	if err := table.Table(&second, read, table.Text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" || !strings.Contains(first.String(), "\nWhat the clients cost\n") {
		t.Errorf("tables differ, or have nothing of the cost:\n%s%s", first.String(), diff)
	}
}

// Resources of another run, which an older version of ratebench left in the
// folder, are no part of the results. They stay, and their picture goes.
func TestResourcesOfAnotherRun(t *testing.T) {
	for name, change := range map[string]func(*result.Data){
		"another file":  func(d *result.Data) { d.Summary.Scenario.SHA256 = "cd34" },
		"another clock": func(d *result.Data) { d.Summary.Clock = "virtual" },
		"another seed":  func(d *result.Data) { d.Summary.Seed = 2 },
		"more runs":     func(d *result.Data) { d.Summary.Runs = 4 },
		"shorter":       func(d *result.Data) { d.Summary.DurationS = 1 },
		"interrupted":   func(d *result.Data) { d.Summary.Interrupted = true },
		"fewer strategies": func(d *result.Data) {
			d.Summary.Strategies, d.Series, d.Latency = d.Summary.Strategies[:1], d.Series[:1], d.Latency[:1]
			d.Bench = d.Bench[:3]
		},
		"another strategy": func(d *result.Data) {
			d.Summary.Strategies[1].Name, d.Series[1].Strategy, d.Latency[1].Strategy = "c", "c", "c"
			for i := range d.Bench[3:] {
				d.Bench[3+i].Strategy = "c"
			}
		},
		"a request less":     func(d *result.Data) { d.Summary.Strategies[0].Responses.OK-- },
		"a third of another": func(d *result.Data) { d.Summary.Strategies[0].Responses.Timeout += 0.3333 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := resulttest.PairOf()
			if err := WriteFiles(dir, d, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			before := contents(t, dir)
			change(&d)
			d.Resources = nil
			if err := result.WriteAll(dir, must(result.Files(d))(t)); err != nil {
				t.Fatal(err)
			}
			read, err := result.Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if read.Resources != nil {
				t.Fatal("they were taken for those of the run")
			}
			if err := WriteCharts(dir, read, FileOptions{}); err != nil {
				t.Fatal(err)
			}
			after := contents(t, dir)
			if _, ok := after["resources.svg"]; ok {
				t.Error("resources.svg is left")
			}
			for _, name := range []string{result.ResourcesFile, result.ResourcesCSVFile} {
				if after[name] != before[name] {
					t.Errorf("%s has changed, or is gone", name)
				}
			}
		})
	}
}
