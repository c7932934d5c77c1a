package loadtest_test

import (
	"cmp"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"ratebench/harness/internal/loadtest"
	"ratebench/harness/serving"
	"ratebench/server"
)

// long tells that the long versions are asked for.
func long() bool { return os.Getenv("RATEBENCH_LOADTEST") != "" }

// newSite returns what serve serves, and sets the process up as serve does: a
// server that accepts everything from clients with a key each, and injects
// latency.
func newSite(t testing.TB, clients int, in, out time.Duration, observe func(server.Handled)) *serving.Site {
	t.Helper()
	t.Cleanup(serving.TuneGC())
	srv, err := server.New(server.Config{
		Keys:    server.Keys(clients),
		Limit:   server.Limit{N: 1, Window: time.Nanosecond},
		Latency: func(int, uint64) (time.Duration, time.Duration) { return in, out },
	})
	if err != nil {
		t.Fatal(err)
	}
	site, err := serving.New(srv, server.WallClock(t.Context()), serving.Config{MaxConcurrent: clients, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// listen serves h on a port of the loopback for as long as the test lasts.
func listen(t testing.TB, h *http.Server) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- h.Serve(ln) }()
	t.Cleanup(func() {
		_ = h.Close()
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// connect opens a connection for each client.
func connect(t testing.TB, address string, clients int) []loadtest.Sender {
	t.Helper()
	var senders []loadtest.Sender
	for _, key := range server.Keys(clients) {
		c, err := loadtest.Dial(address, key)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		senders = append(senders, c)
	}
	return senders
}

// calls makes a client of each key that calls h.
func calls(h http.Handler, clients int) []loadtest.Sender {
	var senders []loadtest.Sender
	for _, key := range server.Keys(clients) {
		senders = append(senders, loadtest.NewCall(h, key))
	}
	return senders
}

// A sleeper is a client of nothing: it sleeps as long as a request would take,
// in as many pieces, which shows what the machine itself makes of it.
type sleeper struct{ in, out time.Duration }

func (s sleeper) Send(int64) (status int, err error) {
	due := time.Now().Add(s.in + s.out)
	time.Sleep(s.in)
	time.Sleep(time.Until(due))
	return http.StatusOK, nil
}

// sleepers are as many of them as there are clients.
func sleepers(clients int, in, out time.Duration) []loadtest.Sender {
	return slices.Repeat([]loadtest.Sender{sleeper{in, out}}, clients)
}

// affordable is how many connections of those wanted there can be with both
// their ends in this process.
func affordable(t testing.TB, wanted int) int {
	t.Helper()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	const spare = 200
	n := min(wanted, (int(min(files.Cur, 1<<30))-spare)/2)
	if n < wanted {
		t.Logf("%d connections instead of %d, because a process may open only %d files", n, wanted, files.Cur)
	}
	return n
}

// median leaves values in order.
func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
