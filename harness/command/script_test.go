package command

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ratebench/harness/kinds"

	"github.com/rogpeppe/go-internal/testscript"
)

// quickExit keeps the race detector from making each process wait for a second
// before it ends.
const quickExit = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	main := func() { Main(kinds.All()) }
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	crashIfAsked()
	if filepath.Base(os.Args[0]) != "ratebench" { // which a script runs
		_ = os.Unsetenv("COLUMNS") // tables are as wide as they are by default
	}
	testscript.Main(m, map[string]func(){"ratebench": main})
}

// execute runs a command line in this process.
func execute(args []string, stdout, stderr io.Writer) int {
	return Execute(kinds.All(), args, stdout, stderr)
}

// TestScripts runs the command the way a person does. A script's exit codes
// are checked by "exits CODE ratebench …".
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Deadline:            time.Now().Add(8 * time.Minute),
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPO", root)
			e.Setenv("GORACE", quickExit)
			return os.Symlink(filepath.Join(root, "scenarios"), filepath.Join(e.WorkDir, "scenarios"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"only":     only,
			"same":     same,
			"without":  without,
			"gunzip":   gunzip,
			"occupied": occupied,
			"free":     free,
			"connect":  connect,
			"get":      get,
		},
	})
}
