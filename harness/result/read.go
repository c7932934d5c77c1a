package result

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Read returns the data that WriteFiles wrote to dir. Optional files that are of
// other runs than the rest are left out.
func Read(dir string) (Data, error) {
	var d Data
	for _, f := range []struct {
		name     string
		read     func(io.Reader, *Data) error
		optional bool
	}{
		{SummaryFile, ReadSummary, false},
		{SeriesFile, readAllSeries, false},
		{LatencyFile, readAllLatency, false},
		{BenchFile, ReadBench, false},
		{BlocksFile, readAllBlocks, true}, // older results do not have it
		{GraveyardFile, readAllBurials, true},
		{ResourcesFile, ReadResources, true},
	} {
		err := ReadFile(filepath.Join(dir, f.name), &d, f.read)
		if err != nil && !(f.optional && errors.Is(err, fs.ErrNotExist)) {
			return Data{}, err
		}
	}
	if d.Resources != nil {
		if err := ReadFile(filepath.Join(dir, ResourcesCSVFile), &d, ReadAllUse); err != nil {
			return Data{}, err
		}
	}
	return d, nil
}

func ReadFile(path string, d *Data, read func(io.Reader, *Data) error) error {
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

func ReadSummary(r io.Reader, d *Data) error {
	return readJSON(r, &d.Summary, d.Summary.validate)
}

// validate reports what is wrong, and where.
func (s *Summary) validate() (at []any, err error) {
	switch {
	case s.SchemaVersion != SchemaVersion:
		return []any{"schema_version"}, fmt.Errorf("found schema_version %d, expected %d", s.SchemaVersion, SchemaVersion)
	case s.Runs < 0:
		return []any{"runs"}, fmt.Errorf("found runs %d, expected 0 or more", s.Runs)
	case s.DurationS < 0:
		return []any{"duration_s"}, fmt.Errorf("found duration_s %v, expected 0 or more", s.DurationS)
	}
	if at, err := s.Ceilings.check(); err != nil {
		return append([]any{"ceilings_tps"}, at...), err
	}
	return s.checkSteps()
}

func readAllSeries(r io.Reader, d *Data) error {
	series, err := readSeries(r)
	if err != nil {
		return err
	}
	d.Series, err = inOrder(&d.Summary, series, func(t *Timeline) *string { return &t.Strategy })
	return err
}

func readAllLatency(r io.Reader, d *Data) error {
	latency, err := readLatency(r)
	if err != nil {
		return err
	}
	d.Latency, err = inOrder(&d.Summary, latency, func(l *Distribution) *string { return &l.Strategy })
	return err
}

// inOrder brings what was read of the strategies into the order of the
// summary. A strategy that a file says nothing of, as one that was cut short in
// its first instant, has an empty part.
func inOrder[T any](s *Summary, read []T, strategy func(*T) *string) ([]T, error) {
	parts := map[string]T{}
	for _, part := range read {
		name := *strategy(&part)
		if _, ok := s.Strategy(name); !ok {
			return nil, fmt.Errorf("found strategy %q, which %s does not have", name, SummaryFile)
		}
		parts[name] = part
	}
	var ordered []T
	for _, st := range s.Strategies {
		part := parts[st.Name]
		*strategy(&part) = st.Name
		ordered = append(ordered, part)
	}
	return ordered, nil
}
