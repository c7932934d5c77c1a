package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/scenario"
)

var update = flag.Bool("update", false, "write the golden files in testdata anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; if that is intended, run the test with -update (-want +got):\n%s", path, diff)
	}
}

// goldenData is small, and has an example of everything that a file can hold.
func goldenData() Data {
	d := synthetic([]profile{profiles[0], profiles[1], profiles[6], {name: "never | heard, of 5"}}, 3, 2500*time.Millisecond)
	for _, e := range []scenario.Expectation{
		{Strategy: "buffer-only", Metric: "tps", Over: "fixed-interval+buffer", Ratio: &[2]float64{1.05, 1.25}},
		{Strategy: "aimd", Metric: "429", Between: &[2]float64{0, 0}},
		{Strategy: "never | heard, of 5", Metric: "latency_p99_ms", Between: &[2]float64{0, 100}},
	} {
		d.Summary.Expectations = append(d.Summary.Expectations, d.Summary.check(e))
	}
	d.Summary.CeilingSteps = newCeilingSteps(someSteps(time.Second, 2*time.Second), d.Summary.Ceilings)
	d.Blocks = []RunBlocks{{"buffer-only", 2, []time.Duration{1200 * time.Millisecond, 2 * time.Second}}}
	return d
}

func TestGoldenFiles(t *testing.T) {
	files, err := dataFiles(goldenData())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		golden(t, f.name, f.content)
	}
}

func TestGoldenTables(t *testing.T) {
	d := goldenData()
	for name, format := range map[string]Format{"table.txt": Text, "table.md": Markdown, "table.csv": CSV} {
		var b bytes.Buffer
		if err := Table(&b, d, format); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestGoldenComparison(t *testing.T) {
	virtual := goldenData().Summary
	real := synthetic([]profile{{name: "fixed-interval+buffer", tps: 84, latency: 700 * time.Millisecond}, profiles[1], profiles[4]}, 1, 2500*time.Millisecond).Summary
	real.Clock = "real"
	var b bytes.Buffer
	if err := CompareClocks(&b, virtual, real); err != nil {
		t.Fatal(err)
	}
	golden(t, "compare.txt", b.Bytes())
}
