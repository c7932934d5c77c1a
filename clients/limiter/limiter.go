// Package limiter holds the algorithms that pace the requests of one API key.
//
// Each is a pure state machine in a file of its own: it reads no clock, takes
// no lock and never sleeps, so that the same code runs in virtual time, in
// real time and in a table test. Whoever drives a limiter (pace.Gate)
// serialises the calls and does the waiting.
package limiter

import "time"

// A Limiter decides when the next request on one key may leave.
//
// The instants passed to a limiter never go back.
type Limiter interface {
	// Next returns the earliest departure known at now; a result that is not
	// after now means "may leave now". It spends nothing, may be asked any
	// number of times, and is asked again after every Sent and Done, because
	// an answer can bring the next departure forward.
	Next(now time.Time) (at time.Time)

	// Sent commits one departure at now and returns the ticket that Done
	// takes back. Callers make it only when Next allows it.
	Sent(now time.Time) Ticket

	// Done reports how the departure t ended: answered, timed out or failed
	// on the way. It is called once for each ticket. A request without an
	// answer may all the same have been counted by the server.
	Done(now time.Time, t Ticket, o Outcome)
}

// A Ticket names one departure of one limiter: its number, counted from zero.
type Ticket uint64

// An Outcome is what a client can see of the end of a request.
type Outcome struct {
	// Status is the HTTP status; 0 when no answer came.
	Status int
	// Blocked reports a refusal because the key is banned, which the
	// reference server tells apart from a plain 429 by its text only.
	Blocked bool
	// Err is why there was no usable answer; nil when there was one.
	Err error
	// Sent is when the request departed.
	Sent time.Time
	// Created is when the request came into being; zero when not known.
	Created time.Time

	// What a server may state beside its answer.

	// Received is when the request reached the server, by the server's own
	// clock; zero when not stated.
	Received time.Time
	// RetryAfter is the pause that the server asks for; 0 when it does not.
	RetryAfter time.Duration
	// Budget is what is left of the quota; nil when not stated.
	Budget *Budget
}

// OK reports whether the request was answered with 200.
func (o Outcome) OK() bool { return o.Err == nil && o.Status == 200 }

// A Budget is what RateLimit header fields say (IETF draft
// ratelimit-headers): Remaining requests may follow, and more after Reset.
type Budget struct {
	Remaining int
	Reset     time.Duration // whole seconds on the wire
}

// Never is an instant that no run reaches: what Next returns while only an
// answer can allow the next departure.
var Never = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)

// A Quota is what a server grants one key: no more than Limit requests in any
// span of Window, judged by a clock that ticks every Resolution.
type Quota struct {
	Limit      int           // requests, at least 1
	Window     time.Duration // greater than zero
	Resolution time.Duration // tick of the server's clock; 0 is a continuous clock
}

// Span is W' = Window + Resolution, the age at which a slot can be used again
// for certain: a server that compares whole ticks, strictly, cannot tell a
// difference of Window from one just short of it.
func (q Quota) Span() time.Duration { return q.Window + q.Resolution }

// A Config describes one limiter with all its parameters, in its exported
// fields.
type Config interface {
	// Validate names the first field whose value is out of range.
	Validate(q Quota) error
	// New builds a limiter in its initial state. The configuration has been
	// validated against the same quota.
	New(q Quota) Limiter
}
