package serving

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// A memoryListener is one whose connections are in memory.
type memoryListener struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9999} }

// dial is for an http.Transport.
func (l *memoryListener) dial(context.Context, string, string) (net.Conn, error) {
	client, conn := net.Pipe()
	select {
	case l.conns <- conn:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// A served is a service under test, in a synctest bubble.
type served struct {
	t      *testing.T
	ln     *memoryListener
	client *http.Client
	log    bytes.Buffer
	signal context.CancelFunc
	ended  chan error
}

// startService serves what the scenario's server section says.
func startService(t *testing.T, section string) *served {
	t.Helper()
	text := "version: 1\nduration: 1h\nserver: " + section + "\nstrategies:\n  - {name: a, limiter: {kind: window}}\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("test.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, ln: newMemoryListener(), ended: make(chan error, 1)}
	s.client = &http.Client{Transport: &http.Transport{DialContext: s.ln.dial, DisableKeepAlives: true}}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	service, err := NewService(sc, ServiceConfig{Log: log, MaxConcurrent: 100})
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, s.signal = context.WithCancel(t.Context())
	go func() { s.ended <- service.Serve(ctx, s.ln) }()
	synctest.Wait()
	return s
}

// get sends a GET; the status is 0 if the server cannot be reached.
func (s *served) get(path string) (status int, body string) {
	s.t.Helper()
	res, err := s.client.Get("http://memory" + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Error(err)
	}
	return res.StatusCode, string(b)
}

func apiPath(key, nonce int) string {
	return fmt.Sprintf("%s?api_key=%s&nonce=%d", server.Path, server.DefaultKeys()[key], nonce)
}

func TestServeDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(4s), outgoing: constant(0s)}}")
		begin := time.Now()
		var under sync.WaitGroup
		under.Go(func() {
			if status, body := s.get(apiPath(0, 1)); status != http.StatusOK {
				t.Errorf("the request under way: %d %s, want 200", status, body)
			}
		})
		idle, err := s.ln.dial(t.Context(), "", "") // asks nothing, and holds up nothing
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		synctest.Wait()
		if status, _ := s.get("/healthz"); status != http.StatusOK {
			t.Errorf("before the signal: /healthz is %d, want 200", status)
		}
		s.signal()
		synctest.Wait()
		for path, want := range map[string]int{"/healthz": 503, apiPath(1, 1): 503, "/metrics": 200} {
			if status, body := s.get(path); status != want {
				t.Errorf("while draining: %s is %d %s, want %d", path, status, body, want)
			}
		}
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took < 4*time.Second || took > 4*time.Second+hangUpTime {
			t.Errorf("ended after %v, want 4s", took)
		}
		under.Wait()
		if status, _ := s.get("/healthz"); status != 0 {
			t.Errorf("afterwards: /healthz is %d, want nobody to answer", status)
		}
	})
}

func TestServeGivesUpDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(1m), outgoing: constant(0s)}}")
		var under sync.WaitGroup
		under.Go(func() {
			if status, body := s.get(apiPath(0, 1)); status != 0 {
				t.Errorf("the request under way: %d %s, want that it is cut off", status, body)
			}
		})
		synctest.Wait()
		s.signal()
		begin := time.Now()
		err := <-s.ended
		if want := "requests were still under way after 5s"; err == nil || err.Error() != want || time.Since(begin) != DrainTime {
			t.Errorf("error %v after %v, want %s", err, time.Since(begin), want)
		}
		under.Wait()
	})
}

// The limit changes on time, and the log says so.
func TestServeStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, `
  latency: {incoming: constant(0ms), outgoing: constant(0ms)}
  limit: 1/10m
  stages:
    - {at: 10s, limit: 3/10m}
    - {at: 20s, limit: 4/10m}`)
		start := time.Now()
		nonce := 0
		burst := func() (statuses []int) {
			for range 3 {
				nonce++
				status, _ := s.get(apiPath(0, nonce))
				statuses = append(statuses, status)
			}
			return statuses
		}
		for _, stage := range []struct {
			at   time.Duration
			want []int
		}{
			{10*time.Second - 1, []int{200, 429, 429}},
			{10*time.Second + 1, []int{200, 200, 429}}, // 3 in all
			{20*time.Second + 1, []int{200, 429, 429}}, // 4 in all
		} {
			time.Sleep(time.Until(start.Add(stage.at)))
			if diff := cmp.Diff(stage.want, burst()); diff != "" {
				t.Errorf("at %v: statuses (-want +got):\n%s", stage.at, diff)
			}
		}
		s.signal()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		for _, want := range []string{`msg="the limit is now 3/10m"`, `msg="the limit is now 4/10m"`} {
			if !strings.Contains(s.log.String(), want) {
				t.Errorf("no %s in\n%s", want, &s.log)
			}
		}
	})
}

// A signal ends the stages that are still to come.
func TestServeEndsBeforeItsStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{stages: [{at: 30m, limit: 1/1s}]}")
		begin := time.Now()
		s.signal()
		if err := <-s.ended; err != nil || time.Since(begin) != 0 {
			t.Errorf("ended after %v, %v; want at once", time.Since(begin), err)
		}
	})
}
