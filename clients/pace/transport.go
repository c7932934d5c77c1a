package pace

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace/internal/keytable"
	"ratebench/clients/pace/internal/tries"
	"ratebench/clients/pace/internal/waiting"
	"ratebench/clients/pace/internal/wire"
)

// Transport is an http.RoundTripper that paces requests, with a limiter for
// each key. It is what a program takes home from the benchmark:
//
//	client := &http.Client{Transport: &pace.Transport{
//		Key: func(r *http.Request) string { return r.Header.Get("X-API-Key") },
//		NewLimiter: func(string) (limiter.Limiter, error) {
//			paced := &limiter.Paced{Spread: 50 * time.Millisecond}
//			return paced.New(limiter.Quota{Limit: 20, Window: time.Second, Resolution: time.Millisecond})
//		},
//	}}
//
// A request waits in the FIFO line of its key until the limiter lets it go. If
// its context ends first, or the wait gets too long, RoundTrip returns a
// *WaitError: then nothing has been sent or spent. Where the wait is known to be
// longer than the context's deadline, it does so at once (see Gate.Wait). A request that has been let
// go is reported to the limiter once, when the header of the answer is in or it
// is clear that none will come. One that is cancelled on its way counts as
// sent.
//
// A departure counts from when the request is on the wire, to the last byte of
// its body, as Base tells through net/http/httptrace (see Gate.Send): a
// handshake that takes long is no latency. What is left of the client in the incoming latency, the J of the
// limiters, is the time from there to the network: next to nothing, unless the
// machine is so busy that the operating system takes the processor away in
// between. A limiter without J, such as limiter.AckClocked with no Latency, is
// right even then.
//
// A request whose connection breaks is sent again where net/http would do so by
// itself: where it has no side effects, and its connection had been kept. It
// is a departure of its own, with a permit and a nonce of its own. So is a
// redirect that http.Client follows, and what Retry repeats. Whatever else
// repeats requests belongs above the Transport, not into Base.
//
// A Transport is safe for concurrent use, and must not be copied or have its
// fields changed once it is in use. Its functions are called from many
// goroutines at once.
type Transport struct {
	// NewLimiter makes the limiter of a key when the key is first used. An
	// error, or no limiter, fails the requests that wait for it, and those of
	// no other key; the next one asks again. Required.
	NewLimiter func(key string) (limiter.Limiter, error)
	// Key returns the key that a request counts against. It must not change
	// the request. Nil puts all requests on one key.
	Key func(*http.Request) string
	// Shared are limiters that all keys share, of one Group: of limits that add
	// up what comes from an address, or for an account. Nil: there are none.
	Shared []*Shared
	// Costs returns what a request takes: one cost, the same of each limit, or one
	// for each of the limits of its key's limiter (see limiter.Set) and then for
	// each of Shared. A request of more than a limit allows at any time fails with
	// ErrCost. It must not change the request. Nil is 1 of each.
	Costs func(*http.Request) []int64
	// Base sends the requests. Nil is http.DefaultTransport, which keeps two
	// idle connections per host: where more requests are under way at once,
	// an http.Transport with a greater MaxIdleConnsPerHost saves handshakes.
	Base http.RoundTripper
	// Prepare makes the request to send out of one that has just departed: it
	// adds the nonce, or a signature. It gets a copy, which it may change and
	// return. To send another body it closes the old one and returns a new
	// request. An error is RoundTrip's, and the departure stays spent. Nil
	// sends the request as it is.
	//
	// Nonces are issued in the order of departure, and each is greater than
	// the last. Requests can still overtake each other on their way, unless
	// the limiter stands behind limiter.Guards{Order: true}.
	Prepare func(req *http.Request, p Permit) (*http.Request, error)
	// NewNonces makes the nonces of a key when the key is first used. Nil is
	// nonce.New(nonce.Increasing, nil).
	NewNonces func(key string) *nonce.Source
	// Reader reads what answers say of limits. Nil is the zero Reader, which
	// reads every dialect that needs no telling, in status and header. One with
	// Bodies looks into bodies too: the limiter is then told of an answer when
	// the beginning of its body is in.
	Reader *dialect.Reader
	// Classify corrects what the limiter is told of an answer, for an API
	// whose refusals Reader does not know for such. It gets what Reader has
	// read, and leaves the body alone. Nil changes nothing.
	Classify func(resp *http.Response, o limiter.Outcome) limiter.Outcome
	// Refusals is how refusals are taken, key by key. The zero value pauses as
	// long as the server asks for in Retry-After and its like, with a 429, or a
	// 503 or 403 that shows the marks of a limit; and after a refusal that asks
	// for nothing a second, and twice as long after each further one in a row.
	Refusals Refusals
	// Retry is how requests are sent again that have failed. The zero value does
	// not.
	Retry Retry
	// MaxWaiters is how many requests of a key may wait at a time; any more fail
	// with ErrFull. 0 is any number.
	MaxWaiters int
	// ColdUntil is that of GateConfig, for all keys: set it to
	// time.Now().Add(quota.Span() + j) in a program that has been restarted, with
	// j the longest latency of the way in. The zero time lets the first requests
	// of a key go at once.
	ColdUntil time.Time
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
	// being used, whose limiter would not let a request go, or whose nonces
	// are ahead of the clock, is kept. It must be no less than the window of
	// the limit. 0 or less remembers for ever, which is right unless the
	// number of keys has no bound.
	IdleTimeout time.Duration
	// MaxKeys is how many keys are remembered at a time; requests with any other
	// fail with ErrKeys until IdleTimeout has made room. 0 is any number.
	MaxKeys int

	mu   sync.Mutex // never held across a wait, nor while a function of the user's runs
	keys keytable.Table[*keyGate]
	past Stats // of keys that are forgotten

	retried atomic.Uint64
}

var _ http.RoundTripper = (*Transport)(nil)

// A WaitError is returned by Transport.RoundTrip and Gate.Wait for a request
// that has not left. Nothing was sent and nothing spent.
type WaitError struct {
	// Waited is how long the request was at the gate.
	Waited time.Duration
	// AtLeast is how much longer it would have had to wait, at least; 0 is not
	// known.
	AtLeast time.Duration
	// Err is the cause of the end of the request's context, or ErrExpired
	// when MaxWait or AnswerTime ended the wait. With ErrTooLong it is that and
	// what would have ended the wait later, context.DeadlineExceeded or
	// ErrExpired. ErrFull and ErrCost are without a wait.
	Err error

	timeout bool
}

func (e *WaitError) Error() string {
	if e.AtLeast > 0 {
		return fmt.Sprintf("request not sent after waiting %v, with %v to go at least: %v", e.Waited, e.AtLeast, e.Err)
	}
	return fmt.Sprintf("request not sent after waiting %v: %v", e.Waited, e.Err)
}

// Unwrap returns Err.
func (e *WaitError) Unwrap() error { return e.Err }

// Timeout reports whether time ran out, rather than that somebody cancelled.
// It makes url.Error.Timeout work.
func (e *WaitError) Timeout() bool { return e.timeout }

var (
	errNotSent     = errors.New("not sent")
	errNotPrepared = errors.New("pace.Transport.Prepare returned no request, want one or an error")
)

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	k, err := t.enter(t.key(req))
	if err != nil {
		wire.CloseBody(req)
		return nil, err
	}
	defer t.leave(k)
	gate := k.Value.gate
	created, costs := gate.clock.Now(), t.costs(req)
	s := tries.Tries{Rules: tries.Rules{Times: t.Retry.Times, Backoff: tries.Rule(t.Retry.Backoff), Held: !t.Refusals.Ignore}}
	for n := 0; ; n++ {
		permit, err := gate.waitUntil(req.Context(), t.deadline(req.Context(), created), costs...)
		if err != nil {
			wire.CloseBody(req)
			return s.End(err)
		}
		if n > 0 {
			s.Drop()
			t.retried.Add(1)
		}
		s.Last = t.send(req, gate, permit, created)
		after, yes := s.Again(req)
		if !yes {
			return s.End(nil)
		}
		s.Keep()
		if after > 0 && !tries.Sleep(req.Context(), after) {
			return s.End(nil)
		}
		if req, err = tries.Repeat(req); err != nil && s.Last.Resp == nil {
			return nil, err
		} else if err != nil {
			return s.End(nil)
		}
	}
}

// CloseIdleConnections passes on to Base, if that has connections to close.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// deadline is when MaxWait and AnswerTime end the wait; zero is never.
func (t *Transport) deadline(ctx context.Context, created time.Time) (at time.Time) {
	if t.MaxWait > 0 {
		at = created.Add(t.MaxWait)
	}
	if end, ok := ctx.Deadline(); ok && t.AnswerTime > 0 {
		at = waiting.Earliest(created.Add(end.Sub(created)-t.AnswerTime), at)
	}
	return at
}

// send carries a request that has been let go, and reports how that ended.
func (t *Transport) send(req *http.Request, g *Gate, p Permit, created time.Time) (e tries.Try) {
	e.Outcome.Err = errNotSent // unless something better is known, as after a panic
	defer func() {
		e.Outcome.Created = created
		e.Outcome = g.Done(p, e.Outcome)
	}()
	prepared, err := t.prepare(req, p)
	if err != nil {
		e.Outcome.Err, e.Err = err, err
		return e
	}
	e.Sent = true
	resp, answer, err := g.Send(p, t.base(), prepared)
	if err == nil && t.Reader != nil {
		answer = t.Reader.Answer(resp)
	}
	if err == nil && t.Classify != nil {
		answer = t.Classify(resp, answer)
	}
	e.Resp, e.Outcome, e.Err = resp, answer, err
	return e
}

// prepare returns the request to send. With an error it has closed the body.
func (t *Transport) prepare(req *http.Request, p Permit) (*http.Request, error) {
	if t.Prepare == nil {
		return req, nil
	}
	prepared, err := t.Prepare(req.Clone(req.Context()), p)
	if err == nil && prepared == nil {
		err = errNotPrepared
	}
	if err != nil {
		wire.CloseBody(req)
	}
	return prepared, err
}

func (t *Transport) key(req *http.Request) string {
	if t.Key == nil {
		return ""
	}
	return t.Key(req)
}

// costs are what a request takes; none is 1.
func (t *Transport) costs(req *http.Request) []int64 {
	if t.Costs == nil {
		return nil
	}
	return t.Costs(req)
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}
