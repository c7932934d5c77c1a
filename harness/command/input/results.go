package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// ResultFolders returns dir if it holds the results of a scenario, or else all
// folders below it that do, in the order of their names.
func ResultFolders(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, cmdline.Wrong(fmt.Errorf("no results: %s: %w", dir, errors.Unwrap(err)))
	}
	if !info.IsDir() {
		return nil, cmdline.Wrong(fmt.Errorf("no results: %s is a file, want a folder that run has written", dir))
	}
	if hasResults(dir) {
		return []string{dir}, nil
	}
	var folders []string
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !e.IsDir() || path == dir:
			return nil
		case strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case hasResults(path):
			folders = append(folders, path)
			return fs.SkipDir // a part of the same scenario may be in it
		}
		return nil
	})
	if err == nil && len(folders) == 0 {
		err = cmdline.Wrong(fmt.Errorf("no results: there is no %s in %s or below, want a folder that run has written", folder.SummaryFile, dir))
	}
	return folders, err
}

func hasResults(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, folder.SummaryFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// Results reads the results in dir and below. It returns the folder of each,
// too, with slashes and relative to dir.
func Results(dir string) (all []result.Data, folders []string, err error) {
	found, err := ResultFolders(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, at := range found {
		d, err := folder.Read(at)
		if err != nil {
			return nil, nil, fmt.Errorf("read results: %w", err)
		}
		relative, err := filepath.Rel(dir, at)
		if err != nil {
			return nil, nil, err
		}
		all, folders = append(all, d), append(folders, filepath.ToSlash(relative))
	}
	return all, folders, nil
}

// Strategies are the names of those in the results in dir and below; only the
// summaries are read.
func Strategies(dir string) ([]string, error) {
	found, err := ResultFolders(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, at := range found {
		s, err := folder.ReadSummary(at)
		if err != nil {
			return nil, fmt.Errorf("read results: %w", err)
		}
		for _, st := range s.Strategies {
			names = append(names, st.Name)
		}
	}
	return names, nil
}
