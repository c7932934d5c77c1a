package loadtest

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ratebench/server"
)

// A Call sends to a handler in the same process, without net/http and sockets
// in between.
type Call struct {
	handler http.Handler
	query   []byte // up to the nonce
	request http.Request
	answer  answer
}

var _ Sender = (*Call)(nil)

// NewCall is for requests with this key.
func NewCall(h http.Handler, key string) *Call {
	return &Call{
		handler: h,
		query:   []byte("api_key=" + key + "&req_id=7&nonce="),
		request: http.Request{Method: http.MethodGet, URL: &url.URL{Path: server.Path}, Body: http.NoBody},
		answer:  answer{header: make(http.Header)},
	}
}

// Send implements Sender.
func (c *Call) Send(nonce int64) (status int, err error) {
	clear(c.answer.header)
	c.request.URL.RawQuery = string(strconv.AppendInt(c.query, nonce, 10))
	c.handler.ServeHTTP(&c.answer, &c.request)
	return c.answer.status, nil
}

// An answer is an http.ResponseWriter that keeps the status only.
type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header              { return a.header }
func (a *answer) Write(p []byte) (int, error)      { return len(p), nil }
func (a *answer) WriteHeader(status int)           { a.status = status }
func (a *answer) SetWriteDeadline(time.Time) error { return nil }
