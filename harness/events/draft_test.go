package events

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/harness/metrics"
)

// put writes files below a folder of results, which have their name as content.
func put(t *testing.T, results string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(results, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// tree returns everything below a folder, folders without files too, with the
// contents of files that put has written.
func tree(t *testing.T, results string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(results), ".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || path == ".":
			return err
		case e.IsDir():
			all[path+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(filepath.Join(results, path))
		all[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantTree(t *testing.T, results string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(tree(t, results)))); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
}

func newDraft(t *testing.T, results string) *Draft {
	t.Helper()
	d, err := NewDraft(results)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// draftRun writes the file of a run with one event.
func draftRun(t *testing.T, d *Draft, strategy string, seed uint64) metrics.Run {
	t.Helper()
	l, err := d.Create(Header{Strategy: strategy, Seed: seed}, start, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	l.Observe(&clients.Event{Time: at(ms), Kind: clients.Generated, Key: clients.NoKey})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return metrics.Run{Strategy: strategy, Seed: seed}
}

// others are files that nobody but their owner may touch.
var others = []string{"summary.json", "events/notes.txt", "events/a-1.jsonl", "events/a.jsonl.gz", "events/.a-1.jsonl.gz", "events/-1.jsonl.gz", "events/.draft.mine/a-1.jsonl.gz", "events/old-1.jsonl.gz/mine"}

// othersTree is what there is with them.
func othersTree(more ...string) []string {
	return slices.Concat(others, []string{"events/", "events/.draft.mine/", "events/old-1.jsonl.gz/"}, more)
}

func TestCommitReplacesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, others...)
	put(t, dir, "events/old-2.jsonl.gz", "events/a-1.jsonl.gz", "events/a-12.jsonl.gz")
	before := tree(t, dir)
	d := newDraft(t, dir)
	runs := []metrics.Run{draftRun(t, d, "a", 1), draftRun(t, d, "x.Y_z+2-3", 1<<64-1)}
	draftRun(t, d, "a", 2) // a run that failed in the end
	for name, content := range tree(t, dir) {
		if old, there := before[name]; there && old != content {
			t.Errorf("%s changed before Commit", name)
		}
	}
	if err := d.Commit(dir, runs); err != nil {
		t.Fatal(err)
	}
	wantTree(t, dir, othersTree("events/a-1.jsonl.gz", "events/x.Y_z+2-3-18446744073709551615.jsonl.gz")...)
	for _, name := range others {
		if got := tree(t, dir)[name]; got != name {
			t.Errorf("%s now has %q", name, got)
		}
	}
	f, err := os.Open(filepath.Join(dir, "events", FileName("a", 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if h, err := Read(f, func(Line) {}); err != nil || h.Strategy != "a" || h.Seed != 1 || h.SchemaVersion != SchemaVersion {
		t.Errorf("header %+v, error %v", h, err)
	}
	// What the umask leaves of 0644.
	if info, err := f.Stat(); err != nil || info.Mode().Perm()&^0o644 != 0 || info.Mode().Perm()&0o600 != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	if err := d.Discard(); err != nil {
		t.Errorf("Discard after Commit: %v", err)
	}
}

func TestCommitOfNothing(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "events/old-2.jsonl.gz")
	if err := newDraft(t, dir).Commit(dir, nil); err != nil {
		t.Fatal(err)
	}
	wantTree(t, dir)
}

func TestCommitFails(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "events/a-1.jsonl.gz/in the way")
	d := newDraft(t, dir)
	err := d.Commit(dir, []metrics.Run{draftRun(t, d, "a", 1)})
	if path := filepath.Join(dir, "events", "a-1.jsonl.gz"); err == nil || !strings.Contains(err.Error(), "write "+path+": ") {
		t.Errorf("error %v, want one that names %s", err, path)
	}
	if err := d.Discard(); err != nil {
		t.Error(err)
	}
	wantTree(t, dir, "events/", "events/a-1.jsonl.gz/", "events/a-1.jsonl.gz/in the way")
}

func TestDiscardLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	d := newDraft(t, dir)
	draftRun(t, d, "a", 1)
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	wantTree(t, dir)

	put(t, dir, others...)
	put(t, dir, "events/a-1.jsonl.gz")
	before := tree(t, dir)
	d = newDraft(t, dir)
	draftRun(t, d, "a", 1)
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("before (-), after (+)\n%s", diff)
	}
}

// A process that was killed leaves a draft, which the next one removes.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	left := func() {
		put(t, dir, others...)
		put(t, dir, "events/a-1.jsonl.gz", "events/.draft.123/a-1.jsonl.gz", "events/.draft.4/b-1.jsonl.gz")
	}
	left()
	if err := newDraft(t, dir).Discard(); err != nil {
		t.Fatal(err)
	}
	wantTree(t, dir, othersTree("events/a-1.jsonl.gz")...)
	left()
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	wantTree(t, dir, othersTree()...)
}

func TestRemove(t *testing.T) {
	for name, c := range map[string]struct{ files, left []string }{
		"nothing there":       {},
		"all of it":           {[]string{"events/a-1.jsonl.gz", "events/b-20.jsonl.gz"}, nil},
		"a file named events": {[]string{"events"}, []string{"events"}},
		"somebody's":          {others, othersTree()},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, c.files...)
			if err := Remove(dir); err != nil {
				t.Fatal(err)
			}
			wantTree(t, dir, c.left...)
		})
	}
	if err := Remove(filepath.Join(t.TempDir(), "missing")); err != nil {
		t.Error(err)
	}
}

// A folder that is elsewhere, behind a link, stays where it is.
func TestFolderBehindALink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(dir, Folder)); err != nil {
		t.Skip(err)
	}
	d := newDraft(t, dir)
	if err := d.Commit(dir, []metrics.Run{draftRun(t, d, "a", 1)}); err != nil {
		t.Fatal(err)
	}
	wantTree(t, elsewhere, "a-1.jsonl.gz")
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	wantTree(t, elsewhere)
	if _, err := os.Lstat(filepath.Join(dir, Folder)); err != nil {
		t.Error(err)
	}
}

func TestNewDraftFails(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "events")
	if d, err := NewDraft(dir); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "events")) {
		t.Errorf("draft %v, error %v", d, err)
	}
	wantTree(t, dir, "events")
}

// What keeps a file from being written has the file's name, as it would be in
// the end.
func TestCreateFails(t *testing.T) {
	dir := t.TempDir()
	d := newDraft(t, dir)
	draftRun(t, d, "a", 1)
	var failed error
	_, err := OpenDraft(d.Path()).Create(Header{Strategy: "a", Seed: 1}, start, func(err error) { failed = err })
	want := "write " + filepath.Join(dir, "events", "a-1.jsonl.gz") + ": file exists"
	if _, ok := errors.AsType[*Error](err); !ok || err != failed || err.Error() != want {
		t.Errorf("error %v, told %v, want %s", err, failed, want)
	}
}
