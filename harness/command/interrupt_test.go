package command

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/result/folder"
)

// trigger calls fire once, when what is written to it contains text.
type trigger struct {
	mu      sync.Mutex
	written bytes.Buffer
	text    string
	fire    func()
}

func (w *trigger) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written.Write(p)
	if w.fire != nil && strings.Contains(w.written.String(), w.text) {
		w.fire()
		w.fire = nil
	}
	return len(p), nil
}

// SIGTERM in the middle: what there is gets written and marked.
func TestInterruptedRunWritesWhatThereIs(t *testing.T) {
	dir := t.TempDir()
	stderr := &trigger{text: " TPS", fire: func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}}
	var stdout bytes.Buffer
	code := execute([]string{"run", "--clock", "real", "--duration", "1m", "--every", "100ms", "-o", dir, "../../scenarios/blog.yaml"}, &stdout, stderr)
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d; stderr:\n%s", code, exitInterrupted, stderr.written.String())
	}
	summary, err := os.ReadFile(filepath.Join(dir, "real", "blog", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		`"interrupted": true`: string(summary),
		`"interrupted_after": \{"runs": 0, "of": \d, "s": \d+\.\d+`: string(summary),
		"fixed-interval": stdout.String(),
		`1 run of 60 s, .*, interrupted after \d+\.\d s\n`: stdout.String(),
		"interrupted: the results cover":                   stderr.written.String(),
	} {
		if !regexp.MustCompile(what).MatchString(text) {
			t.Errorf("no %q in\n%s", what, text)
		}
	}
	read, err := folder.Read(filepath.Join(dir, "real", "blog"))
	if err != nil || read.Summary.InterruptedAfter == nil {
		t.Errorf("what was written cannot be read again: %v, %+v", err, read.Summary.InterruptedAfter)
	}
}

// SIGINT before any run is through: earlier results stay as they are.
func TestInterruptedBeforeAnythingWasRun(t *testing.T) {
	dir, path := t.TempDir(), small(t, "one")
	if code := execute([]string{"run", "-q", "--events", "-o", dir, path}, io.Discard, io.Discard); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	before := treeOf(t, dir)
	stderr := &trigger{text: "virtual clock", fire: func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
	}}
	var stdout bytes.Buffer
	code := execute([]string{"run", "--events", "--duration", "200h", "-o", dir, path}, &stdout, stderr)
	if code != exitInterrupted || stdout.Len() > 0 {
		t.Errorf("exit code %d, want %d; stdout:\n%s", code, exitInterrupted, &stdout)
	}
	if want := "interrupted before anything had been run: " + filepath.Join(dir, "one") + " is as it was"; !strings.Contains(stderr.written.String(), want) {
		t.Errorf("no %q in\n%s", want, stderr.written.String())
	}
	if diff := cmp.Diff(before, treeOf(t, dir)); diff != "" {
		t.Errorf("what was there has changed:\n%s", diff)
	}
}

// treeOf returns the contents of all files below a folder.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
