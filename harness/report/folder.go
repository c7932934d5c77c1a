package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// A file is a result file before it is written.
type file struct {
	name    string
	content []byte
}

// leftover is the name of a temporary file of replace, which only a process
// that was killed leaves behind.
var leftover = regexp.MustCompile(`^\.[a-z0-9-]+\.(json|csv|txt|svg|png|html)\.[0-9]+$`)

// Prepare reports before a long run what would keep its results from being
// written to dir, which it creates when it is missing. It removes what a run
// that was killed has left half written.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("create folder for results: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("write results to %s: %w", dir, err)
	}
	for _, e := range entries {
		if leftover.MatchString(e.Name()) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("remove what an earlier run left: %w", err)
			}
		}
	}
	probe, err := os.CreateTemp(dir, ".probe.*")
	if err != nil {
		return fmt.Errorf("write results to %s: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func writeAll(dir string, files []file) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("create folder for results: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := replace(path, f.content); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// replace puts content into the file at path, or leaves it as it was.
func replace(path string, content []byte) (err error) {
	dir, name := filepath.Split(path)
	temporary, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name()) // the first error says more
		}
	}()
	if _, err := temporary.Write(content); err != nil {
		_ = temporary.Close()
		return err
	}
	// CreateTemp makes files for their owner alone.
	if err := temporary.Chmod(0o644); err != nil {
		_ = temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// WriteFile puts content into the file at path, or leaves it as it was.
func WriteFile(path string, content []byte) error {
	if err := replace(path, content); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
