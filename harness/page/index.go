package page

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// IndexFile is the name of the page over all scenarios.
const IndexFile = "index.html"

// realFolder has the results in real time, below those in virtual time.
const realFolder = "real"

// ErrNoResults is returned by WriteIndex when there is nothing to list.
var ErrNoResults = errors.New("found no folder with a " + folder.SummaryFile)

// WriteIndex writes index.html to dir: every scenario with results in
// dir/<scenario> or dir/real/<scenario>, its best strategy, and a link to its
// report where there is one. Its title is "" for Results. Without any result there
// is no index, but ErrNoResults.
func WriteIndex(dir, title string) error {
	results, err := findResults(dir)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return fmt.Errorf("%s: %w", dir, ErrNoResults)
	}
	content, err := indexHTML(results, cmp.Or(result.OneLine(title), "Results"))
	if err != nil {
		return fmt.Errorf("%s: %w", IndexFile, err)
	}
	return folder.WriteFile(filepath.Join(dir, IndexFile), content)
}

// IndexFor is the index of a folder, as the report in a folder below links to it.
func IndexFor(dir, above string) string {
	relative, err := filepath.Rel(dir, filepath.Join(above, IndexFile))
	if err != nil {
		return ""
	}
	return filepath.ToSlash(relative)
}

// IndexAbove is the index that lists the results in a folder, as their report links
// to it; "" if there is none yet.
func IndexAbove(dir string) string {
	for above, part := filepath.Dir(filepath.Clean(dir)), 0; part < 2; above, part = filepath.Dir(above), part+1 {
		if exists(filepath.Join(above, IndexFile)) {
			return IndexFor(dir, above)
		}
	}
	return ""
}

// A listed is a scenario with results.
type listed struct {
	folder  string // with slashes, relative to the index
	report  bool   // there is a report.html
	summary result.Summary
}

// findResults reads what there is in a folder of results: virtual time first,
// each world in the order of the names.
func findResults(dir string) ([]listed, error) {
	var results []listed
	for _, world := range []string{"", realFolder} {
		folders, err := os.ReadDir(filepath.Join(dir, world))
		if errors.Is(err, fs.ErrNotExist) && world != "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range folders {
			at := path.Join(world, f.Name())
			if !exists(filepath.Join(dir, at, folder.SummaryFile)) {
				continue
			}
			r, err := readResult(dir, at)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func readResult(dir, at string) (listed, error) {
	path := filepath.Join(dir, filepath.FromSlash(at))
	s, err := folder.ReadSummary(path)
	return listed{folder: at, report: exists(filepath.Join(path, folder.ReportFile)), summary: s}, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
