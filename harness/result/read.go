package result

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Read returns the data that Write wrote to dir. A file that was cut, changed or
// removed since is an error with its name. Results of version 1, which have no
// checksums, are read as far as they go together; what any results lack is in
// Data.Lacks.
func Read(dir string) (Data, error) {
	var d Data
	f, err := openFolder(dir)
	if err != nil {
		return d, err
	}
	for _, file := range dataFiles() {
		content, err := f.read(file.name)
		version1 := d.Summary.SchemaVersion == 1
		switch {
		case errors.Is(err, fs.ErrNotExist) && (file.there != nil || version1 && file.since > 1):
			continue
		case err != nil:
			return Data{}, err
		}
		if err := file.read(bytes.NewReader(content), &d); err != nil {
			return Data{}, fmt.Errorf("%s: %w", filepath.Join(dir, file.name), err)
		}
		if file.name == SummaryFile && f.sums == nil && !(d.Summary.SchemaVersion == 1) {
			return Data{}, fmt.Errorf("%s: found none, expected the checksums of the results", filepath.Join(dir, SumsFile))
		}
	}
	return d, nil
}

// ReadSummary returns what summary.json in dir says.
func ReadSummary(dir string) (Summary, error) {
	var d Data
	f, err := openFolder(dir)
	if err != nil {
		return Summary{}, err
	}
	for _, file := range dataFiles() {
		// Version 1 has the question with the runs.
		if file.name != SummaryFile && (file.name != BenchFile || d.Summary.SchemaVersion > 1) {
			continue
		}
		content, err := f.read(file.name)
		if err != nil {
			return Summary{}, err
		}
		if err := file.read(bytes.NewReader(content), &d); err != nil {
			return Summary{}, fmt.Errorf("%s: %w", filepath.Join(dir, file.name), err)
		}
	}
	return d.Summary, nil
}

// A folder of results that is being read.
type folder struct {
	dir     string
	pending map[string]string // what a swap under way has not done yet: the draft of each file; "" of one that goes
	sums    map[string]string // the checksum of each file; nil: there are none
}

func openFolder(dir string) (f folder, err error) {
	f.dir = dir
	if f.pending, err = readJournal(dir); err != nil {
		return f, err
	}
	content, err := f.content(SumsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	if f.sums, err = parseSums(content); err != nil {
		return f, fmt.Errorf("%s: %w", filepath.Join(dir, SumsFile), err)
	}
	return f, nil
}

// read returns what is in a file, if that is what was written.
func (f *folder) read(name string) ([]byte, error) {
	content, err := f.content(name)
	path := filepath.Join(f.dir, name)
	want, listed := f.sums[name]
	switch {
	case errors.Is(err, fs.ErrNotExist) && listed:
		return nil, fmt.Errorf("%s: found none, though %s lists it", path, SumsFile)
	case err != nil:
		return nil, err
	case f.sums == nil:
		return content, nil
	case !listed:
		return nil, fmt.Errorf("%s: is of other results: %s does not list it", path, SumsFile)
	case want != sumOf(content):
		return nil, fmt.Errorf("%s: was changed or cut: its checksum is not the one in %s", path, SumsFile)
	}
	return content, nil
}

// content returns what is in a file, as if a swap under way were over.
func (f *folder) content(name string) ([]byte, error) {
	path := filepath.Join(f.dir, name)
	if draft, ok := f.pending[name]; ok {
		if draft == "" {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		content, err := readRegular(filepath.Join(f.dir, draft))
		if !errors.Is(err, fs.ErrNotExist) {
			return content, err
		}
	}
	return readRegular(path)
}

// mostBytes is more than any file of results takes.
const mostBytes = 1 << 30

// readRegular returns what is in a file. A pipe or a device might never end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: found no ordinary file", path)
	case info.Size() > mostBytes:
		return nil, fmt.Errorf("%s: found %d bytes, expected at most %d", path, info.Size(), mostBytes)
	}
	return os.ReadFile(path)
}

func readSummary(r io.Reader, d *Data) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := readJSON(content, &d.Summary, d.Summary.validate); err != nil {
		return err
	}
	d.lack(SummaryFile, lackingIn(content))
	return nil
}

// lack notes what a file does not have.
func (d *Data) lack(file string, what []string) {
	for _, name := range what {
		d.Lacks = append(d.Lacks, file+" has no "+name)
	}
}

// validate reports what is wrong, and where.
func (s *Summary) validate() (at []any, err error) {
	switch {
	case s.SchemaVersion < 1 || s.SchemaVersion > SchemaVersion:
		return []any{"schema_version"}, fmt.Errorf("found schema_version %d, expected 1 to %d", s.SchemaVersion, SchemaVersion)
	case s.Runs < 0:
		return []any{"runs"}, fmt.Errorf("found runs %d, expected 0 or more", s.Runs)
	case !(s.DurationS >= 0 && s.DurationS <= mostFigure):
		return []any{"duration_s"}, fmt.Errorf("found duration_s %v, expected 0 to %.0e", s.DurationS, mostFigure)
	case !(s.TTLS >= 0 && s.TTLS <= mostFigure):
		return []any{"ttl_s"}, fmt.Errorf("found ttl_s %v, expected 0 to %.0e", s.TTLS, mostFigure)
	}
	for i, st := range s.Strategies {
		if other, _ := s.Strategy(st.Name); other != &s.Strategies[i] {
			return []any{"strategies", i, "name"}, fmt.Errorf("found strategy %q twice", st.Name)
		}
	}
	if at, err := s.Ceilings.check(); err != nil {
		return append([]any{"ceilings_tps"}, at...), err
	}
	return s.checkSteps()
}
