package shard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result/folder"
)

// A Part is what came of a shard: its runs, in order, with nothing lost, and what
// they are runs of.
type Part struct {
	// Version is that of the program, which no two parts may differ in.
	Version  string   `json:"version"`
	Shard    Shard    `json:"shard"`
	Scenario Scenario `json:"scenario"`
	Asked    Asked    `json:"asked"`
	// Total is how many runs all shards have together.
	Total int           `json:"total"`
	Runs  []metrics.Run `json:"runs"`

	file string // that it was read from
}

// Scenario is the file whose runs a part has.
type Scenario struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Asked is what the command line has changed of it; what it has not is nil or
// empty.
type Asked struct {
	Runs       int           `json:"runs,omitempty"`
	Seed       *uint64       `json:"seed,omitempty"`
	Strategies []string      `json:"strategies,omitempty"`
	Set        []string      `json:"set,omitempty"`
	Duration   time.Duration `json:"duration,omitempty"`
	BlockAfter *int          `json:"block_after,omitempty"`
	Graveyard  bool          `json:"graveyard,omitempty"`
}

// Folder is where the parts of a scenario are, in the folder of its results.
const Folder = "shards"

const extension = ".json.gz"

// algorithm comes before the checksum of a part, which stands in the comment of
// its gzip header: gzip's own is right again after a part was changed by hand.
const algorithm = "sha256:"

// Write writes a part into the folder of a scenario's results, in place of the
// same one of an earlier time, whole or not at all, with a checksum, and returns
// its file.
func (p *Part) Write(dir string) (file string, err error) {
	dir = filepath.Join(dir, Folder)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	file = filepath.Join(dir, fmt.Sprintf("%d-of-%d%s", p.Shard.Number, p.Shard.Of, extension))
	text, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Comment = algorithm + fmt.Sprintf("%x", sha256.Sum256(text))
	_, err = z.Write(text)
	if err := errors.Join(err, z.Close()); err != nil {
		return "", err
	}
	return file, folder.WriteFile(file, b.Bytes())
}

// Read reads all parts in a folder of results and in the folders of scenarios
// within it. The error names the file that is none, or says that there are none.
func Read(dir string) ([]*Part, error) {
	var files []string
	for _, pattern := range []string{"*", Folder + "/*", "*/" + Folder + "/*"} {
		found, err := fs.Glob(os.DirFS(dir), pattern+extension)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			files = append(files, filepath.Join(dir, filepath.FromSlash(name)))
		}
	}
	if len(files) == 0 {
		switch info, err := os.Stat(dir); {
		case err != nil:
			return nil, fmt.Errorf("%s: cannot open it: %w", dir, errors.Unwrap(err))
		case !info.IsDir():
			return nil, fmt.Errorf("%s is a file, want a folder that run --shard has written", dir)
		}
		return nil, fmt.Errorf("%s: found no parts of a run --shard, expected %s in it: %w", dir,
			filepath.Join("SCENARIO", Folder, "1-of-16"+extension), fs.ErrNotExist)
	}
	slices.Sort(files)
	parts := make([]*Part, 0, len(files))
	for _, file := range files {
		p, err := readPart(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func readPart(file string) (*Part, error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // a pipe is never opened
		return nil, fmt.Errorf("found %v, expected a file", info.Mode())
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, errors.Unwrap(err) // which has not the name of the file once more
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("found no part of a run --shard: %w", err)
	}
	want, ok := strings.CutPrefix(z.Comment, algorithm)
	if !ok {
		return nil, errors.New("found no checksum in its header, expected that of a part of this version, run again if it is of an older one")
	}
	p, sum := &Part{file: file}, sha256.New()
	text := io.TeeReader(z, sum)
	err = json.NewDecoder(text).Decode(p)
	if err == nil {
		_, err = io.Copy(io.Discard, text) // what follows counts, too
	}
	if err != nil {
		return nil, fmt.Errorf("found no part of a run --shard, or not all of it: %w", err)
	}
	if found := fmt.Sprintf("%x", sum.Sum(nil)); found != want {
		return nil, fmt.Errorf("was changed after it was written: found the checksum %s, expected %s; run it again", found, want)
	}
	if err := p.Shard.validate(); err != nil {
		return nil, fmt.Errorf("found the part %s, %w", p.Shard, err)
	}
	return p, nil
}
