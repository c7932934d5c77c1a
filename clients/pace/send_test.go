package pace

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// fakeConn notes that it was closed.
type fakeConn struct {
	net.Conn
	closed bool
}

func (c *fakeConn) Close() error {
	c.closed = true
	return nil
}

// http2Conn is a connection that other requests share.
type http2Conn struct{ *fakeConn }

func (http2Conn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{NegotiatedProtocol: "h2"}
}

// breaking is a base whose first connections for each request break, as net/http
// lives through it: it gets another one, on which it would repeat the request.
type breaking struct {
	times  int // how often it breaks, of all attempts of the transport
	bodies []string
	repeat *fakeConn
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GotConn(httptrace.GotConnInfo{Conn: &fakeConn{}})
	body := ""
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		body = string(text)
	}
	b.bodies = append(b.bodies, body)
	trace.WroteRequest(httptrace.WroteRequestInfo{})
	time.Sleep(ms)
	if len(b.bodies) > b.times {
		return answer(r, 200), nil
	}
	b.repeat = &fakeConn{}
	trace.GotConn(httptrace.GotConnInfo{Conn: b.repeat, Reused: true})
	return nil, net.ErrClosed
}

// onBreaking sends one request, and returns its error and how many departures
// there were.
func onBreaking(t *testing.T, b *breaking, req *http.Request, gap time.Duration) (departures int, err error) {
	t.Helper()
	l := audit(evenly(gap))
	tr := &Transport{NewLimiter: func(string) (limiter.Limiter, error) { return l, nil }, Base: b}
	_, err = tr.RoundTrip(req)
	l.check(t, len(b.bodies))
	return len(b.bodies), err
}

func get(t *testing.T, ctx context.Context, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://host/", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A request whose connection breaks is sent again, as a departure of its own,
// and not for ever.
func TestTransportRepeats(t *testing.T) {
	for times, want := range map[int]int{0: 1, 1: 2, 5: 6, 6: 6, 100: 6} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			b := &breaking{times: times}
			n, err := onBreaking(t, b, get(t, t.Context(), nil), 10*ms)
			if n != want || errors.Is(err, ErrBroken) != (times > 5) {
				t.Errorf("%d times broken: %d departures, %v; want %d", times, n, err, want)
			}
			if took, want := time.Since(start), time.Duration(n-1)*10*ms+ms; took != want {
				t.Errorf("%d times broken: took %v, want %v", times, took, want)
			}
			if b.repeat != nil && !b.repeat.closed {
				t.Error("the connection for the repetition is open")
			}
		})
	}
}

func TestTransportRepeatsBodiesThatItCanHaveAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &breaking{times: 2}
		n, err := onBreaking(t, b, get(t, t.Context(), strings.NewReader("body")), ms)
		if n != 3 || err != nil || strings.Join(b.bodies, " ") != "body body body" {
			t.Errorf("bodies %q, %v", b.bodies, err)
		}
		once := get(t, t.Context(), io.MultiReader(strings.NewReader("body")))
		if n, err := onBreaking(t, &breaking{times: 2}, once, ms); n != 1 || !errors.Is(err, ErrBroken) {
			t.Errorf("a body that cannot be had again: %d departures, %v", n, err)
		}
		lost := errors.New("body is lost")
		gone := get(t, t.Context(), strings.NewReader("body"))
		gone.GetBody = func() (io.ReadCloser, error) { return nil, lost }
		if n, err := onBreaking(t, &breaking{times: 2}, gone, ms); n != 1 || !errors.Is(err, lost) {
			t.Errorf("a body that is lost: %d departures, %v", n, err)
		}
	})
}

// Whoever gives up before the repetition has sent something all the same: that
// is no WaitError.
func TestTransportIsNotAllowedToRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*ms)
		defer cancel()
		n, err := onBreaking(t, &breaking{times: 2}, get(t, ctx, nil), 10*ms)
		if _, waiting := errors.AsType[*WaitError](err); waiting || n != 1 || !errors.Is(err, ErrBroken) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d departures, %v", n, err)
		}
		const want = "the connection broke while the request was on its way, and it was not repeated: the wait would be too long: context deadline exceeded"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// A connection that other requests share is not closed: over HTTP/2 a request
// is repeated only if the server has not looked at it, and leaves later.
func TestSendLeavesSharedConnectionsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g := newGate(t, GateConfig{Limiter: &spaced{}, Delayed: true})
		p, err := g.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		shared := http2Conn{&fakeConn{}}
		_, o, err := g.Send(p, roundTripper(func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			for range 2 {
				trace.GotConn(httptrace.GotConnInfo{Conn: shared})
				time.Sleep(3 * ms)
				trace.WroteRequest(httptrace.WroteRequestInfo{})
			}
			time.Sleep(ms)
			return answer(r, 200), nil
		}), get(t, t.Context(), nil))
		if err != nil || o.Status != 200 || shared.closed {
			t.Errorf("%+v, %v, closed %v", o, err, shared.closed)
		}
		if o = g.Done(p, o); o.Sent.Sub(start) != 6*ms {
			t.Errorf("sent at %v, want 6ms", o.Sent.Sub(start))
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The answer belongs to the request that was given, and hooks of the caller's
// are called, too.
func TestSendKeepsTheCallersRequestAndHooks(t *testing.T) {
	g := newGate(t, GateConfig{Limiter: &spaced{}, Delayed: true})
	p, err := g.Wait(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	wrote := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { wrote++ }})
	req := get(t, ctx, nil)
	resp, _, err := g.Send(p, &breaking{}, req)
	if err != nil || resp.Request != req || wrote != 1 {
		t.Errorf("%v, the same request: %v, written %d times", err, resp.Request == req, wrote)
	}
}
