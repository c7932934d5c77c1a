// Package dialect is how APIs say what they make of a request that a limit
// counts: status, header fields and body. Which fields a dialect has is one row
// of a table; nothing here decides anything.
//
// Where a State cannot be told exactly, it is told so that who believes it waits
// too long rather than too short: times are rounded up to what the field can
// hold.
package dialect

import (
	"fmt"
	"net/http"
	"time"
)

// A Config is how one API says it. The zero value is dialect none: a 429 with
// Retry-After, in whole seconds, and nothing else.
type Config struct {
	Dialect Dialect
	// Status is that of a refusal, 200 to 599. 0 is the dialect's own.
	Status int
	// BanStatus is that of a refusal because of a penalty, 200 to 599. 0 is the
	// dialect's own, which is Status where it has none.
	BanStatus int
	// RetryAfter is how a pause is told. The zero value is as the dialect does.
	RetryAfter RetryForm
	// Body is that of a refusal. Empty is the dialect's own, or, with a Status
	// below 400, an error in JSON.
	Body string
}

// Validate names the first field that is out of range.
func (c Config) Validate() error {
	switch {
	case int(c.Dialect) >= len(rows):
		return fmt.Errorf("got Dialect %d, want one of %d", c.Dialect, len(rows))
	case !isStatus(c.Status):
		return fmt.Errorf("got Status %d, want 200 to 599, or 0 for the dialect's own", c.Status)
	case !isStatus(c.BanStatus):
		return fmt.Errorf("got BanStatus %d, want 200 to 599, or 0 for the dialect's own", c.BanStatus)
	case c.RetryAfter.Validate() != nil:
		return fmt.Errorf("RetryAfter: %w", c.RetryAfter.Validate())
	}
	return nil
}

func isStatus(n int) bool { return n == 0 || n >= 200 && n <= 599 }

// A Verdict is what became of a request.
type Verdict uint8

const (
	Passed  Verdict = iota
	Limited         // refused by one of its limits
	Banned          // refused, whatever its limits say, because of refusals before
)

// An Answer is what there is to say to one request.
type Answer struct {
	Verdict Verdict
	// Limits are those that count the request, after it has been judged, in the
	// order in which the API lists them. A dialect with room for one tells the
	// first.
	Limits []State
	// Retry is after how long the request could pass. 0: not known, or never.
	Retry time.Duration
	// Now is when the request was judged, by the server's clock. Dates are told
	// by it, and where a dialect tells one, so is Date.
	Now time.Time
	// Route is the kind of the request; "" where there is one.
	Route string
	// Asked and Cost are what the request was charged on admission, and what it
	// turned out to cost.
	Asked, Cost int64
	// Body is what a request that passed gets. Empty is an empty JSON object.
	Body []byte
}

// A State is that of one limit. Remaining is 0 to Limit.
type State struct {
	Name string
	// Unit is what the limit counts. "" is requests.
	Unit      string
	Limit     int64
	Remaining int64
	// Window is the time in which Limit can be spent; of a bucket, the time in
	// which it fills. 0: it is not about time.
	Window time.Duration
	// Reset is the time until there is more. 0: nothing is spent, or not known.
	Reset time.Duration
	// Full is the time until nothing is spent any more. 0: it is Reset.
	Full time.Duration
	// Route: it is a limit of the route, beside those of all routes.
	Route bool
	// Hidden: the API does not tell of it until it refuses.
	Hidden bool
	// Refused: it refused the request.
	Refused bool
}

// full is how long it takes until nothing is spent.
func (s *State) full() time.Duration { return max(s.Reset, s.Full) }

func (s State) used() int64 { return s.Limit - s.Remaining }

// Write writes the header fields of an answer, and returns its status and body.
// A refusal without a body is one that the dialect has no text for: the server
// says it in its own words. Config is valid.
func (c Config) Write(h http.Header, a Answer) (status int, body []byte) {
	r := &rows[c.Dialect]
	if r.fields != nil {
		r.fields(h, &a)
	}
	if a.Verdict == Passed {
		if r.success != nil {
			return http.StatusOK, r.success(&a)
		}
		return http.StatusOK, a.Body
	}
	form := c.RetryAfter
	if form == RetryDefault {
		form = r.retryForm(&a)
	}
	form.write(h, a.Retry, a.Now)
	status = c.status(r, &a)
	switch {
	case c.Body != "":
		body = []byte(c.Body)
	case c.Status != 0 && status < 400:
		body = []byte(errorIn200)
	case r.refusal != nil:
		body = r.refusal(&a)
	}
	return status, body
}

// errorIn200 is the body of a refusal with a status that is none, where the dialect
// knows only others: as Kraken has it.
const errorIn200 = `{"error":["EAPI:Rate limit exceeded"]}` + "\n"

// status is that of a refusal.
func (c Config) status(r *row, a *Answer) int {
	switch {
	case a.Verdict == Banned && c.BanStatus != 0:
		return c.BanStatus
	case a.Verdict == Banned && r.banStatus != 0:
		return r.banStatus
	case c.Status != 0:
		return c.Status
	case r.status != nil:
		return r.status(a)
	}
	return http.StatusTooManyRequests
}

// refuser is the first limit that refused a request, or nil.
func (a *Answer) refuser() *State {
	for i := range a.Limits {
		if a.Limits[i].Refused {
			return &a.Limits[i]
		}
	}
	return nil
}

// told is the first limit that is told of and of which ok holds, or nil.
func (a *Answer) told(ok func(*State) bool) *State {
	for i := range a.Limits {
		if s := &a.Limits[i]; !s.Hidden && ok(s) {
			return s
		}
	}
	return nil
}

// first is the first limit that is told of, or nil.
func (a *Answer) first() *State { return a.told(func(*State) bool { return true }) }
