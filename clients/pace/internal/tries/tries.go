// Package tries is when a request is sent again that has failed, and what its
// caller gets in the end.
package tries

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/wire"
)

// maxRepeats bounds how often a request is sent again whose connection broke.
const maxRepeats = 5

// Rules are those of pace.Retry.
type Rules struct {
	Times   int          // how often to send again at most
	Backoff backoff.Rule // how long to wait before
	Held    bool         // the gate holds everybody after a refusal
}

// Rule is that of pace.Retry, whose zero value has one as well.
func Rule(r backoff.Rule) backoff.Rule {
	if r == (backoff.Rule{}) {
		return backoff.Rule{Base: 100 * time.Millisecond, Cap: 10 * time.Second, Jitter: backoff.JitterFull}
	}
	return r
}

// A Try is how sending a request ended.
type Try struct {
	Sent    bool // or else it was not to be prepared
	Resp    *http.Response
	Outcome limiter.Outcome
	Err     error
}

// refused reports whether the server has not carried the request out, and asks
// to come again.
func (e Try) refused() bool {
	o := e.Outcome
	return o.Limited() || o.Status >= 400 && o.RetryAfter > 0
}

// failed reports whether a request that may be carried out twice is worth sending
// again.
func (e Try) failed() bool {
	switch e.Outcome.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Err != nil
}

// Tries are those of one request.
type Tries struct {
	Rules
	Last    Try
	broken  int // how often the connection broke where net/http would have gone on
	retries int
	delay   time.Duration // the last one
}

// Again reports whether a request is to be sent again, and after how long.
func (s *Tries) Again(req *http.Request) (after time.Duration, yes bool) {
	e := s.Last
	if errors.Is(e.Err, wire.ErrBroken) && s.broken < maxRepeats {
		s.broken++
		return 0, true
	}
	refused := e.refused()
	if s.retries == s.Times || !e.Sent || req.Context().Err() != nil ||
		!replayable(req) || !refused && !(e.failed() && idempotent(req)) {
		return 0, false
	}
	s.delay = s.Backoff.Delay(s.retries, s.delay, rand.Float64())
	s.retries++
	switch {
	case !refused:
		return s.delay, true
	case !s.Held:
		return max(s.delay, e.Outcome.RetryAfter), true
	}
	return 0, true // the gate pauses
}

// End is the answer or the error of a request that is not sent again; why is the
// error that keeps it from being sent, if there is one.
func (s *Tries) End(why error) (*http.Response, error) {
	e := s.Last
	switch {
	case why == nil || e.Resp != nil:
		return e.Resp, e.Err
	case e.Err == nil: // it was not sent for the first time
		return nil, why
	case errors.Is(e.Err, wire.ErrBroken): // something has been sent: this is no WaitError
		return nil, fmt.Errorf("%w, and it was not repeated: %w", wire.ErrBroken, errors.Unwrap(why))
	}
	return nil, e.Err
}

// Keep takes an answer off its connection, if it is short, in case that it is
// the last one.
func (s *Tries) Keep() {
	const short = 64 << 10
	resp := s.Last.Resp
	if resp == nil {
		return
	}
	body := resp.Body
	start, err := io.ReadAll(io.LimitReader(body, short))
	switch {
	case err != nil:
		resp.Body = readCloser{io.MultiReader(bytes.NewReader(start), failingReader{err}), body}
	case len(start) == short:
		resp.Body = readCloser{io.MultiReader(bytes.NewReader(start), body), body}
	default:
		_ = body.Close() // all has been read
		resp.Body = io.NopCloser(bytes.NewReader(start))
	}
}

// Drop forgets an answer: there will be another.
func (s *Tries) Drop() {
	if s.Last.Resp != nil {
		_ = s.Last.Resp.Body.Close() // nobody reads it
	}
}

// Repeat returns a request to send in place of one whose connection broke.
func Repeat(req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	if req.GetBody == nil {
		return nil, wire.ErrBroken
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := *req
	again.Body = body
	return &again, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// replayable reports whether a request can be sent again as it was.
func replayable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// idempotent reports whether a request may be carried out twice.
func idempotent(req *http.Request) bool {
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return req.Header.Get("Idempotency-Key") != "" || req.Header.Get("X-Idempotency-Key") != ""
}

// Sleep reports whether d passed before the context ended. It does not begin
// what is known to take too long.
func Sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
