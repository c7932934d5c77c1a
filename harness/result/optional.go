package result

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// An optionalFile is one that some results have beside them and others do not.
type optionalFile struct {
	Name string
	// kept says that the file stays when only the charts are made again, which
	// would not bring it back.
	kept bool
}

// optionalFiles are all files that ratebench writes into a folder of results on
// some conditions only: what one run has left there must not stand beside the
// results of another. The folder of --events is the business of package events,
// which does the same.
func OptionalFiles() []optionalFile {
	files := []optionalFile{
		{GraveyardFile, true},
		{ResourcesFile, true},
		{ResourcesCSVFile, true},
		{SurvivalFile, true}, // drawn afterwards, from blocks.csv
	}
	for _, name := range ChartNames() {
		files = append(files, optionalFile{name + ".svg", false}, optionalFile{name + ".png", false})
	}
	return files
}

// SurvivalFile is the chart of how long keys last, which the findings have.
const SurvivalFile = "survival.svg"

// chartNames are those of all charts of results.
func ChartNames() []string {
	return []string{
		"tps", "mean-tps", "latency", "latency-nines", "429", "expirations", "queue", "dashboard", "scorecard", "resources",
	}
}

// removeOthers removes the optional files in dir that have not been written
// just now; of results that were saved before, only what can be made again. Data
// that seem to be of other results may be all that is left of a long run.
func RemoveOthers(dir string, saved bool, written []File) error {
	for _, f := range OptionalFiles() {
		if saved && f.kept || slices.ContainsFunc(written, func(w File) bool { return w.Name == f.Name }) {
			continue
		}
		if err := removeFile(filepath.Join(dir, f.Name)); err != nil {
			return fmt.Errorf("remove what an earlier run left: %w", err)
		}
	}
	return nil
}

// removeFile removes the file at path, if there is one. A folder or a link is
// nothing that ratebench has written, and stays.
func removeFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return nil
	}
	return os.Remove(path)
}
