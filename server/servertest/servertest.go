// Package servertest is a rate-limited API for tests of clients, as
// net/http/httptest is a server for tests of anything:
//
//	api := servertest.New(t, server.ReferenceConfig())        // on a socket of the loopback
//	api := servertest.NewInMemory(t, server.ReferenceConfig()) // in a testing/synctest bubble
//
// In a bubble an hour's quota takes milliseconds, and what arrives when is exact:
// latencies are those of the configuration, and nothing else takes time. The API
// keeps a [Log] of what it was asked, which says how many requests were accepted
// and refused, and how many came within any window, by key and by route:
//
//	func TestPollKeepsTheQuota(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) {
//			api := servertest.NewInMemory(t, server.Config{
//				Keys:  []string{"mine"},
//				Limit: server.Limit{N: 60, Window: time.Hour},
//			})
//			poll(t, api.Client(), api.URL) // what is to be tested
//			api.Log().Key("mine").WantRefused(t, 0)
//			api.Log().WantAtMost(t, 60, time.Hour)
//		})
//	}
package servertest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"ratebench/server"
	"ratebench/server/memnet"
)

// An API is a rate-limited API that serves until its test ends. It is safe for
// concurrent use.
type API struct {
	// URL is the base of the API, such as http://127.0.0.1:40123, without a
	// slash at the end. Where there is no socket, only clients that dial with
	// Dial can reach it.
	URL string
	// Server judges the requests. Its limit can be changed, and its memory
	// lost.
	Server *server.Server

	known  bool // only keys that are known are
	clock  server.Clock
	told   func(server.Handled)
	start  time.Time
	dial   dialer
	client *http.Client

	mu       sync.Mutex
	requests []Request // in the order in which they were answered
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// A Config describes an API that is more than a server with a limit.
type Config struct {
	// Server judges the requests. Required.
	Server server.Config
	// HTTP is how they are read and answered: with a Front every path is one of
	// the API's, and a Dialect tells of limits as real APIs do. The zero value is
	// the reference's. Observe is told of each request beside the Log.
	HTTP server.APIConfig
}

// New starts a server with the reference's protocol on a free port of the
// loopback, and closes it when the test ends. A configuration that is out of
// range fails the test at once.
func New(t testing.TB, c server.Config) *API {
	t.Helper()
	return Start(t, Config{Server: c})
}

// NewInMemory is New without a socket: for a testing/synctest bubble, to which
// the API then belongs, and wherever no port is to be had. Requests reach it
// through Client or Dial.
func NewInMemory(t testing.TB, c server.Config) *API {
	t.Helper()
	return StartInMemory(t, Config{Server: c})
}

// Start is New for any API.
func Start(t testing.TB, c Config) *API {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("servertest: the API needs a port on the loopback: %v", err)
	}
	return start(t, c, ln, func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", ln.Addr().String())
	})
}

// StartInMemory is NewInMemory for any API.
func StartInMemory(t testing.TB, c Config) *API {
	t.Helper()
	ln := memnet.Listen()
	return start(t, c, ln, ln.Dial)
}

// start serves on ln, which dial reaches, and closes it when the test ends.
func start(t testing.TB, c Config, ln net.Listener, dial dialer) *API {
	t.Helper()
	if c.HTTP.Dialect != nil {
		c.Server.Statements.Limits = true // which it tells of
	}
	srv, err := server.New(c.Server)
	if err != nil {
		_ = ln.Close() // nobody has used it
		t.Fatalf("servertest: %v", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	a := &API{
		URL: "http://" + ln.Addr().String(), Server: srv,
		known: !c.Server.AnyKey, clock: server.WallClock(ctx), dial: dial, told: c.HTTP.Observe,
	}
	a.start = a.clock.Now()
	c.HTTP.Observe = a.observe
	handler, err := server.NewAPI(srv, a.clock, c.HTTP)
	if err != nil {
		cancel()
		_ = ln.Close() // nobody has used it
		t.Fatalf("servertest: %v", err)
	}
	// TLS would be no use in a test: a client with the URL of the real API
	// meets this one without.
	transport := &http.Transport{DialContext: dial, DialTLSContext: dial, MaxIdleConnsPerHost: 100}
	a.client = &http.Client{Transport: transport}
	stop := serve(ln, handler)
	t.Cleanup(func() {
		cancel()
		transport.CloseIdleConnections()
		if err := stop(); err != nil {
			t.Errorf("servertest: %v", err)
		}
	})
	return a
}

// serve serves until stop is called, which returns when every connection is
// closed. In a bubble nothing is left behind then.
func serve(ln net.Listener, handler http.Handler) (stop func() error) {
	var open sync.WaitGroup
	h := server.HTTPServer(handler)
	h.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Done()
		}
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve(ln) }()
	return func() error {
		err := h.Close()
		if cause := <-served; cause != http.ErrServerClosed {
			err = cause
		}
		open.Wait()
		return err
	}
}

// Client returns a client whose every request goes to the API, whatever the host
// of its URL is, and without TLS: what has the URL of the real API built in need
// not be changed. Its Transport is an *http.Transport, to put others on top of.
func (a *API) Client() *http.Client { return a.client }

// Dial connects to the API, whatever the network and the address are: for the
// DialContext of an http.Transport of one's own.
func (a *API) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return a.dial(ctx, network, address)
}

// observe keeps what became of a request.
func (a *API) observe(h server.Handled) {
	arrived := h.Arrived
	if arrived.IsZero() {
		arrived = a.clock.Now()
	}
	r := Request{At: arrived.Sub(a.start), Route: h.Asked.Route, Resource: h.Asked.Resource, Status: h.Status, Verdict: h.Verdict}
	if h.Key >= 0 || !a.known {
		r.Key = h.Asked.Key
	}
	if r.Route == "" {
		r.Route = h.Method + " " + h.Path
	}
	if a.told != nil {
		a.told(h)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, r)
}
