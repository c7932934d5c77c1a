//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package command

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of two runs into one folder the second ends at once with exit code 1 and says
// why, and so does report; nothing that is there changes. Once the first has
// ended, however it did, the folder is free.
func TestOneRunIntoAFolder(t *testing.T) {
	dir, path := t.TempDir(), small(t, "one")
	if code := execute([]string{"run", "-q", "-o", dir, path}, os.Stdout, os.Stderr); code != exitOK {
		t.Fatalf("exit code %d", code)
	}
	before := treeOf(t, dir)
	first := exec.CommandContext(t.Context(), "ratebench", "run", "--events", "--duration", "200h", "-o", dir, path)
	stderr, err := first.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, bufio.NewReader(stderr), "virtual clock")
	for _, args := range [][]string{
		{"run", "-o", dir, path},
		{"run", "--events", "-o", dir, small(t, "another"), path},
		{"report", dir},
	} {
		var stdout, stderr bytes.Buffer
		code := execute(args, &stdout, &stderr)
		want := filepath.Join(dir, "one") + " is locked: another ratebench is writing results to it"
		if code != exitFailure || stdout.Len() > 0 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: exit code %d, want %d with %q:\n%s", args, code, exitFailure, want, &stderr)
		}
	}
	if code := execute([]string{"run", "-q", "-o", dir, small(t, "beside")}, os.Stdout, os.Stderr); code != exitOK {
		t.Errorf("another scenario: exit code %d, want %d", code, exitOK)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	for name, content := range before {
		if now := treeOf(t, dir)[name]; now != content && filepath.Base(name) != "index.html" {
			t.Errorf("%s has changed: %s", name, cmp.Diff(content, now))
		}
	}
	if code := execute([]string{"run", "-q", "-o", dir, path}, os.Stdout, os.Stderr); code != exitOK {
		t.Errorf("afterwards: exit code %d, want %d", code, exitOK)
	}
}
