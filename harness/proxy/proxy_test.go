package proxy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/server"
	"ratebench/server/memnet"
	"ratebench/server/servertest"
)

const ms = time.Millisecond

// A bench is a proxy that serves in a bubble, with a client and a log.
type bench struct {
	t      *testing.T
	proxy  *Proxy
	client *http.Client
	log    lockedBuffer
	signal context.CancelFunc
	ended  chan error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// spaced lets one request go every gap, from the start on.
func spaced(gap time.Duration) func(string) (limiter.Limiter, error) {
	return func(string) (limiter.Limiter, error) {
		return (&limiter.Paced{}).New(limiter.Quota{Limit: 1, Window: gap - 1, Drift: 1})
	}
}

// start serves a proxy in a bubble, in front of base, which has the answers of the
// upstream.
func start(t *testing.T, c Config, base http.RoundTripper) *bench {
	t.Helper()
	// net/http lingers on connections that it closes: this comes last.
	t.Cleanup(func() { time.Sleep(time.Second) })
	return startOn(t, memnet.Listen(), c, base)
}

func startOn(t *testing.T, ln net.Listener, c Config, base http.RoundTripper) *bench {
	t.Helper()
	b := &bench{t: t, ended: make(chan error, 1)}
	c.Log = slog.New(slog.NewTextHandler(&b.log, nil))
	if c.Upstream == nil {
		c.Upstream = &url.URL{Scheme: "http", Host: "upstream"}
	}
	if c.NewLimiter == nil {
		c.NewLimiter = spaced(10 * ms)
	}
	var err error
	if b.proxy, err = New(c); err != nil {
		t.Fatal(err)
	}
	b.proxy.transport.Base = base
	var ctx context.Context
	ctx, b.signal = context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { b.ended <- b.proxy.Serve(ctx, ln) }()
	transport := &http.Transport{MaxIdleConnsPerHost: 1000}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		if m, ok := ln.(*memnet.Listener); ok {
			return m.Dial(ctx, "", "")
		}
		return (&net.Dialer{}).DialContext(ctx, network, ln.Addr().String())
	}
	b.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		b.signal()
		<-b.ended
	})
	return b
}

// upstream answers by a function, over net/http, until the test ends.
func upstream(t *testing.T, h http.HandlerFunc) http.RoundTripper {
	ln := memnet.Listen()
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(ln) }() // ends by Close
	transport := &http.Transport{DialContext: ln.Dial, DisableCompression: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = s.Close()
	})
	return transport
}

// ok answers everything with 200 after a while, if somebody still waits for it.
func ok(after time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-time.After(after):
		case <-r.Context().Done():
			return
		}
		_, _ = io.WriteString(w, "well")
	}
}

// do sends a request, and returns the status and the body of the answer.
func (b *bench) do(ctx context.Context, method, path, body string, header ...string) (status int, text string, h http.Header) {
	b.t.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, from)
	if err != nil {
		b.t.Error(err)
		return 0, "", nil
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, "cut off: " + err.Error(), resp.Header
	}
	return resp.StatusCode, string(got), resp.Header
}

// outcomes are what the metrics say became of requests.
func (b *bench) outcomes() map[string]int {
	b.t.Helper()
	families, err := b.proxy.metrics.registry.Gather()
	if err != nil {
		b.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, f := range families {
		if f.GetName() != "ratebench_proxy_requests_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			counts[labels["outcome"]+" "+labels["status"]] = int(m.GetCounter().GetValue())
		}
	}
	return counts
}

// Ten thousand requests, of which a thousand are cancelled at any time: in line,
// on their way, or too late. The API refuses none; what clients saw, what the
// proxy counted and what the API answered agree; and nothing is left behind, or
// else the bubble would not end.
func TestTenThousandRequestsOfWhichAThousandAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests, cancelled := 10_000, 1_000
		if testing.Short() {
			requests, cancelled = 1_000, 100
		}
		random := rand.New(rand.NewPCG(7, 7))
		limit := server.Limit{N: 100, Window: time.Second}
		api := servertest.NewInMemory(t, server.Config{
			Keys: []string{"a", "b", "c"}, Limit: limit,
			Latency: func(_ int, n uint64) (in, out time.Duration) { return 20 * ms, time.Duration(n*7919%50) * ms },
		})
		b := start(t, Config{
			NewLimiter: func(string) (limiter.Limiter, error) {
				return (&limiter.Paced{}).New(limiter.Quota{Limit: limit.N, Window: limit.Window})
			},
			Key:   Place{inQuery: true, name: "api_key"},
			Nonce: Place{inQuery: true, name: "nonce"}, MaxWaiters: requests,
		}, api.Client().Transport)
		chosen := map[int]bool{}
		for len(chosen) < cancelled {
			chosen[random.IntN(requests)] = true
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for i := range requests {
			path := fmt.Sprintf("%s?api_key=%c&req_id=%d", server.Path, 'a'+random.IntN(3), i)
			patience := time.Duration(random.IntN(1500)+1) * ms
			wg.Go(func() {
				if !chosen[i] {
					patience = 0
				}
				what := b.askPatiently(t.Context(), path, patience)
				mu.Lock()
				defer mu.Unlock()
				seen[what]++
			})
			time.Sleep(time.Duration(random.IntN(5)) * ms)
		}
		wg.Wait()
		time.Sleep(time.Second) // for the API to be done with what was cancelled
		synctest.Wait()

		if seen["200"]+seen["cancelled"] != requests || seen["200"] < requests-cancelled || seen["cancelled"] < cancelled/5 {
			t.Errorf("clients saw %v", seen)
		}
		got := b.outcomes()
		if got["answered 200"]+got["gone 499"]+got["cut-off 200"] != requests || got["answered 200"] < seen["200"] {
			t.Errorf("counted %v, clients saw %v", got, seen)
		}
		log, stats := api.Log(), b.proxy.transport.Stats()
		log.WantRefused(t, 0)
		for _, key := range []string{"a", "b", "c"} {
			log.Key(key).WantAtMost(t, limit.N, limit.Window)
		}
		if int(stats.Departed+stats.NotSent) != requests || stats.Limited != 0 || int(stats.Succeeded) != got["answered 200"]+got["cut-off 200"] ||
			int(stats.Failed+stats.NotSent) != got["gone 499"] {
			t.Errorf("the gates counted %+v, the proxy %v", stats, got)
		}
		if len(log) > int(stats.Departed) || len(log.Accepted()) < int(stats.Succeeded) {
			t.Errorf("the API has answered %d requests, %d of them with success; %d left and %d came back", len(log), len(log.Accepted()), stats.Departed, stats.Succeeded)
		}
		if stats.Waiting != 0 || stats.InFlight != 0 || b.proxy.inside.Load() != 0 {
			t.Errorf("left behind: %+v, %d inside", stats, b.proxy.inside.Load())
		}
	})
}

// askPatiently says what became of a request that is cancelled after a while, if
// that is not 0.
func (b *bench) askPatiently(ctx context.Context, path string, patience time.Duration) string {
	b.t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if patience > 0 {
		time.AfterFunc(patience, cancel)
	}
	status, text, _ := b.do(ctx, "GET", path, "")
	if status == 0 && patience > 0 && strings.Contains(text, context.Canceled.Error()) {
		return "cancelled"
	}
	return fmt.Sprint(status)
}

// The same over sockets, in real time, and as fast as the machine will: goroutines
// and connections are gone afterwards, and what was counted adds up.
func TestTenThousandRequestsOverSockets(t *testing.T) {
	requests := 10_000
	if testing.Short() {
		requests = 1_000
	}
	const keys = 10
	before := runtime.NumGoroutine()
	t.Run("run", func(t *testing.T) {
		api := servertest.New(t, server.Config{Keys: server.Keys(keys), Limit: server.Limit{N: 1_000_000, Window: time.Second}, NoNonces: true})
		b := startOn(t, listen(t), Config{NewLimiter: spaced(time.Second / 1000), Key: Place{inQuery: true, name: "api_key"}}, api.Client().Transport)
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		const clients = 100
		for client := range clients {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(3, uint64(client)))
				for range requests / clients {
					var patience time.Duration
					if random.IntN(10) == 0 {
						patience = time.Duration(random.IntN(20_000)+1) * time.Microsecond
					}
					what := b.askPatiently(t.Context(), server.Path+"?api_key="+server.Keys(keys)[random.IntN(keys)], patience)
					mu.Lock()
					seen[what]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		// Those whose clients have gone away may yet come, and have ended with the proxy.
		b.client.CloseIdleConnections()
		b.signal()
		if err := <-b.ended; err != nil {
			t.Error(err)
		}
		b.ended <- nil
		stats := b.proxy.transport.Stats()
		got := b.outcomes()
		total := 0
		for _, n := range got {
			total += n
		}
		if seen["200"]+seen["cancelled"] != requests || seen["cancelled"] == 0 || got["answered 200"] < seen["200"] ||
			total > requests || total < requests-seen["cancelled"] { // one cancelled before it was sent does not get here
			t.Errorf("counted %v, clients saw %v", got, seen)
		}
		if int(stats.Departed+stats.NotSent) > total || stats.Limited != 0 || stats.Waiting != 0 || stats.InFlight != 0 {
			t.Errorf("the gates counted %+v, the proxy %v", stats, got)
		}
		api.Log().WantRefused(t, 0)
	})
	tick := time.NewTicker(10 * ms) // for those that are ending
	defer tick.Stop()
	for late := time.Now().Add(time.Minute); runtime.NumGoroutine() > before && time.Now().Before(late); {
		<-tick.C
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, want %d as before", n, before)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// What a client can see of each way in which a request ends, and what is
// counted.
func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		name       string
		config     Config
		upstream   http.HandlerFunc
		method     string
		path, body string
		header     []string
		status     int
		text       string // in the answer
		retry      string // Retry-After
		outcome    string
		departed   uint64
	}{
		{name: "an answer", upstream: ok(0), status: 200, text: "well", outcome: "answered 200", departed: 1},
		{name: "with a body", upstream: func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }, method: "POST", body: "echo",
			status: 200, text: "echo", outcome: "answered 200", departed: 1},
		{name: "a refusal of the upstream", upstream: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			http.Error(w, "slow down", http.StatusTooManyRequests)
		}, status: 429, text: "slow down", retry: "7", outcome: "answered 429", departed: 1},
		{name: "no answer in time", upstream: ok(time.Minute), header: []string{TimeoutField, "0.5"},
			status: 504, text: "has not answered in time", outcome: "late 504", departed: 1},
		{name: "hung up", upstream: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			status: 502, text: "has not answered", outcome: "unanswered 502", departed: 1},
		{name: "a pause that is too long", config: Config{ColdUntil: time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC)}, upstream: ok(0), header: []string{TimeoutField, "1m"},
			status: 503, text: "it was not sent", retry: "3600", outcome: "too-long 503"},
		{name: "a wait that is too long", config: Config{ColdUntil: time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC), MaxWait: time.Minute}, upstream: ok(0),
			status: 503, text: "it was not sent", retry: "3600", outcome: "too-long 503"},
		{name: "a timeout that is none", upstream: ok(0), header: []string{TimeoutField, "soon"},
			status: 400, text: TimeoutField, outcome: "bad-request 400"},
		{name: "a body that says it is too large", config: Config{MaxBody: 3}, upstream: ok(0), method: "POST", body: "four",
			status: 413, text: "longer than 3 bytes", outcome: "too-large 413"},
		{name: "as large as may be", config: Config{MaxBody: 4}, upstream: ok(0), method: "POST", body: "four",
			status: 200, text: "well", outcome: "answered 200", departed: 1},
		{name: "sent again", config: Config{Retries: 1}, upstream: once(503), status: 200, text: "well", outcome: "answered 200", departed: 2},
		{name: "with its body", config: Config{Retries: 1}, upstream: once(429), method: "POST", body: "again", status: 200, text: "again", outcome: "answered 200", departed: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, tt.config, upstream(t, tt.upstream))
				status, text, h := b.do(t.Context(), or(tt.method, "GET"), or(tt.path, "/x"), tt.body, tt.header...)
				if status != tt.status || !strings.Contains(text, tt.text) || h.Get("Retry-After") != tt.retry {
					t.Errorf("got %d %s, Retry-After %q", status, text, h.Get("Retry-After"))
				}
				own, _, _ := strings.Cut(tt.outcome, " ")
				if own == string(answered) {
					own = ""
				}
				if got := h.Get(ErrorField); got != own {
					t.Errorf("%s is %q, want %q", ErrorField, got, own)
				}
				synctest.Wait()
				if got := b.outcomes(); len(got) != 1 || got[tt.outcome] != 1 {
					t.Errorf("counted %v, want %s", got, tt.outcome)
				}
				if s := b.proxy.transport.Stats(); s.Departed != tt.departed {
					t.Errorf("%d departures, want %d", s.Departed, tt.departed)
				}
			})
		})
	}
}

// once refuses the first request, and answers others with their body.
func once(status int) http.HandlerFunc {
	first := true
	return func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			http.Error(w, "not yet", status)
			return
		}
		if n, _ := io.Copy(w, r.Body); n == 0 {
			_, _ = io.WriteString(w, "well")
		}
	}
}

// An upstream that is not there is told apart from one that hangs up.
func TestUnreachableUpstream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{}, roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }))
		if status, text, _ := b.do(t.Context(), "GET", "/?api_key=secret", ""); status != 502 || !strings.Contains(text, "no route") || strings.Contains(text, "secret") {
			t.Errorf("got %d %s", status, text)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Each bound holds: the one that is too many is told so at once.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		keys   []string // of requests that come at once; the last is one too many
	}{
		{"waiters", Config{MaxWaiters: 1}, []string{"a", "a", "a"}},
		{"requests", Config{MaxRequests: 2}, []string{"a", "b", "c"}},
		{"keys", Config{MaxKeys: 2}, []string{"a", "b", "c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.config.Key = Place{name: "X-Key"}
				tt.config.NewLimiter = spaced(time.Hour)
				b := start(t, tt.config, upstream(t, ok(time.Second)))
				begun, last := time.Now(), len(tt.keys)-1
				var wg sync.WaitGroup
				for _, key := range tt.keys[:last] {
					wg.Go(func() {
						if status, text, _ := b.do(t.Context(), "GET", "/", "", "X-Key", key); status != 200 {
							t.Errorf("key %s: %d %s", key, status, text)
						}
					})
					synctest.Wait()
				}
				status, text, h := b.do(t.Context(), "GET", "/", "", "X-Key", tt.keys[last])
				if status != 503 || h.Get(ErrorField) != string(full) || h.Get("Retry-After") != "1" || !time.Now().Equal(begun) {
					t.Errorf("got %d %s after %v", status, text, time.Since(begun))
				}
				wg.Wait()
				synctest.Wait()
				if n := b.proxy.inside.Load(); n != 0 {
					t.Errorf("%d are still inside", n)
				}
			})
		})
	}
}

// A header that is too large does not get to the proxy, nor past it.
func TestMaxHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{MaxHeader: 1000}, upstream(t, ok(0)))
		if status, text, _ := b.do(t.Context(), "GET", "/", "", "X-Long", strings.Repeat("x", 10_000)); status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("got %d %s", status, text)
		}
		if n := b.proxy.transport.Stats().Departed; n != 0 {
			t.Errorf("%d departures", n)
		}
	})
}

// Bodies are passed on as they come, in both directions, before they are
// complete, however long they are.
func TestBodiesAreStreamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := rc.EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			buffer := make([]byte, 100)
			for {
				n, err := r.Body.Read(buffer)
				if n > 0 {
					_, _ = w.Write(bytes.ToUpper(buffer[:n]))
					_ = rc.Flush()
				}
				if err != nil {
					return
				}
			}
		}))
		body, says := io.Pipe()
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://localhost/", body)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(says, "ping") }()
		resp, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		for _, word := range []string{"", "pong", "again"} {
			if word != "" {
				time.Sleep(time.Hour)
				if _, err := io.WriteString(says, word); err != nil {
					t.Fatal(err)
				}
			}
			want := strings.ToUpper(or(word, "ping"))
			got := make([]byte, len(want))
			if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != want {
				t.Fatalf("got %q, %v; want %q before the request has ended", got, err, want)
			}
		}
		_ = says.Close()
		if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) > 0 {
			t.Errorf("at the end: %q, %v", rest, err)
		}
	})
}

// A body that turns out to be too large while it is streamed is cut short, and
// the upstream does not take it for whole.
func TestLongBodyIsCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := false
		b := start(t, Config{MaxBody: 100_000}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err == nil {
				whole = true
			}
		}))
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://localhost/", io.MultiReader(strings.NewReader(strings.Repeat("x", 100_001))))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge || whole {
			t.Errorf("got %d; the upstream got all of it: %v", resp.StatusCode, whole)
		}
	})
}

// A client that goes away leaves the line at once, and is noticed by the
// upstream; with a body, too, if it is short.
func TestCancellationIsPassedOn(t *testing.T) {
	for _, body := range []string{"", "short"} {
		synctest.Test(t, func(t *testing.T) {
			noticed := make(chan time.Duration, 1)
			begun := time.Now()
			b := start(t, Config{NewLimiter: spaced(time.Hour)}, upstream(t, func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
				noticed <- time.Since(begun)
			}))
			var wg sync.WaitGroup
			for i, patience := range []time.Duration{5 * time.Second, 3 * time.Second} { // under way, and in line
				wg.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					if status, _, _ := b.do(ctx, "POST", fmt.Sprintf("/%d", i), body); status != 0 {
						t.Errorf("status %d, want none", status)
					}
				})
				synctest.Wait()
			}
			time.Sleep(4 * time.Second)
			synctest.Wait()
			if s := b.proxy.transport.Stats(); s.Waiting != 0 || s.NotSent != 1 || s.InFlight != 1 {
				t.Errorf("after 4s: %+v, want one that was not sent and one under way", s)
			}
			if at := <-noticed; at != 5*time.Second {
				t.Errorf("the upstream noticed after %v, want 5s", at)
			}
			wg.Wait()
			synctest.Wait()
			if got := b.outcomes(); got["gone 499"] != 2 {
				t.Errorf("counted %v", got)
			}
		})
	}
}

// The upstream is told what is left of the client's time when it is asked.
func TestDeadlineIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{ColdUntil: time.Now().Add(2 * time.Second)}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Header.Get(TimeoutField))
		}))
		if status, text, _ := b.do(t.Context(), "GET", "/", "", TimeoutField, "1m30s"); status != 200 || text != "88.000" {
			t.Errorf("got %d %s, want 88.000", status, text)
		}
		if status, text, _ := b.do(t.Context(), "GET", "/", ""); status != 200 || text != "" {
			t.Errorf("without one: %d %q", status, text)
		}
	})
}

func TestParseTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{"2": 2 * time.Second, "2.5": 2500 * ms, "150ms": 150 * ms, "1m30s": 90 * time.Second,
		"": 0, "0": 0, "-1": 0, "soon": 0, "NaN": 0, "1e3": 0, "99999999999999999999": 0} {
		got, err := parseTimeout(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
}

// The upstream gets the request as it was, and the client the answer: path,
// query, fields, status, and no compression that nobody asked for.
func TestRequestsAndAnswersArePassedOnAsTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{Upstream: &url.URL{Scheme: "http", Host: "api.example.com", Path: "/v2/"}, Nonce: Place{name: "X-Nonce"}}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
			for name, want := range map[string]string{"Authorization": "Bearer me", "Accept-Encoding": "", "X-Forwarded-For": "", "User-Agent": "mine"} {
				if got := r.Header.Get(name); got != want && name != "Accept-Encoding" {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if r.Header.Get("X-Nonce") == "" {
				t.Error("no nonce")
			}
			w.Header().Set("X-Limit", "5")
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, r.Method+" "+r.Host+" "+r.RequestURI)
		}))
		status, text, h := b.do(t.Context(), "PATCH", "/a%2Fb/c?x=1;y=%zz&z", "", "Authorization", "Bearer me", "User-Agent", "mine")
		if status != http.StatusTeapot || text != "PATCH api.example.com /v2/a%2Fb/c?x=1;y=%zz&z" || h.Get("X-Limit") != "5" {
			t.Errorf("got %d %s, %v", status, text, h)
		}
	})
}

// A redirect within the upstream leads through the proxy, any other does not.
func TestRedirects(t *testing.T) {
	for up, cases := range map[string]map[string]string{
		"http://api.example.com": {
			"http://api.example.com/x?y=1#z": "/x?y=1#z", "http://API.example.com": "/", "//api.example.com/x": "/x",
			"/x": "/x", "x": "x", "https://api.example.com/x": "https://api.example.com/x",
			"http://other.example.com/x": "http://other.example.com/x", "http://[::1": "http://[::1",
			"http://api.example.com//other.example.com/x": "/.//other.example.com/x",
		},
		"http://api.example.com/v2/": {
			"http://api.example.com/v2/x%2Fy": "/x%2Fy", "http://api.example.com/v2": "/",
			"http://api.example.com/v20/x": "http://api.example.com/v20/x", "http://api.example.com/login": "http://api.example.com/login",
		},
	} {
		u, err := url.Parse(up)
		if err != nil {
			t.Fatal(err)
		}
		p := &Proxy{config: Config{Upstream: u}}
		for location, want := range cases {
			if got := p.here(location); got != want {
				t.Errorf("%s: %s leads to %s, want %s", up, location, got, want)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{}, upstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://upstream/there")
			w.WriteHeader(http.StatusFound)
		}))
		if status, _, h := b.do(t.Context(), "GET", "/here", ""); status != 302 || h.Get("Location") != "/there" {
			t.Errorf("got %d to %s", status, h.Get("Location"))
		}
	})
}

// TLS to the upstream, with HTTP/2 where it is spoken, is checked.
func TestTLS(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
		api.EnableHTTP2 = http2
		api.StartTLS()
		defer api.Close()
		up, err := url.Parse(api.URL)
		if err != nil {
			t.Fatal(err)
		}
		for trusted, want := range map[bool]int{true: 200, false: 502} {
			c := Config{Upstream: up, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler)}
			if trusted {
				c.TLS = api.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
				c.TLS.NextProtos = nil
			}
			p, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			rec := httptest.NewRecorder()
			p.ServeHTTP(rec, httptest.NewRequest("GET", "http://127.0.0.1/x", nil))
			proto := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]
			if rec.Code != want || trusted && rec.Body.String() != proto {
				t.Errorf("trusted %v, HTTP/2 %v: %d %s", trusted, http2, rec.Code, rec.Body)
			}
			p.transport.CloseIdleConnections()
		}
	}
}

// At the end, what waits and is under way may finish; nobody else gets in.
func TestDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{NewLimiter: spaced(2 * time.Second)}, upstream(t, ok(time.Second)))
		begun := time.Now()
		var wg sync.WaitGroup
		for range 3 { // answered after 1, 3 and 5 s
			wg.Go(func() {
				if status, text, _ := b.do(t.Context(), "GET", "/", ""); status != 200 {
					t.Errorf("%d %s", status, text)
				}
			})
		}
		synctest.Wait()
		if status, _, _ := b.do(t.Context(), "GET", HealthPath, ""); status != 200 {
			t.Errorf("health is %d, want 200", status)
		}
		b.signal()
		synctest.Wait()
		if status, text, _ := b.do(t.Context(), "GET", "/late", ""); status != 0 {
			t.Errorf("afterwards %d %s, want nobody there", status, text)
		}
		if rec := httptest.NewRecorder(); true {
			b.proxy.ServeHTTP(rec, httptest.NewRequest("GET", HealthPath, nil))
			if rec.Code != 503 || rec.Header().Get("Connection") != "close" {
				t.Errorf("health is %d while draining", rec.Code)
			}
		}
		err := <-b.ended
		if took := time.Since(begun); err != nil || took < 5*time.Second || took > 6*time.Second {
			t.Errorf("ended after %v, %v; want 5s", took, err)
		}
		wg.Wait()
		b.ended <- nil
	})
}

// Whoever would take too long is told so.
func TestDrainingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{NewLimiter: spaced(time.Hour), DrainTime: 3 * time.Second}, upstream(t, ok(time.Minute)))
		begun := time.Now()
		var wg sync.WaitGroup
		for range 2 { // one under way, one in line
			wg.Go(func() {
				if status, text, h := b.do(t.Context(), "GET", "/", ""); status != 503 || h.Get(ErrorField) != string(stopping) {
					t.Errorf("%d %s", status, text)
				}
			})
		}
		synctest.Wait()
		b.signal()
		err := <-b.ended
		if want := "2 requests were still under way after 3s"; err == nil || err.Error() != want || time.Since(begun) > 4*time.Second {
			t.Errorf("%v after %v, want %s", err, time.Since(begun), want)
		}
		wg.Wait()
		b.ended <- nil
		time.Sleep(time.Minute)
	})
}

// Nothing that is secret is logged or counted by name, wherever a client puts it.
func TestNoSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const secret = "UT4NHL1J796WCHULA1750MXYF9F5JYA6"
		b := start(t, Config{Key: Place{name: "X-Api-Key"}, LogRequests: true}, upstream(t, once(429)))
		for _, path := range []string{"/" + secret + "/x", "/y?api_key=" + secret} {
			b.do(t.Context(), "POST", path, secret, "X-Api-Key", secret, "Cookie", secret)
		}
		_, metrics, _ := b.do(t.Context(), "GET", MetricsPath, "")
		synctest.Wait()
		all := b.log.String() + metrics
		if strings.Contains(all, secret) || strings.Contains(all, secret[:8]) {
			t.Errorf("a key is told in\n%s", all)
		}
		key := b.proxy.names.of(secret)
		for _, want := range []string{
			`msg="the upstream refuses" key=` + key + ` status=429`,
			`msg=request method=POST path=/(key)/x key=` + key + ` status=429 outcome=answered`,
			`msg=request method=POST path=/y key=` + key + ` status=200 outcome=answered`,
			`ratebench_proxy_requests_total{outcome="answered",status="429"} 1`,
			"ratebench_gate_limited_total 1", "ratebench_gate_succeeded_total 1", "ratebench_gate_keys 1", "ratebench_proxy_wait_seconds_count 2",
		} {
			if !strings.Contains(all, want) {
				t.Errorf("no %s in\n%s", want, all)
			}
		}
		if newKeyNames().of(secret) == key {
			t.Error("the name of a key is the same in the next proxy")
		}
	})
}

// Web pages are kept out of everything but health.
func TestWebPagesAreKeptOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, Config{}, upstream(t, ok(0)))
		for path, want := range map[string]int{"/x": 403, MetricsPath: 403, HealthPath: 200} {
			if status, _, _ := b.do(t.Context(), "GET", path, "", "Origin", "http://evil.example"); status != want {
				t.Errorf("%s is %d for a web page, want %d", path, status, want)
			}
		}
		if n := b.proxy.transport.Stats().Departed; n != 0 {
			t.Errorf("%d departures", n)
		}
	})
}

// What has no path of the API costs nothing of its limit: a client that takes the
// proxy for a forward proxy is told what it is.
func TestNotAForwardProxy(t *testing.T) {
	for _, head := range []string{"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80", "PRI * HTTP/2.0", "GET * HTTP/1.1\r\nHost: 127.0.0.1"} {
		p, err := New(Config{Upstream: &url.URL{Scheme: "http", Host: "upstream"}, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		p.transport.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
			t.Errorf("%.20s: the upstream is asked for %s", head, r.URL)
			return nil, errors.New("unexpected")
		})
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "in place of the API") {
			t.Errorf("%.20s: answered %d %s", head, w.Code, w.Body)
		}
	}
}
