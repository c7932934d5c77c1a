package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
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
	code := execute([]string{"run", "--clock", "real", "--duration", "1m", "--every", "100ms", "-o", dir, "../../../scenarios/blog.yaml"}, &stdout, stderr)
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d; stderr:\n%s", code, exitInterrupted, stderr.written.String())
	}
	summary, err := os.ReadFile(filepath.Join(dir, "real", "blog", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		`"interrupted": true`:            string(summary),
		"fixed-interval":                 stdout.String(),
		"interrupted: the results cover": stderr.written.String(),
	} {
		if !strings.Contains(text, what) {
			t.Errorf("no %q in\n%s", what, text)
		}
	}
}

func TestProgressText(t *testing.T) {
	for _, c := range []struct {
		done    float64
		elapsed time.Duration
		want    string
	}{
		{0, 0, "blog [........................]   0 %"},
		{0.5, 900 * time.Millisecond, "blog [############............]  50 %"},
		{0.25, 10 * time.Second, "blog [######..................]  25 %, 30s left"},
		{1, 10 * time.Second, "blog [########################] 100 %"},
	} {
		if got := progressText("blog", c.done, c.elapsed); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
