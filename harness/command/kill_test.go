package command

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ratebench/harness/events"
	"ratebench/harness/result/folder"
)

// asMain makes the test binary be ratebench.
const asMain = "RATEBENCH_TEST_MAIN"

// Killed at random moments, a bench never leaves a result file that does not
// parse: each is complete, of this run or of the one before.
func TestKilledBenchLeavesNoHalfFile(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	scenarios := []string{small(t, "one"), small(t, "two")}
	start := func(i int) *exec.Cmd {
		// Another duration makes other files, so that a mixture would show.
		args := append([]string{"run", "-q", "--events", "-o", dir, "--duration", []string{"1s", "2s"}[i%2]}, scenarios...)
		c := exec.Command(self, args...)
		c.Env = append(os.Environ(), asMain+"=1", "GORACE="+quickExit)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	began := time.Now()
	if err := start(0).Wait(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(began) // however slow this machine and this build are

	random := rand.New(rand.NewPCG(1, 2))
	killed, read, times := 0, 0, 50
	if testing.Short() {
		times = 10
	}
	for i := range times {
		c := start(i)
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(whole))), func() { _ = c.Process.Kill() })
		if err := c.Wait(); err != nil {
			killed++
		}
		timer.Stop()
		read += readAll(t, dir)
	}
	if killed == 0 || read == 0 {
		t.Errorf("killed %d of %d, read %d folders: nothing was tried", killed, times, read)
	}
	if err := start(0).Wait(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two"} {
		wantSummary(t, filepath.Join(dir, name)) // which has no drafts of events either
	}
}

// small writes a scenario that takes no time worth mentioning.
func small(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".yaml")
	text := "version: 1\nduration: 1s\nruns: 1\nstrategies: [{name: a, limiter: {kind: window}}]\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll reads every folder of results that is complete, and every file of
// the others that there is, and returns how many folders there were.
func readAll(t *testing.T, dir string) (folders int) {
	t.Helper()
	for _, name := range []string{"one", "two"} {
		_, err := folder.Read(filepath.Join(dir, name))
		for _, path := range finishedEvents(t, filepath.Join(dir, name)) {
			if _, err := readEventFile(path, map[string]int{}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		switch {
		case err == nil:
			folders++
		case errors.Is(err, fs.ErrNotExist): // killed before the first run was through
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	return folders
}

// finishedEvents are the event files in a folder of results, without drafts.
func finishedEvents(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, events.Folder, "[^.]*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
