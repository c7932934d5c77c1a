package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

// Whatever stands in the files, reading them ends in data or an error, and
// data can be written, drawn and read again.
func FuzzRead(f *testing.F) {
	files, err := result.Files(resulttest.GoldenData())
	if err != nil {
		f.Fatal(err)
	}
	content := map[string][]byte{}
	for _, file := range files {
		content[file.Name] = file.Content
	}
	f.Add(content[result.SummaryFile], content[result.SeriesFile], content[result.LatencyFile], content[result.BenchFile])
	f.Add([]byte(`{"schema_version": 1}`), []byte("strategy,second\n"), []byte("strategy,quantile,ms\n"), []byte(""))
	f.Add([]byte(`{"schema_version": 1, "strategies": [{"name": "a"}]}`), content[result.SeriesFile], content[result.LatencyFile], []byte("BenchmarkScenario/x 1 2 tps\n"))
	f.Add([]byte(`{"schema_version": 1, "runs": 2, "interrupted": true, "strategies": [{"name": "a", "tps": {"mean": 2}}]}`),
		content[result.SeriesFile][:bytes.IndexByte(content[result.SeriesFile], '\n')+1], []byte("strategy,quantile,ms\n"), []byte("BenchmarkScenario/strategy=a 1 2 tps\n"))
	f.Fuzz(func(t *testing.T, summary, series, latency, bench []byte) {
		dir := t.TempDir()
		for name, b := range map[string][]byte{result.SummaryFile: summary, result.SeriesFile: series, result.LatencyFile: latency, result.BenchFile: bench} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		d, err := result.Read(dir)
		if err != nil {
			return
		}
		again := t.TempDir()
		if err := result.WriteAll(again, must(result.Files(d))(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := result.Read(again); err != nil {
			t.Errorf("read, written, and not to be read again: %v", err)
		}
	})
}

// Whatever stands in the files about what the clients cost, reading them ends in
// an error or in data that can be drawn and written.
func FuzzReadResources(f *testing.F) {
	d := resulttest.PairOf()
	files, err := d.Resources.Files()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(files[0].Content, files[1].Content)
	f.Add(files[0].Content, []byte("strategy,second,cpu_s,rss_mib,goroutines,voluntary_switches,involuntary_switches\na,0,0,,1,,\na,0.004,1e12,,1,,\na,1e12,1e12,,1,,\n"))
	f.Add([]byte(`{"schema_version": 1, "measured_on": "x"}`), []byte(""))
	f.Fuzz(func(t *testing.T, resources, series []byte) {
		var read result.Data
		read.Summary = d.Summary
		if err := result.ReadResources(bytes.NewReader(resources), &read); err != nil || read.Resources == nil {
			return
		}
		if err := result.ReadAllUse(bytes.NewReader(series), &read); err != nil {
			return
		}
		if _, err := read.Resources.Files(); err != nil {
			t.Error(err)
		}
		if c, ok := chart.ResourceChart(read.Resources); ok {
			if _, err := c.SVG(); err != nil {
				t.Error(err)
			}
		}
	})
}

func must(files []result.File, err error) func(t *testing.T) []result.File {
	return func(t *testing.T) []result.File {
		t.Helper()
		if err != nil {
			t.Skip("such data cannot be written:", err)
		}
		return files
	}
}
