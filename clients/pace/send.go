package pace

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"

	"ratebench/clients/limiter"
)

// ErrBroken is returned by Gate.Send when the connection broke while the
// request was on its way, and base was about to send it again by itself. The
// server may have counted it.
var ErrBroken = errors.New("the connection broke while the request was on its way")

// Send sends the request of a permit through base, and returns the answer, with
// what Done is to be told of it: Send does not call Done itself.
//
// It tells the gate when the request is on the wire, as base reports through
// net/http/httptrace: the time in which it waits for a connection is not taken
// for latency. A base that does not report takes the request to have left only
// by the time that it ends, which is safe, and slower.
//
// What net/http repeats by itself, because a connection that it kept was closed
// by the server meanwhile, would be a second request on one permit: Send
// prevents that, and returns ErrBroken. Over HTTP/2, where only requests are
// repeated that the server has refused to look at, it does not.
func (g *Gate) Send(p Permit, base http.RoundTripper, req *http.Request) (*http.Response, limiter.Outcome, error) {
	f := &flight{gate: g, permit: p}
	trace := &httptrace.ClientTrace{GotConn: f.gotConn, WroteRequest: f.wroteRequest}
	resp, err := base.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		if f.isBroken() {
			err = ErrBroken
		}
		return nil, limiter.Outcome{Err: err}, err
	}
	resp.Request = req
	return resp, ReadOutcome(resp), nil
}

// A flight is a request on its way to the wire. Its methods are hooks of
// net/http, which calls them from goroutines of its own.
type flight struct {
	gate   *Gate
	permit Permit

	mu     sync.Mutex
	conns  int  // that it was given
	broken bool // the first one broke
}

// gotConn is called when there is a connection. A second one is there to repeat
// the request: it is closed before anything can be written.
func (f *flight) gotConn(info httptrace.GotConnInfo) {
	f.mu.Lock()
	f.conns++
	again := f.conns > 1 && !isHTTP2(info.Conn)
	f.broken = f.broken || again
	f.mu.Unlock()
	if again {
		_ = info.Conn.Close() // nobody else uses it
	}
}

// wroteRequest is called when the request has been written, to the last byte of
// its body.
func (f *flight) wroteRequest(httptrace.WroteRequestInfo) {
	if !f.isBroken() {
		f.gate.Left(f.permit)
	}
}

func (f *flight) isBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// isHTTP2 reports whether other requests share a connection.
func isHTTP2(c net.Conn) bool {
	s, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	return ok && s.ConnectionState().NegotiatedProtocol == "h2"
}
