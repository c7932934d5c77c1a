package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// leftover is the name of a temporary file of Prepare or newDraft, which only a
// process that was killed leaves behind.
var leftover = regexp.MustCompile(`^\.(probe|pending|SHA256SUMS|[A-Za-z0-9-]+\.(json|csv|txt|svg|png|html|md))\.[0-9]+$`)

// Prepare reports before a long run what would keep its results from being
// written to dir, which it creates when it is missing. It finishes a swap that a
// process which was killed has begun, and removes what such a process has left
// half written.
func Prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("create folder for results: %w", err)
	}
	if err := finishSwap(dir); err != nil {
		return err
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

// swap puts files into dir and removes others, all of it or nothing. First
// every file is written as a draft: what can go wrong, such as a disk that is
// full, goes wrong there. Then a journal of what is to be done gets its name,
// and from that moment on it is as good as done: whoever reads the folder goes
// by the journal, and who writes to it next finishes what it says.
func swap(dir string, files []File, others []string) error {
	if err := finishSwap(dir); err != nil { // of a process that was killed
		return err
	}
	var journal bytes.Buffer
	var drafts []draft
	err := func() error {
		for _, f := range files {
			d, err := newDraft(filepath.Join(dir, f.Name), f.Content)
			if err != nil {
				return err
			}
			drafts = append(drafts, d)
			fmt.Fprintf(&journal, "%s\t%s\n", filepath.Base(d.temporary), f.Name)
		}
		for _, name := range others {
			fmt.Fprintf(&journal, "\t%s\n", name)
		}
		d, err := newDraft(filepath.Join(dir, journalFile), journal.Bytes())
		if err != nil {
			return err
		}
		drafts = append(drafts, d)
		return d.publish()
	}()
	if err != nil {
		for _, d := range drafts {
			d.discard()
		}
		return err
	}
	return finishSwap(dir)
}

// journalFile has a line for each file of a swap: its draft, a tab, and its name.
// One without a draft goes.
const journalFile = ".pending"

var journalLine = regexp.MustCompile(`^(\.[A-Za-z0-9.-]+)?\t([A-Za-z0-9][A-Za-z0-9.-]*)$`)

// readJournal returns the drafts of a swap that has begun in dir, by the names
// of their files; nil: there is none.
func readJournal(dir string) (map[string]string, error) {
	path := filepath.Join(dir, journalFile)
	content, err := readRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	pending := map[string]string{}
	for line := range strings.Lines(string(content)) {
		m := journalLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			return nil, fmt.Errorf("%s: found %.100q, expected a draft and a name", path, line)
		}
		pending[m[2]] = m[1]
	}
	return pending, nil
}

// finishSwap does what a journal says, if there is one, and removes it.
func finishSwap(dir string) error {
	pending, err := readJournal(dir)
	if err != nil || pending == nil {
		return err
	}
	for name, temporary := range pending {
		path := filepath.Join(dir, name)
		if temporary == "" {
			err = removeFile(path)
		} else {
			err = draft{filepath.Join(dir, temporary), path}.publish()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // else it has been done
			return err
		}
	}
	return os.Remove(filepath.Join(dir, journalFile))
}

// removeFile removes the file at path. A folder or a link is nothing that
// ratebench has written, and stays.
func removeFile(path string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	return os.Remove(path)
}

// A draft is a complete file that does not have its name yet.
type draft struct{ temporary, path string }

// newDraft writes the draft of the file at path.
func newDraft(path string, content []byte) (draft, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return draft{}, fmt.Errorf("write %s: it is a folder", path)
	}
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+strings.TrimPrefix(name, ".")+".*")
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

// writeError names the file at path, and takes the innermost error: those around
// it name the path of its draft.
func writeError(path string, err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return fmt.Errorf("write %s: %w", path, err)
}
