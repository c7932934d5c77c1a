// Package wire tells when a request is on the wire, and lets net/http send it once.
package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
)

// ErrBroken is returned by RoundTrip when the connection broke while the request
// was on its way, and base was about to send it again by itself.
var ErrBroken = errors.New("the connection broke while the request was on its way")

// RoundTrip sends a request through base, and calls wrote each time that it has
// been written, as base reports through net/http/httptrace. A connection that
// base takes to repeat it on is closed before anything can be written, unless it
// is one of HTTP/2, and RoundTrip returns ErrBroken.
func RoundTrip(base http.RoundTripper, req *http.Request, wrote func()) (*http.Response, error) {
	f := &flight{wrote: wrote}
	f.trace = httptrace.ClientTrace{GotConn: f.gotConn, WroteRequest: f.wroteRequest}
	resp, err := base.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), &f.trace)))
	if err != nil {
		if f.isBroken() {
			err = ErrBroken
		}
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// A flight is a request on its way to the wire. Its methods are hooks of
// net/http, which calls them from goroutines of its own.
type flight struct {
	wrote func()
	trace httptrace.ClientTrace

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
		f.wrote()
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

// CloseBody does what a RoundTripper must do before it returns an error.
func CloseBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // nothing has been read: there is nothing to lose
	}
}
