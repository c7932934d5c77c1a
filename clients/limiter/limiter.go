// Package limiter holds the algorithms that pace the requests of one API key.
//
// Each is a pure state machine in a file of its own: it reads no clock, takes
// no lock and never sleeps, so that the same code runs in virtual time, in
// real time and in a table test. Whoever drives a limiter (pace.Gate)
// serialises the calls and does the waiting.
package limiter

import (
	"fmt"
	"time"
)

// A Limiter decides when the next request on one key may leave.
//
// The instants passed to a limiter never go back. Those of time.Now do not, even
// if the wall clock is set, because of their monotonic readings: either all have
// one, or none. What is within 190 years of the first, and before Never, can be told
// apart.
type Limiter interface {
	// Next returns the earliest departure of a request of that cost which is
	// known at now; a result that is not after now means "may leave now",
	// Never that only an answer can tell, Impossible that the cost is more than
	// the limit allows at any time. It spends nothing, may be asked any number
	// of times, and is asked again after every Sent and Done, because an answer
	// can bring the next departure forward. A cost is 0 or more.
	Next(now time.Time, cost int64) (at time.Time)

	// Sent commits one departure at now and returns the ticket that Done
	// takes back. Callers make it only when Next allows it for that cost.
	Sent(now time.Time, cost int64) Ticket

	// Done reports how the departure t ended: answered, timed out or failed
	// on the way. It is called once for each ticket. A request without an
	// answer may all the same have been counted by the server.
	Done(now time.Time, t Ticket, o Outcome)
}

// A Delayable limiter can be told that a departure has been granted and is not
// on the wire yet, because the request still waits for a connection or for a
// processor. What it promises then counts from when the request really leaves.
// A limiter that is not Delayable takes requests to leave when Sent says so.
type Delayable interface {
	// Delay says that the departure t, the last one, has not left yet.
	Delay(t Ticket)

	// Left says that the departure t, which was delayed, has left by now. It is
	// called before Done, once, or again when a request is written again.
	Left(now time.Time, t Ticket)
}

// A Waking limiter can allow a departure by itself, because somebody else has told
// it something: what Next returns becomes earlier without Sent or Done.
type Waking interface {
	// Wake has f called whenever that may be so. It is never called from within a
	// method of the limiter, so that f can ask it.
	Wake(f func())
}

// An OpenLoop limiter learns nothing of an answer but what the request turned out to
// cost: where that is not said, Done leaves what Next returns as it is.
type OpenLoop interface{ OpenLoop() }

// A Punctual limiter keeps to a schedule: a departure that comes late because a
// timer did is no reason for those that follow to come late, too.
type Punctual interface {
	// Due says, right before Sent, that the departure could have left at the given
	// time, as far as this limiter and all others are concerned, and that whoever
	// was to let it go came late.
	Due(at time.Time)
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
	// Banned reports a refusal because of a ban that ends, as far as that can be
	// told from a plain one: a 418, or a text that speaks of a ban, with a pause.
	Banned bool
	// Err is why there was no usable answer; nil when there was one.
	Err error
	// Refused reports a refusal because of a limit that Status alone does not
	// show: a 403, or a 200 with the error in its body. A 429 is one anyway;
	// Limited tells both.
	Refused bool
	// Cost is what the request turned out to cost, where the server says so; 0:
	// as charged.
	Cost int64
	// Sent is when the request left; zero when not known.
	Sent time.Time
	// Created is when the request came into being; zero when not known.
	Created time.Time

	// What a server may state beside its answer.

	// Received is when the request reached the server, by the server's own
	// clock; zero when not stated.
	Received time.Time
	// RetryAfter is the pause that the server asks for; 0 when it does not.
	RetryAfter time.Duration
	// Budgets is what is left of the limits, in the order in which the server
	// states them; nil when it states none.
	Budgets []Budget
}

// OK reports whether the request was answered with success, a status of 200 to
// 299 that is no refusal.
func (o Outcome) OK() bool { return o.Err == nil && !o.Refused && o.Status >= 200 && o.Status < 300 }

// Limited reports whether the request was refused because of a limit.
func (o Outcome) Limited() bool { return o.Refused || o.Status == 429 }

// A Budget is what a server states of one of its limits: Remaining may be spent
// on requests that follow, and more after Reset.
type Budget struct {
	// Name tells the limits of a server apart; "" where it has one, or does
	// not name it.
	Name string
	// Limit is what may be spent in Window; 0: not stated.
	Limit int64
	// Remaining is what is left of it.
	Remaining int64
	// Window is the length of the limit's window; 0: not stated.
	Window time.Duration
	// Reset is the time until there is more, or, as the dialect has it, until
	// all of it is there again; 0: now, or not stated. Mostly whole seconds on
	// the wire.
	Reset time.Duration
}

var (
	// Never is an instant that no run reaches: what Next returns while only an
	// answer can allow the next departure.
	Never = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
	// Impossible is later than Never: what Next returns for a cost that neither
	// time nor an answer allows.
	Impossible = time.Date(2201, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// A Quota is what a server grants one key, as far as the client is told: by
// default no more than Limit requests in any span of Window, judged by a clock
// that ticks every Resolution. Requests of a cost count as that many.
type Quota struct {
	// Limit is a number of requests, 1 to 1000000. Required.
	Limit int
	// Window is more than 0 and at most a year. Required.
	Window time.Duration
	// Count is how the server adds up what falls into a window; CountLog, the
	// zero value, is any span of Window. It says nothing of a bucket.
	Count Count
	// Burst makes the limit a bucket that holds so many requests, is full at
	// first and is refilled at the rate Limit per Window: 1 to 1000000. 0 is a
	// window.
	Burst int
	// Refill is how often the bucket is refilled, with all that has come since:
	// 0 to a year. 0 is steadily.
	Refill time.Duration
	// AnyOrder says that requests may overtake each other on their way, as they
	// may where the server wants no nonces: a limiter can then reuse a slot out
	// of turn. The zero value keeps to the order of departure.
	AnyOrder bool
	// Resolution is the tick of the server's clock, at most Window; 0 is a
	// continuous clock. More than it is costs throughput, less costs 429s.
	Resolution time.Duration
	// Drift is by how much the client's clock may run faster or slower than
	// the server's, in parts per million: 1 to 100000. 0 is DefaultDrift.
	Drift int
}

// DefaultDrift is the Drift of a Quota that does not say: more than the clocks
// of computers are off by, even while they are being put right (a quartz is
// good to 100 ppm).
const DefaultDrift = 200

// maxWindow keeps sums of spans within a time.Duration.
const maxWindow = 366 * 24 * time.Hour

// Validate names the first field whose value is out of range.
func (q Quota) Validate() error {
	switch {
	case q.Limit < 1 || q.Limit > 1e6:
		return fmt.Errorf("quota's Limit is %d, want 1 to 1000000", q.Limit)
	case q.Window <= 0 || q.Window > maxWindow:
		return fmt.Errorf("quota's Window is %v, want more than 0 and at most %v", q.Window, maxWindow)
	case q.Count >= counts:
		return fmt.Errorf("quota's Count is %v, want log, aligned, first or counter", q.Count)
	case q.Burst < 0 || q.Burst > 1e6:
		return fmt.Errorf("quota's Burst is %d, want 0 to 1000000", q.Burst)
	case q.Burst > 0 && q.Count != CountLog:
		return fmt.Errorf("quota's Count is %v and its Burst %d, want one of the two: a limit is a window or a bucket", q.Count, q.Burst)
	case q.Refill < 0 || q.Refill > maxWindow:
		return fmt.Errorf("quota's Refill is %v, want 0 to %v", q.Refill, maxWindow)
	case q.Refill > 0 && q.Burst == 0:
		return fmt.Errorf("quota's Refill is %v without a Burst, want a bucket to refill", q.Refill)
	case q.Resolution < 0 || q.Resolution > q.Window:
		return fmt.Errorf("quota's Resolution is %v, want 0 to the window %v", q.Resolution, q.Window)
	case q.Drift < 0 || q.Drift > 1e5:
		return fmt.Errorf("quota's Drift is %d ppm, want 0 to 100000", q.Drift)
	}
	return nil
}

// Span is W', the age by the client's clock at which a slot can be used again
// for certain: W' = Window + tick, and the drift of that. A server that
// compares whole ticks, strictly, cannot tell a difference of Window from one
// just short of it; one whose clock is continuous wants an age greater than
// Window, by the smallest step there is.
func (q Quota) Span() time.Duration { return q.Widen(q.Window + max(q.Resolution, 1)) }

// Widen is how long a clock that runs fast by the drift has to show until d has
// passed for certain.
func (q Quota) Widen(d time.Duration) time.Duration { return d + q.drift(d) }

// drift is by how much the client's clock can be off after d, rounded up.
func (q Quota) drift(d time.Duration) time.Duration {
	const million = 1_000_000
	ppm := time.Duration(q.Drift)
	if ppm == 0 {
		ppm = DefaultDrift
	}
	return d/million*ppm + (d%million*ppm+million-1)/million
}

// A Config describes one limiter with all its parameters, in its exported
// fields.
type Config interface {
	// Validate names the first field whose value is out of range, of the
	// quota or of its own.
	Validate(q Quota) error
	// New builds a limiter in its initial state. Its error is that of Validate.
	New(q Quota) (Limiter, error)
}
