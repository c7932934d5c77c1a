package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// onFirstWrite does something once, when somebody first writes to it.
type onFirstWrite struct {
	once sync.Once
	do   func()
	bytes.Buffer
}

func (w *onFirstWrite) Write(p []byte) (int, error) {
	w.once.Do(w.do)
	return w.Buffer.Write(p)
}

// A folder that vanishes in the middle of a run is an error that names the file,
// it is not made again, and the table is printed all the same.
func TestFolderVanishes(t *testing.T) {
	path := small(t, "one")
	dir := filepath.Join(t.TempDir(), "out")
	var stdout bytes.Buffer
	// The first thing it writes is that the scenario begins.
	stderr := onFirstWrite{do: func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}}
	code := execute([]string{"run", "-o", dir, path}, &stdout, &stderr)
	if code != exitFailure {
		t.Errorf("exit code %d, want %d", code, exitFailure)
	}
	if want := "write " + filepath.Join(dir, "one", "summary.json") + ": no such file or directory"; !strings.Contains(stderr.String(), want) {
		t.Errorf("no %q in\n%s", want, &stderr)
	}
	if !strings.Contains(stdout.String(), "strategy") {
		t.Errorf("no table in\n%s", &stdout)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there again: %v", err)
	}
}
