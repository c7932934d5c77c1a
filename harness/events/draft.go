package events

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ratebench/harness/metrics"
)

// A Draft is a folder in which the files of a benchmark come into being. What
// an earlier benchmark left stays as it is until Commit.
type Draft struct {
	path string // in the folder of events
}

// NewDraft starts a draft for the results in a folder. It removes those of
// processes that were killed: only one benchmark at a time can work on a
// folder.
func NewDraft(results string) (*Draft, error) {
	folder := filepath.Join(results, Folder)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("create folder for events: %w", err)
	}
	if _, err := removeAll(folder, isDraft); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(folder, draftPattern)
	if err != nil {
		return nil, fmt.Errorf("write events to %s: %w", folder, err)
	}
	return &Draft{path}, nil
}

// OpenDraft returns the draft that another process has started, and will
// commit or discard.
func OpenDraft(path string) *Draft { return &Draft{path} }

// Path is what OpenDraft takes.
func (d *Draft) Path() string { return d.path }

// Create starts the log of a run that begins at start. When its events cannot
// be written failed is called, once, with an *Error, which Create or the log's
// Close returns as well.
func (d *Draft) Create(h Header, start time.Time, failed func(error)) (*Log, error) {
	h.SchemaVersion = SchemaVersion
	name := FileName(h.Strategy, h.Seed)
	fail := func(err error) error {
		err = newError(d.final(name), err)
		failed(err)
		return err
	}
	file, err := os.OpenFile(filepath.Join(d.path, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fail(err)
	}
	return newLog(file, h, start, fail)
}

// Commit puts the files of runs, whose logs have been closed, into the results
// in a folder, which need not be the one that the draft was started for, in the
// place of what an earlier benchmark left there, and ends the draft.
func (d *Draft) Commit(results string, runs []metrics.Run) error {
	folder := filepath.Join(results, Folder)
	// Results that have vanished are not made again.
	if err := os.Mkdir(folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return newError(folder, err)
	}
	current := map[string]bool{}
	for _, r := range runs {
		name := FileName(r.Strategy, r.Seed)
		if err := os.Rename(filepath.Join(d.path, name), filepath.Join(folder, name)); err != nil {
			return newError(filepath.Join(folder, name), err)
		}
		current[name] = true
	}
	stale := func(e fs.DirEntry) bool { return isFile(e) && !current[e.Name()] }
	if _, err := removeAll(folder, stale); err != nil {
		return err
	}
	return d.Discard()
}

// Discard removes the draft, and the folder of events if there is nothing else
// in it. After Commit it does nothing.
func (d *Draft) Discard() error {
	if err := os.RemoveAll(d.path); err != nil {
		return fmt.Errorf("remove what is not needed: %w", err)
	}
	return removeIfEmpty(filepath.Dir(d.path))
}

// final is where a file goes.
func (d *Draft) final(name string) string { return filepath.Join(filepath.Dir(d.path), name) }
