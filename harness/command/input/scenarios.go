// Package input reads what commands are given: scenarios, and folders of results.
package input

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/yamlfile"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// A Reader reads scenarios.
type Reader struct {
	Kinds []kinds.Kind // limiters that they can ask for
	Set   []string     // what replaces what the files say, as in scenario.Loader
	Stdin io.Reader    // what "-" stands for; nil: it stands for nothing
}

// Scenarios loads every scenario, or reports what is wrong with each. A path is that
// of a file, of a folder, for the scenarios that are right in it, or "-".
func (r Reader) Scenarios(paths []string) ([]*scenario.Scenario, error) {
	var scenarios []*scenario.Scenario
	paths, err := r.files(paths)
	errs := []error{err}
	byName := map[string]string{}
	for _, path := range paths {
		sc, err := r.load(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		folder := strings.ToLower(sc.Name) // which is one on some systems
		if other, ok := byName[folder]; ok {
			errs = append(errs, fmt.Errorf("%s: its name %q is also that of %s, and both would write to one folder", path, sc.Name, other))
			continue
		}
		byName[folder] = path
		scenarios = append(scenarios, sc)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, cmdline.Wrong(err)
	}
	return scenarios, nil
}

// load loads one. That of standard input is called stdin, if it does not say
// otherwise, and finds the files that it names in the current folder.
func (r Reader) load(path string) (*scenario.Scenario, error) {
	loader := scenario.Loader{Kinds: r.Kinds, Set: r.Set}
	if path != Stdin || r.Stdin == nil {
		return loader.Load(path)
	}
	data, err := yamlfile.ReadFrom(r.Stdin)
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return loader.Parse("stdin", data, yamlfile.Folder("."))
}

// files replaces folders by the scenarios right in them, in the order of their
// names.
func (r Reader) files(paths []string) ([]string, error) {
	var files []string
	var errs []error
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			files = append(files, path) // what is wrong with it, loading tells
			continue
		}
		inside, err := FilesIn(path)
		files, errs = append(files, inside...), append(errs, err)
	}
	return files, errors.Join(errs...)
}

// FilesIn are the scenario files right in a folder, in the order of their names. None
// at all are an error.
func FilesIn(dir string) ([]string, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s: it is a file, want a folder with scenarios", dir)
	}
	entries, err := os.ReadDir(dir)
	if wrong, ok := errors.AsType[*os.PathError](err); ok {
		return nil, fmt.Errorf("%s: cannot open it: %w", dir, wrong.Err)
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: there is no scenario in this folder, want files that end in .yaml or .yml", dir)
	}
	return files, nil
}
