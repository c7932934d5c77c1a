// Package apis has the presets: an API in each file, with the page that
// documents its limits, the date on which that was read, and what of the real
// API is left out. They are part of the program.
//
// One more is one more file, and a row of ../README.md; the names of all are in the
// schema, which go test ./harness/scenario -update writes anew.
package apis

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Names lists the presets, in the order of the alphabet.
func Names() []string {
	paths, _ := fs.Glob(files, "*.yaml") // the pattern is good
	for i, p := range paths {
		paths[i] = strings.TrimSuffix(p, ".yaml")
	}
	return paths
}

// Read returns the text of a preset. The error is one that is fs.ErrNotExist.
func Read(name string) ([]byte, error) { return files.ReadFile(name + ".yaml") }
