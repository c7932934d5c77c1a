package command

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ratebench/harness/chart"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits CODE COMMAND... runs a command, keeps its output for the commands
// stdout and stderr, and wants that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	code, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); err != nil {
		if !asExit(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != code {
		ts.Fatalf("exit code %d, want %d", got, code)
	}
}

func asExit(err error, exit **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*exit = e
	return ok
}

// only DIR FILE... wants exactly these files in a folder; no FILE, that the
// folder is empty or missing. CHARTS at the end stands for the files of charts.
func only(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: only DIR FILE ...")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && !os.IsNotExist(err) {
		ts.Fatalf("%v", err)
	}
	charts := slices.Contains(args, "CHARTS")
	var names []string
	for _, e := range entries {
		if !charts || !slices.Contains(chart.FileNames(), e.Name()) {
			names = append(names, e.Name())
		}
	}
	if charts {
		names = append(names, "CHARTS")
	}
	if got, want := strings.Join(names, " "), strings.Join(args[1:], " "); got != want {
		ts.Fatalf("%s holds %q, want %q", args[0], got, want)
	}
}

// same DIR DIR wants two folders with the same files; ! same, with a
// summary.json that differs.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same DIR DIR")
	}
	a, b := filesOf(ts, args[0]), filesOf(ts, args[1])
	if neg {
		if a["summary.json"] == b["summary.json"] {
			ts.Fatalf("%s and %s have the same summary", args[0], args[1])
		}
		return
	}
	if len(a) != len(b) || len(a) == 0 {
		ts.Fatalf("%s has %d files, %s has %d", args[0], len(a), args[1], len(b))
	}
	for name := range a {
		if a[name] != b[name] {
			ts.Fatalf("%s differs", name)
		}
	}
}

// without DIR SUFFIX... removes the files of a folder that end so.
func without(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: without DIR SUFFIX ...")
	}
	for name := range filesOf(ts, args[0]) {
		for _, suffix := range args[1:] {
			if strings.HasSuffix(name, suffix) {
				ts.Check(os.Remove(filepath.Join(ts.MkAbs(args[0]), name)))
			}
		}
	}
}

// gunzip FILE COPY decompresses a file into another.
func gunzip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: gunzip FILE COPY")
	}
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	zip, err := gzip.NewReader(f)
	ts.Check(err)
	text, err := io.ReadAll(zip)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o666))
}

// filesOf returns the files of a folder by name, without those in its folders.
func filesOf(ts *testscript.TestScript, dir string) map[string]string {
	paths, err := filepath.Glob(filepath.Join(ts.MkAbs(dir), "*"))
	ts.Check(err)
	files := map[string]string{}
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			continue
		}
		b, err := os.ReadFile(p)
		ts.Check(err)
		files[filepath.Base(p)] = string(b)
	}
	return files
}

// occupied VAR listens on a free port of the loopback and puts its address
// into an environment variable.
func occupied(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: occupied VAR")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = ln.Close() })
	ts.Setenv(args[0], ln.Addr().String())
}

// free VAR puts an address of the loopback that nobody listens on into an
// environment variable. On Linux the port is taken, until the script ends, for whoever
// asks for it by its number: nobody else is given it meanwhile.
func free(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: free VAR")
	}
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	ts.Check(err)
	syscall.CloseOnExec(s)
	release := func() { _ = syscall.Close(s) }
	ts.Check(syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	ts.Check(syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	bound, err := syscall.Getsockname(s)
	ts.Check(err)
	if runtime.GOOS == "linux" {
		ts.Defer(release)
	} else {
		release()
	}
	ts.Setenv(args[0], fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port))
}

// connect ADDRESS waits until somebody listens there.
func connect(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: connect ADDRESS")
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for {
		if c, err := net.Dial("tcp", args[0]); err == nil {
			ts.Check(c.Close())
			return
		}
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("nobody listens on %s", args[0])
		}
	}
}

// get STATUS URL [BODY [TEXT]] sends a GET with a form body and wants that
// status, and TEXT in the answer.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: get STATUS URL [BODY [TEXT]]")
	}
	args = append(args, "", "")
	req, err := http.NewRequest(http.MethodGet, args[1], bytes.NewBufferString(args[2]))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if got := fmt.Sprint(resp.StatusCode); got != args[0] || !strings.Contains(string(body), args[3]) {
		ts.Fatalf("answer %s %s, want %s with %q", got, body, args[0], args[3])
	}
}
