// Package pace is what a program takes home from the benchmark: a Gate that
// holds requests back as a limiter says, and a Transport that puts a gate for
// each key before an http.RoundTripper. It needs nothing but the standard
// library, and knows nothing of the client that is measured.
package pace

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"ratebench/clients/limiter"
)

// Transport is an http.RoundTripper that paces requests, with a limiter for
// each key. It is what a program takes home from the benchmark:
//
//	client := &http.Client{Transport: &pace.Transport{
//		Key: func(r *http.Request) string { return r.Header.Get("X-API-Key") },
//		NewLimiter: func(string) limiter.Limiter {
//			paced := &limiter.Paced{Spread: 50 * time.Millisecond}
//			return paced.New(limiter.Quota{Limit: 20, Window: time.Second})
//		},
//	}}
//
// A request waits in the FIFO line of its key until the limiter lets it go. If
// its context ends first, or the wait gets too long, RoundTrip returns a
// *WaitError: then nothing has been sent or spent. A request that has left is
// reported to the limiter once, when the header of the answer is in or it is
// clear that none will come. One that is cancelled on its way counts as sent.
//
// What Base repeats by itself, as net/http does with a request that met a
// closing connection, is one departure. A redirect that http.Client follows is
// another.
//
// A Transport is safe for concurrent use, and must not be copied or have its
// fields changed once it is in use. Its functions are called from many
// goroutines at once.
type Transport struct {
	// NewLimiter makes the limiter of a key when the key is first used. It
	// is not called twice at a time and must not use the Transport. Required.
	NewLimiter func(key string) limiter.Limiter

	// Key returns the key that a request counts against. It must not change
	// the request. Nil puts all requests on one key.
	Key func(*http.Request) string

	// Base sends the requests. Nil is http.DefaultTransport, which keeps two
	// idle connections per host: where more requests are under way at once,
	// an http.Transport with a greater MaxIdleConnsPerHost saves handshakes.
	Base http.RoundTripper

	// Prepare makes the request to send out of one that has just departed: it
	// adds the nonce, or a signature. It gets a copy, which it may change and
	// return. To send another body it closes the old one and returns a new
	// request: http.NewRequestWithContext sees to it that Base, should it
	// repeat the request, does not send the old body. An error is
	// RoundTrip's, and the departure stays spent. Nil sends the request as it
	// is.
	//
	// Nonces are issued in the order of departure, and each is greater than
	// the last. Requests can still overtake each other on their way, unless
	// the limiter stands behind limiter.Guards{Order: true}.
	Prepare func(req *http.Request, p Permit) (*http.Request, error)

	// Classify corrects what the limiter is told of an answer, for an API
	// that refuses with another status than 429. It gets what the status and
	// the header say, and leaves the body alone. Nil changes nothing.
	Classify func(resp *http.Response, o limiter.Outcome) limiter.Outcome

	// MaxWait is the longest wait for departure. 0 or less is as long as the
	// context allows.
	MaxWait time.Duration

	// AnswerTime is how long an answer takes at most: a request whose
	// context ends sooner than that does not leave any more. Where more is
	// asked for than the limiter lets through, the head of the line is always
	// about to run out of time; without AnswerTime it leaves all the same,
	// spends what another could have used, and gives up on the way. 0 or less
	// lets requests leave up to the last moment.
	AnswerTime time.Duration

	// IdleTimeout is how long a key that is not used is remembered: its
	// limiter with all that it has learnt, and its last nonce. A key that is
	// being used, or whose limiter would not let a request go, is kept. It
	// must be no less than the window of the limit. 0 or less remembers for
	// ever, which is right unless the number of keys has no bound.
	IdleTimeout time.Duration

	mu    sync.Mutex // never held across a wait
	keys  map[string]*keyGate
	swept time.Time // when idle keys were last looked for
}

var _ http.RoundTripper = (*Transport)(nil)

// A WaitError is returned by Transport.RoundTrip for a request that has not
// left. Nothing was sent and nothing spent.
type WaitError struct {
	// Waited is how long the request was at the gate.
	Waited time.Duration
	// Err is the cause of the end of the request's context, or ErrExpired
	// when MaxWait or AnswerTime ended the wait.
	Err error

	timeout bool
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("request not sent after waiting %v: %v", e.Waited, e.Err)
}

// Unwrap returns Err.
func (e *WaitError) Unwrap() error { return e.Err }

// Timeout reports whether time ran out, rather than that somebody cancelled.
// It makes url.Error.Timeout work.
func (e *WaitError) Timeout() bool { return e.timeout }

var (
	errNoLimiter = errors.New("pace.Transport has no NewLimiter")
	errPanicked  = errors.New("panic while the request was sent")
)

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.NewLimiter == nil {
		closeBody(req)
		return nil, errNoLimiter
	}
	k := t.enter(t.key(req))
	defer t.leave(k)
	created := k.clock.Now()
	permit, err := t.wait(req.Context(), k, created)
	if err != nil {
		closeBody(req)
		return nil, err
	}
	return t.send(req, k.gate, permit, created)
}

// CloseIdleConnections passes on to Base, if that has connections to close.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// wait returns when the request has departed. Its error is a *WaitError.
func (t *Transport) wait(ctx context.Context, k *keyGate, created time.Time) (Permit, error) {
	var p Permit
	err := ctx.Err()
	if err == nil {
		p, err = k.gate.Acquire(newContextSignal(ctx, k.clock), t.deadline(ctx, created))
	}
	if err == nil {
		return p, nil
	}
	waited := k.clock.Now().Sub(created)
	if err == ErrExpired {
		return p, &WaitError{Waited: waited, Err: err, timeout: true}
	}
	return p, &WaitError{Waited: waited, Err: context.Cause(ctx), timeout: ctx.Err() == context.DeadlineExceeded}
}

// deadline is when MaxWait and AnswerTime end the wait; zero is never.
func (t *Transport) deadline(ctx context.Context, created time.Time) (at time.Time) {
	if t.MaxWait > 0 {
		at = created.Add(t.MaxWait)
	}
	if end, ok := ctx.Deadline(); ok && t.AnswerTime > 0 {
		at = earliest(created.Add(time.Until(end)-t.AnswerTime), at)
	}
	return at
}

// send carries a request that has departed, and reports how that ended.
func (t *Transport) send(req *http.Request, g *Gate, p Permit, created time.Time) (resp *http.Response, err error) {
	o := limiter.Outcome{Err: errPanicked}
	defer func() {
		o.Sent, o.Created = p.Granted, created
		g.Done(p, o)
	}()
	if t.Prepare != nil {
		prepared, err := t.Prepare(req.Clone(req.Context()), p)
		if err != nil {
			closeBody(req)
			o.Err = err
			return nil, err
		}
		req = prepared
	}
	resp, err = t.base().RoundTrip(req)
	if err != nil {
		o.Err = err
		return resp, err
	}
	answer := ReadOutcome(resp)
	if t.Classify != nil {
		answer = t.Classify(resp, answer)
	}
	o = answer
	return resp, nil
}

func (t *Transport) key(req *http.Request) string {
	if t.Key == nil {
		return ""
	}
	return t.Key(req)
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

// closeBody does what a RoundTripper must do before it returns an error.
func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // nothing has been read: there is nothing to lose
	}
}
