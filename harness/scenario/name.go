package scenario

import (
	"fmt"
	"path/filepath"
	"strings"

	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// checkFolder returns an error if a scenario of this name would write its
// results over something else in the folder of results.
func checkFolder(name string) error {
	for taken, what := range map[string]string{
		"index.html":   "the page over all scenarios",
		"part":         "the folder of parts of a scenario",
		"real":         "the folder of what is measured in real time",
		"measured":     "the folder of what is measured with a process for each client",
		"readme.md":    "the page about the results",
		"figures.json": "the list of the page's figures",
		"sha256sums":   "the checksums of the results",
	} {
		if strings.EqualFold(name, taken) {
			return fmt.Errorf("%s is that of %s in the folder of results, want another name", name, what)
		}
	}
	return nil
}

func (r *reader) nameAfterFile(v yamlfile.Value) {
	file := filepath.Base(r.Source.Name)
	r.out.Name = strings.TrimSuffix(file, filepath.Ext(file))
	err := notation.CheckName(r.out.Name)
	if err == nil {
		err = checkFolder(r.out.Name)
	}
	if err != nil {
		r.Errorf(v.Node, "%s has no name, and that of its file will not do: %v", v.Key, err)
	}
}
