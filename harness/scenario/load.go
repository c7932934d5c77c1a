package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"

	"ratebench/harness/kinds"
)

// A Loader reads scenarios. Its zero value knows no limiter.
type Loader struct {
	// Kinds are the limiters that a strategy can ask for, in the order in which
	// messages and the schema list them. No two have the same name.
	Kinds []kinds.Kind
}

// Load reads a scenario file. Files that it names are looked for in its
// folder. Its errors are of type *Error, or several of them joined.
func (l Loader) Load(path string) (*Scenario, error) {
	data, err := read(path)
	if err != nil {
		return nil, &Error{File: path, Msg: reason(err), Err: err}
	}
	return l.Parse(path, data, folder(filepath.Dir(path)))
}

// Parse reads a scenario. The name is that of the file, for messages and for
// the scenario's default name; fsys has the files of empirical distributions
// and may be nil when there are none. Errors are as of Load.
func (l Loader) Parse(name string, data []byte, fsys fs.FS) (*Scenario, error) {
	src, err := newSource(name, data)
	if err != nil {
		return nil, err
	}
	root, err := syntaxTree(src, "scenario", "version: 1")
	if err != nil {
		return nil, err
	}
	r := newReader(l.Kinds)
	r.source, r.open, r.fsys = src, r.openData, fsys
	r.scenario(value{key: "scenario", node: root})
	if err := r.err(); err != nil {
		return nil, err
	}
	hash := sha256.Sum256(data)
	r.out.SHA256, r.out.Path = hex.EncodeToString(hash[:]), name
	return r.out, nil
}
