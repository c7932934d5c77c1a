package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

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

// read returns the file, or its beginning when it is too large. A pipe that a
// shell has set up, somewhere in /dev, will do.
func read(path string) ([]byte, error) {
	f, err := open(path, strings.HasPrefix(path, "/dev/"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// reason is an error without the path, which the message has anyway.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return "cannot " + e.Op + " it: " + e.Err.Error()
	}
	return err.Error()
}

// Parse reads a scenario. The name is that of the file, for messages and for
// the scenario's default name; fsys has the files of empirical distributions
// and may be nil when there are none. Errors are as of Load.
func (l Loader) Parse(name string, data []byte, fsys fs.FS) (*Scenario, error) {
	src, err := newSource(name, data)
	if err != nil {
		return nil, err
	}
	root, err := syntaxTree(src)
	if err != nil {
		return nil, err
	}
	d := newDecoder(l.Kinds)
	d.source, d.fsys = src, fsys
	d.scenario(value{"scenario", root})
	if err := join(d.problems); err != nil {
		return nil, err
	}
	hash := sha256.Sum256(data)
	d.out.SHA256, d.out.Path = hex.EncodeToString(hash[:]), name
	return d.out, nil
}
