package localredis

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asParent makes the test's own program start a server, say where it is, and wait
// to be killed.
const asParent = "RATEBENCH_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(asParent) != "" {
		s, err := Start()
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Addr)
		time.Sleep(time.Minute) // it is killed before; should that fail, it does not stay
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, args ...string) (*Server, error) {
	t.Helper()
	s, err := Start(args...)
	if errors.Is(err, ErrNotInstalled) {
		t.Skipf("skipped: %v", err)
	}
	if err == nil {
		t.Cleanup(s.Kill)
	}
	return s, err
}

// patience is how long is waited for what has to come, on however busy a machine.
const patience = time.Minute

// ask sends a line to Redis and returns the first of the answer; "" without one in
// time.
func ask(addr, line string, within time.Duration) string {
	c, err := net.DialTimeout("tcp", addr, within)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	fmt.Fprintf(c, "%s\r\n", line)
	answer, _ := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(answer)
}

func TestLifeOfAServer(t *testing.T) {
	s, err := start(t)
	if err != nil {
		t.Fatal(err)
	}
	want := func(line, answer string) {
		t.Helper()
		within := patience
		if answer == "" {
			within = 300 * time.Millisecond
		}
		if got := ask(s.Addr, line, within); got != answer {
			t.Errorf("%s: answer %q, want %q", line, got, answer)
		}
	}
	want("SET a 1", "+OK")
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	want("STRLEN a", "")
	if err := s.Continue(); err != nil {
		t.Fatal(err)
	}
	want("STRLEN a", ":1")
	s.Kill()
	want("PING", "")
	if err := s.Pause(); err == nil || s.PID() != 0 {
		t.Errorf("a server that was killed has the process %d and can be paused: %v", s.PID(), err)
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	want("STRLEN a", ":0")
	s.Kill()
	want("PING", "")
}

// While a server is gone its port is free for the next, which nobody answers at, and
// taken for others.
func TestPortIsHeld(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("skipped: ports are held on Linux only")
	}
	addr, held, err := reserve()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if c, err := net.Dial("tcp", addr); err == nil {
		_ = c.Close()
		t.Error("somebody answers")
	}
	for range 2 { // one server after the other
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = ln.Close()
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	own, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{LocalAddr: own}).Dial("tcp", other.Addr().String())
	if !errors.Is(err, syscall.EADDRINUSE) {
		if err == nil {
			_ = c.Close()
		}
		t.Errorf("a client can have %s: %v, want that it is taken", addr, err)
	}
}

func TestServerThatDoesNotStart(t *testing.T) {
	if _, err := start(t, "--port", "nonsense"); err == nil || !strings.Contains(err.Error(), "redis-server ended: exit status 1") {
		t.Errorf("error %v, want one that says how redis-server ended", err)
	}
}

func TestNotInstalled(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := Start(); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("error %v, want ErrNotInstalled", err)
	}
}

// Whoever started it is killed, and it goes too.
func TestServerEndsWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("skipped: only Linux ends a process with its parent")
	}
	if _, err := Path(); err != nil {
		t.Skipf("skipped: %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self)
	parent.Env = append(os.Environ(), asParent+"=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	addr := strings.TrimSpace(line)
	if got := ask(addr, "PING", patience); got != "+PONG" {
		t.Errorf("the server at %q answers %q, want +PONG", addr, got)
	}
	_ = parent.Process.Signal(syscall.SIGKILL)
	_ = parent.Wait()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); ask(addr, "PING", patience) != ""; <-tick.C {
		if time.Now().After(late) {
			t.Fatalf("the server at %s outlives its parent", addr)
		}
	}
}
