package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ratebench/harness/result"
)

// resultFolders returns dir if it holds the results of a scenario, or else all
// folders below it that do, in the order of their names.
func resultFolders(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, usageError{fmt.Errorf("no results: %s: %w", dir, errors.Unwrap(err))}
	}
	if !info.IsDir() {
		return nil, usageError{fmt.Errorf("no results: %s is a file, want a folder that run has written", dir)}
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
		}
		return nil
	})
	if err == nil && len(folders) == 0 {
		err = usageError{fmt.Errorf("no results: there is no %s in %s or below, want a folder that run has written", result.SummaryFile, dir)}
	}
	return folders, err
}

func hasResults(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, result.SummaryFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// readResults reads the results in dir and below. It returns the folder of each,
// too, with slashes and relative to dir.
func readResults(dir string) (all []result.Data, folders []string, err error) {
	found, err := resultFolders(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, folder := range found {
		d, err := result.Read(folder)
		if err != nil {
			return nil, nil, fmt.Errorf("read results: %w", err)
		}
		relative, err := filepath.Rel(dir, folder)
		if err != nil {
			return nil, nil, err
		}
		all, folders = append(all, d), append(folders, filepath.ToSlash(relative))
	}
	return all, folders, nil
}
