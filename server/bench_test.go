package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ratebench/server"
)

// The nonces of accepted and of refused requests.
var benchNonces = [...]string{"1751364000000", "1751364000000", "abc", "", "9999999999999999999x"}

func TestArriveDoesNotAllocate(t *testing.T) {
	key, err := server.NewKey(server.Limit{N: 20, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	now, i := epoch, 0
	allocs := testing.AllocsPerRun(1000, func() {
		key.Arrive(now, benchNonces[i%len(benchNonces)])
		now = now.Add(30 * time.Millisecond) // more often than allowed
		i++
	})
	if allocs != 0 {
		t.Errorf("%v allocations per arrival", allocs)
	}
}

func TestServeDoesNotAllocate(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Latency = fixed; c.BlockAfter = 0 })
	clock := &driftingClock{now: epoch}
	for _, name := range []string{server.DefaultKeys()[2], "stranger"} {
		i := 0
		allocs := testing.AllocsPerRun(1000, func() {
			serveOne(t, srv, clock, name, benchNonces[i%len(benchNonces)])
			i++
		})
		if allocs != 0 {
			t.Errorf("%v allocations per request", allocs)
		}
	}
}

func BenchmarkArrive(b *testing.B) {
	key, err := server.NewKey(server.Limit{N: 20, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		b.Fatal(err)
	}
	now := epoch
	b.ReportAllocs()
	for b.Loop() {
		key.Arrive(now, benchNonces[0])
		now = now.Add(50 * time.Millisecond)
	}
}

func BenchmarkOpenServe(b *testing.B) {
	srv := newServer(b, func(c *server.Config) { c.Latency = fixed; c.BlockAfter = 0 })
	clock := &driftingClock{now: epoch}
	name := server.DefaultKeys()[2]
	b.ReportAllocs()
	for b.Loop() {
		serveOne(b, srv, clock, name, benchNonces[0])
	}
}

// What serving a request costs besides net/http's own work.
func BenchmarkHandler(b *testing.B) {
	srv := newServer(b, func(c *server.Config) { c.Limit = server.Limit{N: 1, Window: 1}; c.Resolution = 0 })
	h := server.Handler(srv, server.WallClock(b.Context()))
	query, form := requests()
	for _, c := range []struct {
		name    string
		request *http.Request
	}{{"query", query}, {"form", form}} {
		b.Run(c.name, func(b *testing.B) {
			w := &discard{header: make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, c.request)
			}
		})
	}
}

// requests returns the same request twice, with the parameters in the query
// and in a form whose body never ends.
func requests() (query, form *http.Request) {
	const params = "api_key=" + validKey + "&nonce=1751364000000&req_id=17"
	query = httptest.NewRequest("GET", server.Path+"?"+params, nil)
	form = httptest.NewRequest("GET", server.Path, nil)
	form.Header.Set("Content-Type", formType)
	form.Body = &endless{text: params}
	return query, form
}

// An endless body has the same text over and over, each time up to an EOF.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read == len(e.text) {
		e.read = 0
		return 0, io.EOF
	}
	n := copy(p, e.text[e.read:])
	e.read += n
	return n, nil
}

func (e *endless) Close() error { return nil }

// discard is a ResponseWriter that keeps its header only.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header              { return d.header }
func (d *discard) Write(p []byte) (int, error)      { return len(p), nil }
func (d *discard) WriteHeader(int)                  {}
func (d *discard) SetWriteDeadline(time.Time) error { return nil }

func serveOne(t testing.TB, srv *server.Server, clock server.Clock, key, nonce string) {
	ex := srv.Open(key, nonce)
	if ex.Latency() <= 0 {
		t.Fatal("no latency was drawn")
	}
	if _, err := ex.Serve(clock); err != nil {
		t.Fatal(err)
	}
}

// A driftingClock passes exactly the time that is slept. It has one user.
type driftingClock struct{ now time.Time }

func (c *driftingClock) Now() time.Time { return c.now }

func (c *driftingClock) Sleep(d time.Duration) error {
	c.now = c.now.Add(d)
	return nil
}

// What a thousand keys take.
func BenchmarkNew(b *testing.B) {
	c := server.ReferenceConfig()
	c.Keys = server.Keys(1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := server.New(c); err != nil {
			b.Fatal(err)
		}
	}
}
