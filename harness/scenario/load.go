package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"

	"ratebench/harness/kinds"
	"ratebench/harness/yamlfile"
)

// Error is one thing that is wrong with a scenario file. When there are
// several, Load and Parse return them joined, as by errors.Join, in the order
// of the file.
type Error = yamlfile.Error

// A Loader reads scenarios. Its zero value knows no limiter.
type Loader struct {
	// Kinds are the limiters that a strategy can ask for, in the order in which
	// messages and the schema list them. No two have the same name.
	Kinds []kinds.Kind
	// Set replaces what the file says: each is a key, with dots, and after = its
	// value as the file would have it, such as server.limit=50/1s. Of a list, the
	// key is the name of an item or its number, from 0. Optional.
	Set []string
}

// Load reads a scenario file. Files that it names are looked for in its
// folder. Its errors are of type *Error, or several of them joined.
func (l Loader) Load(path string) (*Scenario, error) {
	data, err := yamlfile.Read(path)
	if err != nil {
		return nil, &Error{File: path, Msg: yamlfile.Reason(err), Err: err}
	}
	return l.Parse(path, data, yamlfile.Folder(filepath.Dir(path)))
}

// Parse reads a scenario. The name is that of the file, for messages and for
// the scenario's default name; fsys has the files of empirical distributions
// and may be nil when there are none. Errors are as of Load.
func (l Loader) Parse(name string, data []byte, fsys fs.FS) (*Scenario, error) {
	src, err := yamlfile.NewSource(name, data)
	if err != nil {
		return nil, err
	}
	root, err := yamlfile.SyntaxTree(src, "scenario", "version: 1")
	if err != nil {
		return nil, err
	}
	if len(l.Set) > 0 {
		if _, err := (Loader{Kinds: l.Kinds}).Parse(name, data, fsys); err != nil { // whatever is set
			return nil, err
		}
		if root, err = l.set(root); err != nil {
			return nil, err
		}
	}
	r := newReader(l.Kinds)
	r.Source, r.Open, r.fsys = src, r.openData, fsys
	r.scenario(yamlfile.Value{Key: "scenario", Node: root})
	if err := r.Err(); err != nil {
		if len(l.Set) > 0 {
			err = r.setErrors()
		}
		return nil, err
	}
	hash := sha256.Sum256(data)
	r.out.SHA256, r.out.Path = hex.EncodeToString(hash[:]), name
	if len(r.out.Sweep) > 0 {
		if err := l.expand(r, root); err != nil {
			if len(l.Set) > 0 {
				err = r.setErrors()
			}
			return nil, err
		}
	}
	l.recordSet(r.out)
	return r.out, nil
}

// Printable is text without characters that a terminal could obey: control
// characters but line ends and tabs are shown as �.
func Printable(text string) string { return yamlfile.Printable(text) }
