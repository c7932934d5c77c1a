package pace

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/server/memnet"
)

// A fickleServer counts arrivals over real HTTP, refuses those over its limit,
// and has connections that make trouble.
type fickleServer struct {
	limit    int
	window   time.Duration
	incoming time.Duration // at most, before a request is counted
	abandon  float64       // share of the requests that are counted and whose connection is then closed without an answer
	close    float64       // share of the answers that close the connection
	slow     time.Duration // that it takes to read a body

	mu       sync.Mutex
	random   *rand.Rand
	arrivals []time.Time
	refused  int
	nonces   map[string]int
}

func (s *fickleServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.slow > 0 {
		time.Sleep(s.slow)
	}
	_, _ = io.Copy(io.Discard, r.Body)
	time.Sleep(s.draw(s.incoming))
	ok, abandon, closing := s.count(r.Header.Get("X-Nonce"))
	if abandon {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = c.Close()
		}
		return
	}
	if closing {
		w.Header().Set("Connection", "close")
	}
	if !ok {
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func (s *fickleServer) draw(most time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.random.Int64N(int64(most) + 1))
}

// count counts an arrival by the rule of a sliding window on a continuous clock.
func (s *fickleServer) count(nonce string) (ok, abandon, closing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.nonces[nonce]++
	n := len(s.arrivals)
	ok = n < s.limit || now.Sub(s.arrivals[n-s.limit]) > s.window
	if ok {
		s.arrivals = append(s.arrivals, now)
	} else {
		s.refused++
	}
	return ok, s.random.Float64() < s.abandon, s.random.Float64() < s.close
}

// A trouble is what a server and the way to it do.
type trouble struct {
	name      string
	handshake time.Duration // at most, for a connection
	cold      bool          // each request has a connection of its own
	abandon   float64
	close     float64
	slow      time.Duration
	body      bool
}

func troubles() []trouble {
	return []trouble{
		{name: "warm"},
		{name: "slow handshakes", handshake: 300 * ms},
		{name: "cold", handshake: 300 * ms, cold: true},
		{name: "closing", handshake: 50 * ms, close: 0.5},
		{name: "broken", handshake: 50 * ms, abandon: 0.3},
		{name: "broken and closing", handshake: 300 * ms, abandon: 0.2, close: 0.2},
		{name: "bodies that are read slowly", handshake: 50 * ms, slow: 20 * ms, body: true},
		{name: "broken, with bodies", handshake: 50 * ms, abandon: 0.3, body: true},
	}
}

// promise is a way to pace that is never refused, with J as the longest latency
// from the wire on.
type promise struct {
	name   string
	config func(j time.Duration) limiter.Config
	guards func(j time.Duration) limiter.Guards
}

func promises() []promise {
	none := func(time.Duration) limiter.Guards { return limiter.Guards{} }
	return []promise{
		{"paced", func(j time.Duration) limiter.Config { return &limiter.Paced{Spread: j} }, none},
		{"ack-clocked", func(j time.Duration) limiter.Config { return &limiter.AckClocked{Latency: j} }, none},
		{"ack-clocked, in order", func(j time.Duration) limiter.Config { return &limiter.AckClocked{Latency: j} },
			func(j time.Duration) limiter.Guards { return limiter.Guards{Order: true, Latency: j} }},
		{"ack-clocked without J, in order", func(time.Duration) limiter.Config { return &limiter.AckClocked{} },
			func(time.Duration) limiter.Guards { return limiter.Guards{Order: true} }},
	}
}

// No request is refused, whatever happens to connections: on the clock of a
// bubble, where nothing takes time but what the test wants to.
func TestTransportOnTroubledConnections(t *testing.T) {
	for _, tr := range troubles() {
		for _, p := range promises() {
			t.Run(tr.name+"/"+p.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ln := memnet.Listen()
					base := runTrouble(t, tr, p, ln, ln.Dial, 20*ms, 200)
					time.Sleep(time.Second) // until connections that nobody needed any more are there
					base.CloseIdleConnections()
				})
			})
		}
	}
}

// wireTimeVar names an environment variable with the time, such as 60s, for
// which TestTransportOverTroubledSockets sends in each of all ways. By default it
// has a second for one, which is right on however busy a machine: it counts on
// no longest latency.
const wireTimeVar = "RATEBENCH_WIRE_TIME"

// The same over real sockets. Where a longest latency is counted on, the machine
// gets 100 ms of it: it must not be so busy that a goroutine waits longer for a
// processor.
func TestTransportOverTroubledSockets(t *testing.T) {
	const latency, window = 2 * ms, 100 * ms
	d, slack, all := time.Second, time.Duration(0), promises()[3:]
	if text := os.Getenv(wireTimeVar); text != "" {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			t.Fatalf("%s: %v", wireTimeVar, err)
		}
		slack, all = 100*ms, promises()
	}
	for _, tr := range troubles() {
		tr.handshake /= 10
		for _, p := range all {
			t.Run(tr.name+"/"+p.name, func(t *testing.T) {
				t.Parallel()
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				p := promise{p.name, func(j time.Duration) limiter.Config { return p.config(j + slack) },
					func(j time.Duration) limiter.Guards { return p.guards(j + slack) }}
				runTrouble(t, tr, p, ln, func(ctx context.Context, network, _ string) (net.Conn, error) {
					return (&net.Dialer{}).DialContext(ctx, network, ln.Addr().String())
				}, latency, int(d/(window+slack))*5)
			})
		}
	}
}

func runTrouble(t *testing.T, tr trouble, p promise, ln net.Listener, dial func(context.Context, string, string) (net.Conn, error), latency time.Duration, requests int) *http.Transport {
	s := &fickleServer{
		limit: 5, window: 100 * ms, incoming: latency, abandon: tr.abandon, close: tr.close, slow: tr.slow,
		random: rand.New(rand.NewPCG(1, 2)), nonces: map[string]int{},
	}
	server := &http.Server{Handler: s}
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(ln) }) // ends with http.ErrServerClosed, by Close below
	base := &http.Transport{
		DisableKeepAlives: tr.cold, MaxIdleConnsPerHost: 100,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			time.Sleep(s.draw(tr.handshake))
			return dial(ctx, network, address)
		},
	}
	quota := limiter.Quota{Limit: s.limit, Window: s.window}
	j := latency + tr.slow
	transport := &Transport{
		Base: base,
		NewLimiter: func(string) (limiter.Limiter, error) {
			return limiter.New(p.config(j), quota, p.guards(j))
		},
		Prepare: func(r *http.Request, p Permit) (*http.Request, error) {
			r.Header.Set("X-Nonce", strconv.FormatInt(p.Nonce, 10))
			return r, nil
		},
	}
	good := sendAll(t, transport, tr, requests)
	transport.CloseIdleConnections()
	_ = server.Close()
	wg.Wait()
	if s.refused > 0 {
		t.Errorf("%d of %d arrivals refused", s.refused, len(s.arrivals)+s.refused)
	}
	for nonce, n := range s.nonces {
		if n > 1 {
			t.Errorf("nonce %s came %d times", nonce, n)
		}
	}
	if good < requests/2 {
		t.Errorf("%d good answers of %d prove little", good, requests)
	}
	if tr.abandon > 0 && len(s.arrivals) <= good {
		t.Error("no connection broke")
	}
	return base
}

// sendAll sends requests from a few goroutines, and returns how many were
// answered with 200.
func sendAll(t *testing.T, transport *Transport, tr trouble, requests int) (good int) {
	const senders = 8
	var mu sync.Mutex
	var wg sync.WaitGroup
	for sender := range senders {
		wg.Go(func() {
			for i := sender; i < requests; i += senders {
				var body io.Reader
				if tr.body {
					body = strings.NewReader(fmt.Sprint("body of ", i))
				}
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://server/", body)
				if err != nil {
					t.Error(err)
					return
				}
				resp, err := transport.RoundTrip(req)
				if err != nil {
					if tr.abandon == 0 {
						t.Error(err)
					}
					continue
				}
				_ = resp.Body.Close()
				mu.Lock()
				if resp.StatusCode == http.StatusOK {
					good++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return good
}
