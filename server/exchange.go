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
	nonce      string
	in, out    time.Duration
}

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
	if e.account == nil {
		if err := clock.Sleep(e.out); err != nil {
			return Reply{}, err
		}
		return Reply{Verdict: Unauthorized}, nil
	}
	due := clock.Now().Add(e.in + e.out)
	if err := clock.Sleep(e.in); err != nil {
		return Reply{}, err
	}
	reply := e.account.arrive(clock, e.nonce, e.statements)
	if err := clock.Sleep(due.Sub(reply.Arrived)); err != nil {
		return Reply{}, err
	}
	return reply, nil
}

// A Reply is the answer to one request.
type Reply struct {
	Verdict Verdict
	Arrived time.Time // when it was judged, not rounded to the Resolution; zero for an unknown key

	Statement Statement // what the server says beside it
}

// Status is the HTTP status code of the answer: 200, 400, 401 or 429.
func (r Reply) Status() int { return r.Verdict.Status() }
