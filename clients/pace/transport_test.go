package pace

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

func TestTransportIsFirstInFirstOut(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		for i, name := range []string{"a", "b", "c", "d"} {
			l.request(l.t.Context(), name, time.Duration(i)*ms)
		}
	}, "0s a departs", "10ms b departs", "20ms c departs", "30ms d departs")
}

// Whoever is cancelled in line leaves it at once, and those behind move up.
func TestTransportCancelInLine(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		cancelled := func(at time.Duration) context.Context {
			ctx, cancel := context.WithCancelCause(l.t.Context())
			time.AfterFunc(at, func() { cancel(errors.New("the user has left")) })
			return ctx
		}
		front := cancelled(7 * ms)
		l.request(l.t.Context(), "a", 0)
		l.request(front, "b", 1*ms)
		l.request(cancelled(6*ms), "c", 2*ms)
		l.request(l.t.Context(), "d", 3*ms)
		l.request(front, "e", 8*ms)
	}, "0s a departs",
		"6ms c: request not sent after waiting 4ms: the user has left",
		"7ms b: request not sent after waiting 6ms: the user has left",
		"8ms e: request not sent after waiting 0s: the user has left",
		"10ms d departs")
}

func TestTransportDeadline(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		l.request(l.t.Context(), "a", 0)
		l.request(l.within(8*ms), "b", 1*ms)
		l.request(l.within(12*ms), "c", 2*ms) // leaves, and is cut off on its way
		l.request(l.within(24*ms), "d", 3*ms)
	}, "0s a departs",
		"3ms b: request not sent after waiting 2ms, with 7ms to go at least: the wait would be too long: context deadline exceeded",
		"10ms c departs", "12ms c: context deadline exceeded", "20ms d departs")
}

// c could leave at 10 ms, and would have its answer at 13 ms, too late: that is
// known when the answer to a is in.
func TestTransportAnswerTime(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		l.transport.AnswerTime = 3 * ms
		l.request(l.t.Context(), "a", 0)
		l.request(l.within(12*ms), "c", 1*ms)
		l.request(l.within(14*ms), "d", 2*ms)
		l.request(l.within(16*ms), "e", 15*ms)
	}, "0s a departs",
		"3ms c: request not sent after waiting 2ms, with 7ms to go at least: the wait would be too long: deadline passed at the gate", "10ms d departs",
		"15ms e: request not sent after waiting 0s, with 5ms to go at least: the wait would be too long: deadline passed at the gate")
}

func TestTransportMaxWait(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		l.transport.MaxWait = 9 * ms
		l.request(l.t.Context(), "a", 0)
		l.request(l.t.Context(), "b", 1*ms) // a departure at the last instant is in time
		l.request(l.t.Context(), "c", 2*ms)
	}, "0s a departs", "10ms b departs", "11ms c: request not sent after waiting 9ms: deadline passed at the gate")
}

func TestWaitErrors(t *testing.T) {
	left := errors.New("left")
	for _, c := range []struct {
		name    string
		ctx     func(context.Context) (context.Context, context.CancelFunc)
		maxWait time.Duration
		is      error
		timeout bool
	}{
		{"cancelled", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			cancel(left)
			return ctx, func() {}
		}, 0, left, false},
		{"the gate's own error as a cause", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(ms, func() { cancel(ErrDeadline) })
			return ctx, func() {}
		}, 0, ErrDeadline, false},
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 5*ms)
		}, 0, context.DeadlineExceeded, true},
		{"deadline with a cause", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(ctx, 5*ms, left)
		}, 0, left, true},
		{"waited too long", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(ctx)
		}, 5 * ms, ErrExpired, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := c.ctx(t.Context())
				defer cancel()
				never, err := limiter.Guards{InFlight: 1}.Guard(evenly(ms))
				if err != nil {
					t.Fatal(err)
				}
				never.Sent(time.Now(), 1)
				client := http.Client{Transport: &Transport{
					NewLimiter: func(string) (limiter.Limiter, error) { return never, nil },
					MaxWait:    c.maxWait,
				}}
				req, err := http.NewRequestWithContext(ctx, "GET", "http://host/", nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = client.Do(req)
				outer, ok := errors.AsType[*url.Error](err)
				if !ok || outer.Timeout() != c.timeout || !errors.Is(err, c.is) {
					t.Errorf("got %v, timeout %v; want %v, timeout %v", err, ok && outer.Timeout(), c.is, c.timeout)
				}
				if _, ok := errors.AsType[*WaitError](err); !ok {
					t.Errorf("%v is no WaitError", err)
				}
			})
		})
	}
}

// http.Client's own timeout reaches the gate, too.
func TestTransportClientTimeout(t *testing.T) {
	onTransport(t, func(l *tripLog) {
		client := http.Client{Transport: l.transport, Timeout: 5 * ms}
		for range 2 {
			resp, err := client.Get("http://host/x")
			if err != nil {
				// net/http adds this when its own timer goes first.
				l.note("%s", strings.TrimSuffix(err.Error(), " (Client.Timeout exceeded while awaiting headers)"))
				continue
			}
			_ = resp.Body.Close()
		}
	}, "0s x departs", `3ms Get "http://host/x": request not sent after waiting 0s, with 7ms to go at least: the wait would be too long: context deadline exceeded`)
}

func TestTransportWithoutLimiter(t *testing.T) {
	body := &closeCounter{}
	req, err := http.NewRequest("POST", "http://host/", body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := new(Transport).RoundTrip(req); err != errNoNewLimiter || body.closed != 1 {
		t.Errorf("error %v, body closed %d times", err, body.closed)
	}
}

// What Prepare does to its copy does not show on the request.
func TestTransportLeavesTheRequestAlone(t *testing.T) {
	var sent string
	tr := &Transport{
		NewLimiter: func(string) (limiter.Limiter, error) { return evenly(ms), nil },
		Prepare: func(r *http.Request, p Permit) (*http.Request, error) {
			r.Header.Set("X-Nonce", "1")
			q := r.URL.Query()
			q.Set("nonce", "1")
			r.URL.RawQuery = q.Encode()
			return r, nil
		},
		Base: trip(func(r *http.Request) (*http.Response, error) {
			sent = r.URL.RawQuery + " " + r.Header.Get("X-Nonce")
			return answer(r, 200), nil
		}),
	}
	req, err := http.NewRequest("GET", "http://host/?a=b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.RoundTrip(req); err != nil {
		t.Fatal(err)
	}
	if sent != "a=b&nonce=1 1" || req.URL.RawQuery != "a=b" || len(req.Header) != 0 {
		t.Errorf("sent %q; the request has %q, %v", sent, req.URL.RawQuery, req.Header)
	}
}

// Many goroutines on few keys: each nonce is greater than the one before it on
// its key, in the order in which the limiter let them go.
func TestTransportNonces(t *testing.T) {
	const requests, keys = 200, 3
	synctest.Test(t, func(t *testing.T) {
		limiters := map[string]*audited{}
		departed := map[string][]Permit{}
		var mu sync.Mutex
		tr := &Transport{
			Key: func(r *http.Request) string { return r.Host },
			NewLimiter: func(key string) (limiter.Limiter, error) {
				mu.Lock()
				defer mu.Unlock()
				if limiters[key] != nil {
					t.Errorf("a second limiter for %s", key)
				}
				limiters[key] = audit(limitertest.New(&bucket.Reservation{}, limiter.Quota{Limit: 7, Window: 10 * ms}))
				return limiters[key], nil
			},
			Prepare: func(r *http.Request, p Permit) (*http.Request, error) {
				mu.Lock()
				defer mu.Unlock()
				departed[r.Host] = append(departed[r.Host], p)
				return r, nil
			},
			Base: trip(func(r *http.Request) (*http.Response, error) {
				time.Sleep(ms)
				return answer(r, 200), nil
			}),
		}
		var wg sync.WaitGroup
		for i := range requests {
			wg.Go(func() {
				req, err := http.NewRequest("GET", fmt.Sprintf("http://%d/", i%keys), nil)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := tr.RoundTrip(req); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for key, permits := range departed {
			limiters[key].check(t, len(permits))
			slices.SortFunc(permits, func(a, b Permit) int { return int(a.Ticket) - int(b.Ticket) })
			for i := range permits[1:] {
				if permits[i+1].Nonce <= permits[i].Nonce || permits[i+1].Granted.Before(permits[i].Granted) {
					t.Errorf("key %s: %+v after %+v", key, permits[i+1], permits[i])
				}
			}
		}
		if len(departed) != keys {
			t.Errorf("%d keys, want %d", len(departed), keys)
		}
	})
}

type idleCloser struct {
	http.RoundTripper
	closed int
}

func (c *idleCloser) CloseIdleConnections() { c.closed++ }

func TestTransportClosesIdleConnections(t *testing.T) {
	base := &idleCloser{}
	(&http.Client{Transport: &Transport{Base: base}}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("passed on %d times", base.closed)
	}
	(&Transport{Base: trip(nil)}).CloseIdleConnections() // has none to close
}
