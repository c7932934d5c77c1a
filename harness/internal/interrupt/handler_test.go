package interrupt

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asWriter makes the test binary write a file, as results are written, and take
// its time over it: the path of the file.
const asWriter = "RATEBENCH_TEST_WRITER"

// write writes a file by way of a draft, when something comes on standard input.
func write(path string) {
	var s Handler
	ctx, _ := s.Watch(context.Background())
	s.OnEnd(func() { _ = os.Remove(path + ".begun") })
	_ = os.WriteFile(path+".begun", nil, 0o600)
	_ = s.Write(func() error {
		_ = os.WriteFile(path+".draft", nil, 0o600)
		fmt.Println("writing")
		<-ctx.Done()
		fmt.Println("interrupted")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return os.Rename(path+".draft", path)
	})
	select {} // until the second signal
}

// A writer is a process that writes.
type writer struct {
	*exec.Cmd
	stdin  io.Writer
	stdout *bufio.Reader
	path   string
}

func startWriter(t *testing.T) *writer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{Cmd: exec.CommandContext(t.Context(), self), path: filepath.Join(t.TempDir(), "file")}
	w.Env = append(os.Environ(), asWriter+"="+w.path, "GORACE=atexit_sleep_ms=0")
	stdin, err := w.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := w.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w.stdin, w.stdout = stdin, bufio.NewReader(stdout)
	// A shell has what runs in its background ignore interrupts, and so do those whom
	// that starts, unless it listens to them.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	defer signal.Stop(heard)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, w.stdout, "writing")
	w.interrupt(t)
	await(t, w.stdout, "interrupted")
	w.interrupt(t)
	return w
}

func (w *writer) interrupt(t *testing.T) {
	t.Helper()
	if err := w.Process.Signal(os.Interrupt); err != nil && err != os.ErrProcessDone {
		t.Fatal(err)
	}
}

// wantEnd wants the process to have been ended by SIGINT, with these files left.
func (w *writer) wantEnd(t *testing.T, files string) {
	t.Helper()
	_ = w.Wait()
	if status := w.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want by the signal", w.ProcessState)
	}
	if got := strings.Join(namesIn(t, filepath.Dir(w.path)), " "); got != files {
		t.Errorf("left are %q, want %q", got, files)
	}
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// The second signal lets what is being written be written, and removes what is
// not finished.
func TestSecondSignalWaitsForFiles(t *testing.T) {
	w := startWriter(t)
	fmt.Fprintln(w.stdin)
	w.wantEnd(t, "file")
}

// The third does not wait.
func TestThirdSignalEndsAtOnce(t *testing.T) {
	w := startWriter(t)
	again := time.NewTicker(10 * time.Millisecond) // until the process has got round to it
	defer again.Stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.wantEnd(t, "file.begun file.draft")
	}()
	late := time.After(time.Minute)
	for {
		select {
		case <-again.C:
			w.interrupt(t)
		case <-ended:
			return
		case <-late:
			_ = w.Process.Kill()
			t.Fatal("it goes on after many a signal")
		}
	}
}

// await reads lines up to one.
func await(t *testing.T, r *bufio.Reader, line string) {
	t.Helper()
	for got := ""; got != line+"\n"; {
		var err error
		if got, err = r.ReadString('\n'); err != nil {
			t.Fatalf("waiting for %q: %v", line, err)
		}
	}
}

func TestMain(m *testing.M) {
	if path := os.Getenv(asWriter); path != "" {
		write(path)
	}
	os.Exit(m.Run())
}
