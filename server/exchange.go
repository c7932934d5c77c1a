package server

import "time"

// A Clock is the time that a server lives in. It is safe for concurrent use
// if the server is used so.
type Clock interface {
	// Now is the current instant. It does not go back.
	Now() time.Time
	// Sleep blocks for at least d, and not at all when d is not positive.
	// It returns an error only if the server is stopping.
	Sleep(d time.Duration) error
}

// An Exchange is one request under way, with the latencies drawn for it. It
// is served once.
type Exchange struct {
	account    *account // nil: unknown key
	statements Statements
	nonce      integer
	nonceOK    bool // it is one
	in, out    time.Duration

	stage stage
	due   time.Time // when the answer is
	reply Reply
}

// stage is how far an Exchange has come.
type stage uint8

const (
	opened stage = iota
	onItsWayIn
	onItsWayOut
)

// Latency is how long Serve takes: the latencies in and out together, or the
// latency out alone for an unknown key.
func (e Exchange) Latency() time.Duration { return e.in + e.out }

// index is that of the key; -1 for an unknown one.
func (e Exchange) index() int {
	if e.account == nil {
		return -1
	}
	return e.account.index
}

// Serve carries the request through: latency in, verdict, latency out. An
// unknown key is refused after the latency out alone and leaves no trace.
// The answer is due at the start plus both latencies, so that a clock that
// oversleeps the first makes up for it in the second. Whoever sent the
// request may be gone by then: it counts all the same.
//
// The error is the clock's. Serve does not allocate.
func (e Exchange) Serve(clock Clock) (Reply, error) {
	for {
		wait, more := e.Step(clock)
		if !more {
			return e.reply, nil
		}
		if err := clock.Sleep(wait); err != nil {
			return Reply{}, err
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
			e.reply, e.stage = Reply{Verdict: Unauthorized}, onItsWayOut
			return e.out, true
		}
		e.due, e.stage = clock.Now().Add(e.in+e.out), onItsWayIn
		return e.in, true
	case onItsWayIn:
		e.account.arrive(clock, e)
		e.stage = onItsWayOut
		return e.due.Sub(e.reply.Arrived), true
	}
	return 0, false
}

// Reply is the answer, after the last Step.
func (e *Exchange) Reply() *Reply { return &e.reply }

// A Reply is the answer to one request.
type Reply struct {
	Verdict Verdict
	Arrived time.Time // when it was judged, not rounded to the Resolution; zero for an unknown key

	Statement Statement // what the server says beside it
}

// Status is the HTTP status code of the answer: 200, 400, 401 or 429.
func (r Reply) Status() int { return r.Verdict.Status() }
