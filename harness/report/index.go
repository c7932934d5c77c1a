package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// IndexFile is the name of the page over all scenarios.
const IndexFile = "index.html"

// realFolder has the results in real time, below those in virtual time.
const realFolder = "real"

// ErrNoResults is returned by WriteIndex when there is nothing to list.
var ErrNoResults = errors.New("found no folder with a " + SummaryFile)

// WriteIndex writes index.html to dir: every scenario with results in
// dir/<scenario> or dir/real/<scenario>, its best strategy, and a link to its
// report where there is one. Without any result there is no index, but
// ErrNoResults.
func WriteIndex(dir string) error {
	results, err := findResults(dir)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return fmt.Errorf("%s: %w", dir, ErrNoResults)
	}
	content, err := indexHTML(results)
	if err != nil {
		return fmt.Errorf("%s: %w", IndexFile, err)
	}
	return WriteFile(filepath.Join(dir, IndexFile), content)
}

// A result is a scenario with results.
type result struct {
	folder string // with slashes, relative to the index
	report bool   // there is a report.html
	data   Data   // without series and latencies
}

// findResults reads what there is in a folder of results: virtual time first,
// each world in the order of the names.
func findResults(dir string) ([]result, error) {
	var results []result
	for _, world := range []string{"", realFolder} {
		folders, err := os.ReadDir(filepath.Join(dir, world))
		if errors.Is(err, fs.ErrNotExist) && world != "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range folders {
			folder := path.Join(world, f.Name())
			if !exists(filepath.Join(dir, folder, SummaryFile)) {
				continue
			}
			r, err := readResult(dir, folder)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func readResult(dir, folder string) (result, error) {
	at := filepath.Join(dir, filepath.FromSlash(folder))
	r := result{folder: folder, report: exists(filepath.Join(at, ReportFile))}
	if err := readFile(filepath.Join(at, SummaryFile), &r.data, readSummary); err != nil {
		return result{}, err
	}
	// The question is in no other file.
	if err := readFile(filepath.Join(at, BenchFile), &r.data, readBench); err != nil {
		return result{}, err
	}
	return r, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
