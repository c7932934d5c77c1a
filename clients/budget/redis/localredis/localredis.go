// Package localredis runs a redis-server of one's own: on a free port of the
// loopback, without a disk, for as long as the process that started it.
package localredis

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// ErrNotInstalled says that there is no redis-server to start.
var ErrNotInstalled = errors.New("no redis-server is installed (Debian: apt-get install redis-server)")

// Path is where redis-server is installed, or ErrNotInstalled.
func Path() (string, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", ErrNotInstalled
	}
	return path, nil
}

// A Server is a redis-server.
type Server struct {
	// Addr is its address, such as 127.0.0.1:6379.
	Addr string

	path string
	args []string
	port *os.File // holds that of Addr while it does not run; nil: nothing does
	mu   sync.Mutex
	run  *life // nil: it does not run
}

// Start starts a server, with more arguments if need be, and returns when it is
// ready. Kill ends it.
func Start(args ...string) (*Server, error) {
	path, err := Path()
	if err != nil {
		return nil, err
	}
	s := &Server{path: path, args: args}
	for range attempts {
		if s.Addr, s.port, err = reserve(); err != nil {
			return nil, fmt.Errorf("redis-server needs a port on the loopback: %w", err)
		}
		err = s.Restart()
		if err == nil {
			return s, nil
		}
		if errors.Is(err, errLate) {
			break
		}
	}
	return nil, err
}

// attempts to start a server that ends at once: somebody else may take the port first,
// and a node of a cluster does not start on the upper ports, a fifth of those that are
// given out, because its second port is 10,000 higher.
const attempts = 12

// startTime is how long a server may take to be ready.
const startTime = 30 * time.Second

// errLate is no reason for another attempt.
var errLate = errors.New("redis-server is not ready")

// Restart starts the server again, with nothing in it, and returns when it is
// ready.
func (s *Server) Restart() error {
	s.Kill()
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", os.TempDir(), "--dbfilename", "ratebench-" + rand.Text() + ".rdb"}, s.args...)
	l := begin(exec.Command(s.path, args...))
	s.mu.Lock()
	s.run = l
	s.mu.Unlock()
	late := time.NewTimer(startTime)
	defer late.Stop()
	select {
	case <-l.output.ready:
		return nil
	case <-l.ended:
		s.Kill()
		return fmt.Errorf("redis-server ended: %w:\n%s", l.err, l.output.said())
	case <-late.C:
		s.Kill()
		return fmt.Errorf("%w after %v:\n%s", errLate, startTime, l.output.said())
	}
}

// Kill ends the server as SIGKILL does: nothing of what it knew is kept.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		s.run.kill()
		s.run = nil
	}
}

// Pause has the server stand still, with all that it knows, until Continue.
func (s *Server) Pause() error { return s.signal(pause) }

// Continue ends a Pause.
func (s *Server) Continue() error { return s.signal(proceed) }

func (s *Server) signal(which os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		return os.ErrProcessDone
	}
	return s.run.cmd.Process.Signal(which)
}

// PID is that of the server's process; 0: it does not run.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		return 0
	}
	return s.run.cmd.Process.Pid
}

// A life of the server is from its start to its end.
type life struct {
	cmd     *exec.Cmd
	output  *output
	started chan struct{}
	ended   chan struct{}
	err     error // why it ended; once it has
}

// begin starts a command. The thread that does so stays until the command ends:
// where the system kills a process with the one that started it, it goes by that.
func begin(cmd *exec.Cmd) *life {
	l := &life{cmd: cmd, output: &output{ready: make(chan struct{})}, started: make(chan struct{}), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = l.output, l.output
	cmd.SysProcAttr = apart()
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(l.ended)
		l.err = cmd.Start()
		close(l.started)
		if l.err == nil {
			if l.err = cmd.Wait(); l.err == nil {
				l.err = errors.New("exit status 0")
			}
		}
	}()
	<-l.started
	return l
}

func (l *life) kill() {
	if l.cmd.Process != nil {
		_ = l.cmd.Process.Kill() // it may have ended by itself
	}
	<-l.ended
}

// output keeps the beginning of what the server says, and tells when it is ready.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	ready   chan struct{}
	isReady bool
}

const mostOutput = 4 << 10

// Write implements io.Writer; it never fails.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p[:min(len(p), mostOutput-o.text.Len())])
	if !o.isReady && bytes.Contains(o.text.Bytes(), []byte("Ready to accept connections")) {
		o.isReady = true
		close(o.ready)
	}
	return len(p), nil
}

func (o *output) said() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(o.text.String())
}
