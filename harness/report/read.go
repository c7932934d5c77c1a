package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Read returns the data that WriteFiles wrote to dir.
func Read(dir string) (Data, error) {
	var d Data
	for _, f := range []struct {
		name string
		read func(io.Reader, *Data) error
	}{
		{SummaryFile, readSummary},
		{SeriesFile, func(r io.Reader, d *Data) (err error) { d.Series, err = readSeries(r); return err }},
		{BenchFile, readBench},
	} {
		if err := readFile(filepath.Join(dir, f.name), &d, f.read); err != nil {
			return Data{}, err
		}
	}
	if err := d.order(); err != nil {
		return Data{}, fmt.Errorf("%s: %w", filepath.Join(dir, SeriesFile), err)
	}
	return d, nil
}

func readFile(path string, d *Data, read func(io.Reader, *Data) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f, d); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func readSummary(r io.Reader, d *Data) error {
	if err := json.NewDecoder(r).Decode(&d.Summary); err != nil {
		return err
	}
	if v := d.Summary.SchemaVersion; v != SchemaVersion {
		return fmt.Errorf("found schema_version %d, expected %d", v, SchemaVersion)
	}
	return nil
}

// order brings the series into the order of the summary. A strategy that was
// cut short in its first instant has none.
func (d *Data) order() error {
	read := map[string]Timeline{}
	for _, t := range d.Series {
		if _, ok := d.Summary.Strategy(t.Strategy); !ok {
			return fmt.Errorf("found strategy %q, which %s does not have", t.Strategy, SummaryFile)
		}
		read[t.Strategy] = t
	}
	d.Series = nil
	for _, s := range d.Summary.Strategies {
		d.Series = append(d.Series, Timeline{Strategy: s.Name, Seconds: read[s.Name].Seconds})
	}
	return nil
}
