package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/ratelimit"
	"golang.org/x/time/rate"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/server"
)

// limiterCalls is what a limiter costs that says yes.
func limiterCalls(w io.Writer) error {
	const n = 1_000_000
	start := time.Unix(1_700_000_000, 0)
	subjects := []subject{{"x/time/rate, ReserveN", func() (float64, error) {
		l := rate.NewLimiter(1000, 1)
		for i := range n {
			l.ReserveN(start.Add(time.Duration(i)*2*time.Millisecond), 1)
		}
		return n, nil
	}}}
	for name, c := range map[string]limiter.Config{"paced, Next+Sent+Done": &limiter.Paced{}} {
		subjects = append(subjects, subject{name, func() (float64, error) {
			l, err := c.New(limiter.Quota{Limit: 1000, Window: time.Second})
			if err != nil {
				return 0, err
			}
			for i := range n {
				now := start.Add(time.Duration(i) * 2 * time.Millisecond)
				if l.Next(now, 1).After(now) {
					return 0, errors.New("has to wait")
				}
				l.Done(now, l.Sent(now, 1), limiter.Outcome{Status: 200})
			}
			return n, nil
		}})
	}
	return compare(w, "limiters", "ns per request", 1, 5, subjects)
}

const (
	callers  = 64
	duration = 3 * time.Second
	jitter   = 5 * time.Millisecond // J on the loopback
)

// transports is how many requests get through at a rate, and how many of them the
// server's own log refuses.
func transports(w io.Writer) error {
	fmt.Fprintf(w, "%d callers on the loopback, %v each\n", callers, duration)
	for _, perSecond := range []int{100, 1_000, 5_000, 20_000} {
		var first float64
		for i, t := range transportsAt(perSecond) {
			got, refused, err := load(perSecond, t.make)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			if i == 0 {
				first = got
			}
			fmt.Fprintf(w, "  %6d/s  %-28s %9.1f per second     × %.3f  %d too early\n", perSecond, t.name, got, got/first, refused)
		}
	}
	return nil
}

type named struct {
	name string
	make func(base http.RoundTripper) (http.RoundTripper, error)
}

func transportsAt(perSecond int) []named {
	return []named{
		{"x/time/rate, burst 1", func(base http.RoundTripper) (http.RoundTripper, error) {
			l := rate.NewLimiter(rate.Limit(perSecond), 1)
			return waiting{base, l.Wait}, nil
		}},
		{"pace.Transport, paced", func(base http.RoundTripper) (http.RoundTripper, error) {
			return &pace.Transport{Base: base, NewLimiter: func(string) (limiter.Limiter, error) {
				return (&limiter.Paced{Spread: jitter}).New(limiter.Quota{Limit: perSecond, Window: time.Second})
			}}, nil
		}},
		{"uber/ratelimit", func(base http.RoundTripper) (http.RoundTripper, error) {
			l := ratelimit.New(perSecond, ratelimit.WithoutSlack)
			return waiting{base, func(context.Context) error { l.Take(); return nil }}, nil
		}},
	}
}

// waiting is a transport as one writes it around a limiter.
type waiting struct {
	base http.RoundTripper
	wait func(context.Context) error
}

func (t waiting) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.wait(r.Context()); err != nil {
		return nil, err
	}
	return t.base.RoundTrip(r)
}

// load sends requests as fast as a transport lets them go, to a server that logs
// when they came, and returns how many were answered per second, and how many
// came too early for a limit of so many in a second.
func load(perSecond int, make func(http.RoundTripper) (http.RoundTripper, error)) (got float64, refused int, err error) {
	o := &oracle{limit: perSecond}
	url, closeServer, err := serve(o)
	if err != nil {
		return 0, 0, err
	}
	defer closeServer()
	base := &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}
	defer base.CloseIdleConnections()
	t, err := make(base)
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), duration)
	defer cancel()
	var answered atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for range callers {
		all.Go(func() {
			for get(ctx, t, url) == nil {
				answered.Add(1)
			}
		})
	}
	all.Wait()
	return float64(answered.Load()) / time.Since(start).Seconds(), o.refused, nil
}

func get(ctx context.Context, t http.RoundTripper, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := t.RoundTrip(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return errors.Join(err, answer.Body.Close())
}

// An oracle is a sliding log: it counts the requests that come when as many as the
// limit came within the second before.
type oracle struct {
	limit int

	mu      sync.Mutex
	came    []time.Time // the last of them, as a ring
	n       int
	refused int
}

func (o *oracle) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	now := time.Now()
	if len(o.came) < o.limit {
		o.came = append(o.came, now)
	} else {
		place := &o.came[o.n%o.limit]
		if now.Sub(*place) <= time.Second {
			o.refused++
		}
		*place = now
	}
	o.n++
	o.mu.Unlock()
	w.WriteHeader(http.StatusOK)
}

func serve(h http.Handler) (url string, closeServer func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := server.HTTPServer(h)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(ln) // ends with http.ErrServerClosed, by Close below
	}()
	return "http://" + ln.Addr().String(), func() { _ = s.Close(); <-done }, nil
}

// servers is what a request costs over HTTP, client and server together.
func servers(w io.Writer) error {
	reference := server.ReferenceConfig()
	reference.Limit.N, reference.BlockAfter = 1_000_000, 0
	srv, err := server.New(reference)
	if err != nil {
		return err
	}
	var nonce atomic.Int64
	empty := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	return compare(w, "a request over HTTP, both ends", "µs per request", time.Microsecond, 3, []subject{
		{"an empty handler", requests(empty, func() string { return server.Path })},
		{"the server", requests(server.Handler(srv, server.WallClock(context.Background())), func() string {
			return fmt.Sprintf("%s?api_key=%s&nonce=%d&req_id=1", server.Path, reference.Keys[0], nonce.Add(1))
		})},
	})
}

func requests(h http.Handler, path func() string) func() (float64, error) {
	return func() (float64, error) {
		const n = 20_000
		url, closeServer, err := serve(h)
		if err != nil {
			return 0, err
		}
		defer closeServer()
		base := &http.Transport{DisableCompression: true}
		defer base.CloseIdleConnections()
		for range n {
			if err := get(context.Background(), base, url+path()); err != nil {
				return 0, err
			}
		}
		return n, nil
	}
}
