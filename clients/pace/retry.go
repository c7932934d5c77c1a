package pace

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
)

// Retry is how a Transport sends requests again that have failed. The zero value
// does not.
//
// A refusal, that is a 429 or its like or a status from 400 with a Retry-After,
// has carried nothing out: after it every request is sent again whose body can be
// had again (http.Request.GetBody). After a 502, 503 or 504, or a connection that
// broke, only those are which may be carried out twice: GET, HEAD, OPTIONS,
// TRACE, PUT, DELETE, and what has an Idempotency-Key or X-Idempotency-Key in
// its header.
//
// Each time a request waits at the gate, and is a departure of its own. If it
// runs out of time, or is known to (see Gate.Wait), the last answer is returned,
// or the last error.
type Retry struct {
	// Times is how often a request is sent again at most; 0 is never.
	Times int
	// Backoff is how long to wait after the n-th failure of a request, before it
	// stands in line again. A refusal holds up the whole key instead, unless
	// Refusals.Ignore is set: then the request waits for what was asked for, or
	// for this if that is longer. The zero value is 100 ms, doubled up to 10 s,
	// with full jitter.
	Backoff backoff.Rule
}

// Validate names the field whose value is out of range.
func (r Retry) Validate() error {
	if r.Times < 0 {
		return fmt.Errorf("Retry.Times is %d, want 0 or more", r.Times)
	}
	if err := r.rule().Validate(); err != nil {
		return fmt.Errorf("Retry.Backoff: %w", err)
	}
	return nil
}

func (r Retry) rule() backoff.Rule {
	if r.Backoff == (backoff.Rule{}) {
		return backoff.Rule{Base: 100 * time.Millisecond, Cap: 10 * time.Second, Jitter: backoff.JitterFull}
	}
	return r.Backoff
}

// A try is how sending a request ended.
type try struct {
	sent    bool // or else it was not to be prepared
	resp    *http.Response
	outcome limiter.Outcome
	err     error
}

// refused reports whether the server has not carried the request out, and asks
// to come again.
func (e try) refused() bool {
	o := e.outcome
	return o.Limited() || o.Status >= 400 && o.RetryAfter > 0
}

// failed reports whether a request that may be carried out twice is worth sending
// again.
func (e try) failed() bool {
	switch e.outcome.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.err != nil
}

// tries are those of one request.
type tries struct {
	last    try
	broken  int // how often the connection broke where net/http would have gone on
	retries int
	delay   time.Duration // the last one
}

// again reports whether a request is to be sent again, and after how long.
func (t *Transport) again(req *http.Request, s *tries) (after time.Duration, yes bool) {
	e := s.last
	if errors.Is(e.err, ErrBroken) && s.broken < maxRepeats {
		s.broken++
		return 0, true
	}
	refused := e.refused()
	if s.retries == t.Retry.Times || !e.sent || req.Context().Err() != nil ||
		!replayable(req) || !refused && !(e.failed() && idempotent(req)) {
		return 0, false
	}
	s.delay = t.Retry.rule().Delay(s.retries, s.delay, rand.Float64())
	s.retries++
	switch {
	case !refused:
		return s.delay, true
	case t.Refusals.Ignore:
		return max(s.delay, e.outcome.RetryAfter), true
	}
	return 0, true // the gate pauses
}

// end is the answer or the error of a request that is not sent again; why is the
// error that keeps it from being sent, if there is one.
func (s *tries) end(why error) (*http.Response, error) {
	e := s.last
	switch {
	case why == nil || e.resp != nil:
		return e.resp, e.err
	case e.err == nil: // it was not sent for the first time
		return nil, why
	case errors.Is(e.err, ErrBroken): // something has been sent: this is no WaitError
		return nil, fmt.Errorf("%w, and it was not repeated: %w", ErrBroken, errors.Unwrap(why))
	}
	return nil, e.err
}

// keep takes an answer off its connection, if it is short, in case that it is
// the last one.
func (s *tries) keep() {
	const short = 64 << 10
	resp := s.last.resp
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

// drop forgets an answer: there will be another.
func (s *tries) drop() {
	if s.last.resp != nil {
		_ = s.last.resp.Body.Close() // nobody reads it
	}
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

// sleep reports whether d passed before the context ended. It does not begin
// what is known to take too long.
func sleep(ctx context.Context, d time.Duration) bool {
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
