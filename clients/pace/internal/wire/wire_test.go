package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"testing"
)

// A conn counts how often it is closed.
type conn struct {
	net.Conn
	closed int
}

func (c *conn) Close() error {
	c.closed++
	return nil
}

// A tlsConn is one on which a protocol was agreed.
type tlsConn struct {
	*conn
	protocol string
}

func (c tlsConn) ConnectionState() tls.ConnectionState {
	return tls.ConnectionState{NegotiatedProtocol: c.protocol}
}

// An exchange is what a base does with a request.
type exchange func(*httptrace.ClientTrace) (*http.Response, error)

func (f exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	return f(httptrace.ContextClientTrace(req.Context()))
}

func request(t *testing.T) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://host/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// The connections that a base takes for a request, each of which it writes the
// request on, and how that ends.
func TestRoundTrip(t *testing.T) {
	reset := errors.New("connection reset")
	for _, tt := range []struct {
		name   string
		conns  []string // "": without TLS, or the protocol
		err    error    // of the base
		want   error
		wrote  int
		closed []int
	}{
		{"one connection", []string{""}, nil, nil, 1, []int{0}},
		{"one connection that fails", []string{""}, reset, reset, 1, []int{0}},
		{"no connection", nil, reset, reset, 0, nil},
		{"a repetition", []string{"", ""}, reset, ErrBroken, 1, []int{0, 1}},
		{"a repetition with TLS", []string{"http/1.1", "http/1.1"}, reset, ErrBroken, 1, []int{0, 1}},
		{"two repetitions", []string{"", "", ""}, reset, ErrBroken, 1, []int{0, 1, 1}},
		{"a repetition with HTTP/2", []string{"h2", "h2"}, nil, nil, 2, []int{0, 0}},
		{"a repetition with HTTP/2 that fails", []string{"h2", "h2"}, reset, reset, 2, []int{0, 0}},
		{"HTTP/2 after HTTP/1", []string{"", "h2"}, nil, nil, 2, []int{0, 0}},
		{"HTTP/1 between HTTP/2", []string{"h2", "", "h2"}, reset, ErrBroken, 1, []int{0, 1, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var conns []*conn
			base := exchange(func(trace *httptrace.ClientTrace) (*http.Response, error) {
				for _, protocol := range tt.conns {
					c := &conn{}
					conns = append(conns, c)
					if protocol == "" {
						trace.GotConn(httptrace.GotConnInfo{Conn: c})
					} else {
						trace.GotConn(httptrace.GotConnInfo{Conn: tlsConn{c, protocol}})
					}
					trace.WroteRequest(httptrace.WroteRequestInfo{})
				}
				if tt.err != nil {
					return nil, tt.err
				}
				return &http.Response{StatusCode: 200}, nil
			})
			wrote := 0
			req := request(t)
			resp, err := RoundTrip(base, req, func() { wrote++ })
			if err != tt.want || wrote != tt.wrote {
				t.Errorf("written %d times, %v; want %d times, %v", wrote, err, tt.wrote, tt.want)
			}
			if err == nil && resp.Request != req {
				t.Error("the answer is to another request than the caller's")
			}
			if err != nil && resp != nil {
				t.Error("an answer and an error")
			}
			for i, c := range conns {
				if c.closed != tt.closed[i] {
					t.Errorf("connection %d is closed %d times, want %d", i, c.closed, tt.closed[i])
				}
			}
		})
	}
}

// The hooks of who sends the request are called, too.
func TestOtherTraces(t *testing.T) {
	got := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got++ }})
	_, err := RoundTrip(exchange(func(trace *httptrace.ClientTrace) (*http.Response, error) {
		trace.GotConn(httptrace.GotConnInfo{Conn: &conn{}})
		return &http.Response{}, nil
	}), request(t).WithContext(ctx), func() {})
	if err != nil || got != 1 {
		t.Errorf("called %d times, %v; want once", got, err)
	}
}

// Hooks come from goroutines of their own, at a time: of many connections the
// first alone stays open. Without the lock the race detector finds it.
func TestHooksAtATime(t *testing.T) {
	const many = 64
	conns := make([]conn, many)
	_, err := RoundTrip(exchange(func(trace *httptrace.ClientTrace) (*http.Response, error) {
		var all sync.WaitGroup
		for i := range conns {
			all.Go(func() { trace.GotConn(httptrace.GotConnInfo{Conn: &conns[i]}) })
			all.Go(func() { trace.WroteRequest(httptrace.WroteRequestInfo{}) })
		}
		all.Wait()
		return nil, errors.New("reset")
	}), request(t), func() {})
	closed := 0
	for i := range conns {
		closed += conns[i].closed
	}
	if err != ErrBroken || closed != many-1 {
		t.Errorf("%d of %d connections are closed, %v; want all but one, %v", closed, many, err, ErrBroken)
	}
}
