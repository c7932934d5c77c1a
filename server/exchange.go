package server

import (
	"time"

	"ratebench/server/ledger"
)

// A Clock is the time that a server lives in. It is safe for concurrent use
// if the server is used so.
type Clock interface {
	// Now is the current instant. It does not go back, neither do its seconds since
	// 1970, by which limits go: see WallClock.
	Now() time.Time
	// Sleep blocks for at least d, and not at all when d is not positive.
	// It returns an error only if the server is stopping.
	Sleep(d time.Duration) error
}

// An Exchange is one request under way, with the latencies drawn for it. It
// is served once.
type Exchange struct {
	stage     stage
	server    *Server
	account   *account // nil: unknown key
	nonce     integer
	in, out   time.Duration
	due       int64 // when the answer is, but for time in queues, in ns since 1970
	nonceOK   bool  // it is one
	described bool  // by request; or else nothing is known but the account

	visit *ledger.Visit // what the answer settles; nil: nothing
	reply Reply

	request ledger.Request
}

// stage is how far an Exchange has come.
type stage uint8

const (
	opened stage = iota
	onItsWayIn
	onItsWayOut
)

// draw draws the latencies of a request for the key with an index; -1 is any that is
// unknown.
func (e *Exchange) draw(index int) {
	e.in, e.out = e.server.latency(index, e.server.number(index))
}

// Describe says more of a request than its key and nonce, which are left out of
// r. It is called before the first Step.
func (e *Exchange) Describe(r Request) {
	if r.Key = e.request.Key; !e.described {
		r.Key = e.server.names[e.account.index]
	}
	e.request, e.described, e.reply.States = r.Request, true, r.States[:0]
}

// asked is what its ledger has to know of the request.
func (e *Exchange) asked() *ledger.Request {
	if e.described {
		return &e.request
	}
	return e.account.request
}

// Latency is how long Serve takes, but for the time in queues: the latencies
// in and out together, or the latency out alone for an unknown key.
func (e *Exchange) Latency() time.Duration { return e.in + e.out }

// index is that of the key; -1 for an unknown one.
func (e *Exchange) index() int {
	if e.account == nil {
		return -1
	}
	return e.account.index
}

// Serve carries the request through: latency in, verdict, latency out. An
// unknown key is refused after the latency out alone and leaves no trace, but
// for a strike where errors are some.
// The answer is due at the start plus both latencies and the time in queues,
// so that a clock that oversleeps the first makes up for it in the last. Whoever
// sent the request may be gone by then: it counts all the same.
//
// The error is the clock's. Serve does not allocate for clients that are known,
// if there is room for States.
func (e Exchange) Serve(clock Clock) (Reply, error) {
	if err := e.serve(clock); err != nil {
		return Reply{}, err
	}
	return e.reply, nil
}

func (e *Exchange) serve(clock Clock) error {
	for {
		wait, more := e.Step(clock)
		if !more {
			return nil
		}
		if err := clock.Sleep(wait); err != nil {
			return err
		}
	}
}

// Step is Serve without the sleeping, for who sleeps in another way: it does
// what is to be done now and returns how long to wait until the next step. False
// is the end, and Reply the answer.
func (e *Exchange) Step(clock Clock) (wait time.Duration, more bool) {
	switch e.stage {
	case opened:
		if e.account == nil {
			e.stage = onItsWayOut
			e.server.refuse(clock, e)
			return e.out, true
		}
		e.due, e.stage = clock.Now().UnixNano()+int64(e.in+e.out), onItsWayIn
		return e.in, true
	case onItsWayIn:
		e.account.arrive(clock, e)
		e.stage = onItsWayOut
		return time.Duration(e.due-e.reply.Arrived.UnixNano()) + e.reply.Delay, true
	}
	if e.visit != nil {
		e.account.answered(clock, e)
	}
	return 0, false
}

// Reply is the answer, after the last Step. What was judged is in it from the
// last but one.
func (e *Exchange) Reply() *Reply { return &e.reply }

// refuse answers a request whose key is unknown, and not welcome.
func (s *Server) refuse(clock Clock, e *Exchange) {
	e.reply.Verdict = Unauthorized
	if s.errorsCount {
		e.reply.Verdict, e.reply.Retry = s.books[0].refuse(clock, &e.request)
	}
}

// arrive judges a request that arrives now. The clock is read under the
// lock, so that the instants a key sees do not go back.
func (a *account) arrive(clock Clock, e *Exchange) {
	a.book.lock()
	defer a.book.unlock()
	now := clock.Now()
	asked, r := e.asked(), &e.reply
	var d ledger.Decision
	v := a.judge.arrive(now, asked, e.nonce, e.nonceOK, &d)
	r.Verdict, r.Arrived, r.Limit, r.Retry, r.Delay = v, now, max(d.Limit, 0), d.Retry, d.Delay
	e.visit = d.Visit
	if e.server.statements != (Statements{}) {
		r.Statement = e.server.statements.state(&a.book.ledger, now, asked, v)
	}
	if e.server.statements.Limits {
		r.States = a.book.ledger.States(r.States[:0], now)
	}
}

// answered settles what an answer cost that goes out now, and gives back what
// was held for it.
func (a *account) answered(clock Clock, e *Exchange) {
	a.book.lock()
	defer a.book.unlock()
	now := clock.Now()
	a.book.ledger.Answered(now, e.visit)
	e.visit = nil
	if e.server.statements.Limits {
		e.reply.States = a.book.ledger.States(e.reply.States[:0], now)
	}
}

// A Reply is the answer to one request.
type Reply struct {
	Verdict Verdict
	Arrived time.Time // when it was judged, not rounded to the Resolution; zero for an unknown key

	// Limit is the index of the limit that refused it, if it is RateLimited:
	// of several, the one with the longest wait.
	Limit int
	// Retry is after how long the request could pass, if nothing else does
	// until then; 0: it was not refused by a limit or a penalty, or it is not
	// time that helps; policy.Never: it could not ever.
	Retry time.Duration
	// Delay is how long it waited in queues.
	Delay     time.Duration
	Statement Statement // what the server says beside it

	// States are those of the limits that it met, after it was judged or, if
	// something was settled, when it was answered. Empty unless Statements ask
	// for them.
	States []ledger.State
}

// Status is the HTTP status code of the answer: 200, 400, 401 or 429.
func (r Reply) Status() int { return r.Verdict.Status() }
