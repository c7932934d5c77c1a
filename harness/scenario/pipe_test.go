//go:build unix

package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe that nobody writes to is not waited for, wherever it is named.
func TestPipesAreRefused(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := testLoader().Load(pipe); err == nil || !strings.Contains(err.Error(), "found a pipe, want a file") {
		t.Errorf("a scenario: error %v", err)
	}
	path := filepath.Join(dir, "x.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nduration: 1s\nserver: {latency: {incoming: empirical(pipe)}}\nstrategies: [{name: a, limiter: {kind: window}}]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := testLoader().Load(path); err == nil || !strings.Contains(err.Error(), "pipe is no file") {
		t.Errorf("a sample: error %v", err)
	}
}
