package command

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"ratebench/server"
)

// The first signal lets a request under way finish; the second does not wait
// for it.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	slow := filepath.Join(t.TempDir(), "slow.yaml")
	err := os.WriteFile(slow, []byte(`version: 1
duration: 1s
server: {latency: {incoming: constant(1m), outgoing: constant(0ms)}}
strategies:
  - {name: a, limiter: {kind: window}}
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "ratebench", "serve", slow, "--listen", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	// A shell has what runs in its background ignore interrupts, and so do those whom
	// that starts, unless it listens to them.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	defer signal.Stop(heard)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	base := regexp.MustCompile(`http://[0-9.:]+`).FindString(await(t, lines, "serving"))
	go func() {
		if res, err := http.Get(base + server.Path + "?nonce=1&api_key=" + server.DefaultKeys()[0]); err == nil {
			_ = res.Body.Close()
		}
	}()
	for late := time.Now().Add(time.Minute); !strings.Contains(body(t, base+"/metrics"), "\nratebench_requests_in_flight 1\n"); {
		if time.Now().After(late) {
			t.Fatal("no request is under way within a minute")
		}
	}
	signal := func(s os.Signal) {
		if err := cmd.Process.Signal(s); err != nil && err != os.ErrProcessDone {
			t.Fatal(err)
		}
	}
	signal(os.Interrupt)
	await(t, lines, "draining")

	// The process may not have got round yet to taking signals personally.
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	ended := make(chan error)
	signal(os.Interrupt)
	go func() { ended <- cmd.Wait() }()
	for running := true; running; {
		select {
		case <-again.C:
			signal(os.Interrupt)
		case <-ended:
			running = false
		}
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want by the signal", cmd.ProcessState)
	}
}

// await reads lines up to one with text in it.
func await(t *testing.T, r *bufio.Reader, text string) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			return line
		}
		if err != nil {
			t.Fatalf("waiting for %q: %v", text, err)
		}
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
