package result

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"ratebench/harness/fserr"
)

// A file is a result file before it is written.
type File struct {
	Name    string
	Content []byte
}

// leftover is the name of a temporary file of Prepare or newDraft, which only a
// process that was killed leaves behind.
var leftover = regexp.MustCompile(`^\.(probe|[A-Za-z0-9-]+\.(json|csv|txt|svg|png|html|md))\.[0-9]+$`)

// Prepare reports before a long run what would keep its results from being
// written to dir, which it creates when it is missing. It removes what a run
// that was killed has left half written.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("create folder for results: %w", err)
	}
	if err := removeLeftovers(dir, "."); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".probe.*")
	if err != nil {
		return fmt.Errorf("write results to %s: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// removeLeftovers removes leftovers whose names begin with prefix.
func removeLeftovers(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("write results to %s: %w", dir, err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !leftover.MatchString(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("remove what an earlier run left: %w", err)
		}
	}
	return nil
}

// writeAll puts files into dir, all of them or, unless the very last step
// fails, none: what can go wrong, such as a disk that is full, goes wrong
// before the first of them appears. The error names the file.
func WriteAll(dir string, files []File) (err error) {
	var drafts []draft
	defer func() {
		for _, d := range drafts {
			if err != nil {
				d.discard()
			}
		}
	}()
	for _, f := range files {
		d, err := newDraft(filepath.Join(dir, f.Name), f.Content)
		if err != nil {
			return err
		}
		drafts = append(drafts, d)
	}
	for len(drafts) > 0 {
		if err := drafts[0].publish(); err != nil {
			return err
		}
		drafts = drafts[1:]
	}
	return nil
}

// WriteFile puts content into the file at path, or leaves it as it was. It
// removes what was left half written of it by a process that was killed. The
// error names the file.
func WriteFile(path string, content []byte) error {
	dir, name := filepath.Dir(path), filepath.Base(path)
	if err := removeLeftovers(dir, "."+name+"."); err != nil {
		return err
	}
	return WriteAll(dir, []File{{name, content}})
}

// A draft is a complete file that does not have its name yet.
type draft struct{ temporary, path string }

// newDraft writes the draft of the file at path.
func newDraft(path string, content []byte) (draft, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return draft{}, fmt.Errorf("write %s: it is a folder", path)
	}
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return draft{}, writeError(path, err)
	}
	d := draft{f.Name(), path}
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644) // CreateTemp makes files for their owner alone
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr // where some file systems first notice that they are full
	}
	if err != nil {
		d.discard()
		return draft{}, writeError(path, err)
	}
	return d, nil
}

func (d draft) publish() error {
	if err := os.Rename(d.temporary, d.path); err != nil {
		return writeError(d.path, err)
	}
	return nil
}

func (d draft) discard() { _ = os.Remove(d.temporary) } // the first error says more

// writeError names the file at path in the place of its draft.
func writeError(path string, err error) error {
	return fmt.Errorf("write %s: %w", path, fserr.Cause(err))
}
