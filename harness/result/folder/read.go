package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Read returns the data that Write wrote to dir. A file that was cut, changed or
// removed since is an error with its name. Results of version 1, which have no
// checksums, are read as far as they go together; what any results lack is in
// Data.Lacks.
func Read(dir string) (result.Data, error) {
	var d result.Data
	f, err := openReader(dir)
	if err != nil {
		return d, err
	}
	for _, file := range dataFiles() {
		err := f.readInto(&d, file)
		version1 := d.Summary.SchemaVersion == 1
		switch {
		case errors.Is(err, fs.ErrNotExist) && (file.there != nil || version1 && file.since > 1):
		case err != nil:
			return result.Data{}, err
		case f.sums == nil && !version1:
			return result.Data{}, fmt.Errorf("%s: found none, expected the checksums of the results", filepath.Join(dir, SumsFile))
		}
	}
	return d, nil
}

// ReadSummary returns what summary.json in dir says.
func ReadSummary(dir string) (result.Summary, error) {
	var d result.Data
	f, err := openReader(dir)
	if err != nil {
		return result.Summary{}, err
	}
	for _, file := range dataFiles() {
		// Version 1 has the question with the runs.
		if file.name != SummaryFile && (file.name != BenchFile || d.Summary.SchemaVersion > 1) {
			continue
		}
		if err := f.readInto(&d, file); err != nil {
			return result.Summary{}, err
		}
	}
	return d.Summary, nil
}

// A reader reads a folder of results.
type reader struct {
	dir     string
	pending map[string]string // what a swap under way has not done yet: the draft of each file; "" of one that goes
	sums    map[string]string // the checksum of each file; nil: there are none
}

func openReader(dir string) (f reader, err error) {
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

// readInto adds to d what is in a file.
func (f *reader) readInto(d *result.Data, file dataFile) error {
	content, err := f.read(file.name)
	if err != nil {
		return err
	}
	if err := file.read(content, d); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(f.dir, file.name), err)
	}
	return nil
}

// read returns what is in a file, if that is what was written.
func (f *reader) read(name string) ([]byte, error) {
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
func (f *reader) content(name string) ([]byte, error) {
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

func readSummary(content []byte, d *result.Data) error {
	if err := readJSON(content, &d.Summary, d.Summary.Validate); err != nil {
		return err
	}
	lack(d, SummaryFile, lackingIn(content))
	if d.Summary.SchemaVersion == 1 {
		lack(d, SummaryFile, version1Lacks(&d.Summary))
	}
	return nil
}

// version1Lacks takes out what had another meaning in version 1, and returns
// the names of all that it does not have beside metrics. Its first_block_s was
// the mean of the runs in which a key was blocked, which is the less, the fewer
// they are.
func version1Lacks(s *result.Summary) []string {
	i := metrics.Index("first_block_s")
	for _, st := range s.Strategies {
		st.Figures[i] = result.Figure{}
	}
	return []string{"first_block_s", "keys", "ceiling"}
}

// lack notes what a file does not have.
func lack(d *result.Data, file string, what []string) {
	for _, name := range what {
		d.Lacks = append(d.Lacks, file+" has no "+name)
	}
}

// lackingIn are the metrics that the strategies in summary.json do not have.
func lackingIn(content []byte) (names []string) {
	var file struct {
		Strategies []map[string]json.RawMessage `json:"strategies"`
	}
	if json.Unmarshal(content, &file) != nil || len(file.Strategies) == 0 {
		return nil
	}
	for _, m := range metrics.Catalogue() {
		group, key, grouped := strings.Cut(m.Key, ".")
		raw, there := file.Strategies[0][group]
		if inside := map[string]json.RawMessage{}; grouped && there && string(raw) != "null" {
			_ = json.Unmarshal(raw, &inside) // has been decoded before
			_, there = inside[key]
		}
		if !there && !m.Rare {
			names = append(names, m.Name)
		}
	}
	return names
}
