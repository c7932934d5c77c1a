// Package redistest starts a real redis-server for tests.
package redistest

import (
	"bufio"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// A Server is a redis-server without a disk, on a port of the loopback.
type Server struct {
	// Addr is its address, such as 127.0.0.1:6379.
	Addr string

	t    testing.TB
	path string
	args []string
	mu   sync.Mutex
	cmd  *exec.Cmd // nil: it does not run
}

// Start starts a server that runs until the test ends, with more arguments if need
// be. Where none is installed it skips the test, and says so.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("skipped: no redis-server is installed (Debian: apt-get install redis-server)")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: ln.Addr().String(), t: t, path: path, args: args}
	_ = ln.Close() // redis-server takes the port
	t.Cleanup(s.Kill)
	s.Restart()
	return s
}

// Kill ends the server as SIGKILL does: nothing of what it knew is kept.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // it may have ended by itself
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Restart starts the server again, with nothing in it, and returns when it is
// ready.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.t.Fatal(err)
	}
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir()}, s.args...)
	cmd := exec.Command(s.path, args...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.cmd = cmd
	s.mu.Unlock()
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if said = append(said, lines.Text()); strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() {
				for lines.Scan() { // so that it never waits for a reader
				}
			}()
			return
		}
	}
	s.t.Fatalf("redis-server ended:\n%s", strings.Join(said, "\n"))
}

// PID is that of the server's process; 0: it does not run.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0
	}
	return s.cmd.Process.Pid
}
