package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// SIGTERM to the parent ends the clients, which hand over what they have.
func TestInterruptedIsolatedRun(t *testing.T) {
	t.Setenv(asMain, "1") // for the clients
	dir := t.TempDir()
	stderr := &trigger{text: " TPS", fire: func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}}
	var stdout bytes.Buffer
	code := execute([]string{"run", "--clock", "real", "--isolate", "--duration", "1m", "--every", "100ms", "-o", dir, "../../scenarios/blog.yaml"}, &stdout, stderr)
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d; stderr:\n%s", code, exitInterrupted, stderr.written.String())
	}
	for _, name := range []string{"summary.json", "resources.json"} {
		b, err := os.ReadFile(filepath.Join(dir, "real", "blog", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), `"interrupted": true`) || !strings.Contains(string(b), `"interrupted_after": {"runs": 0, "of": 5, "s": `) {
			t.Errorf("%s:\n%s", name, b)
		}
		for _, strategy := range []string{"fixed-interval+buffer", "buffer-only", "fixed-headroom-50", "adaptive-drop", "adaptive-queue"} {
			if !strings.Contains(string(b), `"name": "`+strategy+`"`) {
				t.Errorf("%s does not have %s:\n%s", name, strategy, b)
			}
		}
	}
	if s := stdout.String(); !strings.Contains(s, "What the clients cost") {
		t.Errorf("standard output:\n%s", s)
	}
}
