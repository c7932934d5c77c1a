package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Whatever stands in the files, reading them ends in data or an error, and
// data can be written, drawn and read again.
func FuzzRead(f *testing.F) {
	files, err := dataFiles(goldenData())
	if err != nil {
		f.Fatal(err)
	}
	content := map[string][]byte{}
	for _, file := range files {
		content[file.name] = file.content
	}
	f.Add(content[SummaryFile], content[SeriesFile], content[LatencyFile], content[BenchFile])
	f.Add([]byte(`{"schema_version": 1}`), []byte("strategy,second\n"), []byte("strategy,quantile,ms\n"), []byte(""))
	f.Add([]byte(`{"schema_version": 1, "strategies": [{"name": "a"}]}`), content[SeriesFile], content[LatencyFile], []byte("BenchmarkScenario/x 1 2 tps\n"))
	f.Add([]byte(`{"schema_version": 1, "runs": 2, "interrupted": true, "strategies": [{"name": "a", "tps": {"mean": 2}}]}`),
		content[SeriesFile][:bytes.IndexByte(content[SeriesFile], '\n')+1], []byte("strategy,quantile,ms\n"), []byte("BenchmarkScenario/strategy=a 1 2 tps\n"))
	f.Fuzz(func(t *testing.T, summary, series, latency, bench []byte) {
		dir := t.TempDir()
		for name, b := range map[string][]byte{SummaryFile: summary, SeriesFile: series, LatencyFile: latency, BenchFile: bench} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		d, err := Read(dir)
		if err != nil {
			return
		}
		again := t.TempDir()
		if err := writeAll(again, must(dataFiles(d))(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(again); err != nil {
			t.Errorf("read, written, and not to be read again: %v", err)
		}
	})
}

// Whatever stands in the files about what the clients cost, reading them ends in
// an error or in data that can be drawn and written.
func FuzzReadResources(f *testing.F) {
	d := pairOf()
	files, err := d.Resources.files()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(files[0].content, files[1].content)
	f.Add(files[0].content, []byte("strategy,second,cpu_s,rss_mib,goroutines,voluntary_switches,involuntary_switches\na,0,0,,1,,\na,0.004,1e12,,1,,\na,1e12,1e12,,1,,\n"))
	f.Add([]byte(`{"schema_version": 1, "measured_on": "x"}`), []byte(""))
	f.Fuzz(func(t *testing.T, resources, series []byte) {
		var read Data
		read.Summary = d.Summary
		if err := readResources(bytes.NewReader(resources), &read); err != nil || read.Resources == nil {
			return
		}
		if err := readAllUse(bytes.NewReader(series), &read); err != nil {
			return
		}
		if _, err := read.Resources.files(); err != nil {
			t.Error(err)
		}
		if c, ok := resourceChart(read.Resources); ok {
			if _, err := c.SVG(); err != nil {
				t.Error(err)
			}
		}
	})
}

func must(files []file, err error) func(t *testing.T) []file {
	return func(t *testing.T) []file {
		t.Helper()
		if err != nil {
			t.Skip("such data cannot be written:", err)
		}
		return files
	}
}
