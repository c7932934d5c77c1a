package command

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Two signals at any moment leave no file half written, and nothing that a later
// run would have to clear away.
func TestTwoSignalsLeaveNothing(t *testing.T) {
	t.Parallel()
	dir, path := t.TempDir(), small(t, "one")
	random := rand.New(rand.NewPCG(3, 4))
	times := 25
	if testing.Short() {
		times = 5
	}
	for range times {
		c := exec.CommandContext(t.Context(), "ratebench", "run", "--events", "--runs", "50", "-o", dir, path)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			time.AfterFunc(time.Duration(random.Int64N(int64(300*time.Millisecond))), func() { _ = c.Process.Signal(os.Interrupt) })
		}
		_ = c.Wait()
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && strings.HasPrefix(e.Name(), ".") {
				t.Errorf("%s is left (%v)", path, c.ProcessState)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
