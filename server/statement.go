package server

import (
	"net/http"
	"strconv"
	"time"

	"ratebench/server/ledger"
)

// Statements are what the server says beside its answers. The reference says
// nothing.
type Statements struct {
	// Received states when the request arrived, in X-Received-At:
	// milliseconds since 1970 by the server's clock, rounded down.
	Received bool
	// Budget states what is left of the key's limit, or the first of several, in RateLimit-Limit,
	// RateLimit-Remaining and RateLimit-Reset, and in Retry-After with a 429
	// (not with that of a blocked key, for which there is no use in waiting).
	// Times are whole seconds, rounded up.
	Budget bool
	// Limits are the States of a Reply. They are not written into its header:
	// that is up to whoever knows how the API says it.
	Limits bool
}

// A Statement is what the server said with one answer. The zero value says
// nothing.
type Statement struct {
	Received   time.Time // zero: not stated
	HasBudget  bool
	Limit      int
	Remaining  int           // requests that may arrive right now
	Reset      time.Duration // until there are more; whole seconds
	RetryAfter time.Duration // 0: not stated; whole seconds
}

// Header fields of a Statement.
const (
	ReceivedField   = "X-Received-At"
	LimitField      = "RateLimit-Limit"
	RemainingField  = "RateLimit-Remaining"
	ResetField      = "RateLimit-Reset"
	RetryAfterField = "Retry-After"
)

// state says of a request that arrives now what is asked for.
func (s Statements) state(l *ledger.Ledger, now time.Time, r *ledger.Request, v Verdict) Statement {
	var st Statement
	if s.Received {
		st.Received = now.Truncate(time.Millisecond)
	}
	if s.Budget {
		first := l.First(now, r)
		st.HasBudget = true
		st.Limit, st.Remaining, st.Reset = int(first.Limit), int(first.Remaining), wholeSeconds(first.Reset)
		if v == RateLimited {
			st.RetryAfter = st.Reset
		}
	}
	return st
}

// wholeSeconds is d rounded up.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// Budget is how many requests would be accepted at now, and after how many
// whole seconds, rounded up, there will be more of them; 0 when all N are
// left.
func (k *Key) Budget(now time.Time) (remaining int, reset time.Duration) {
	s := k.ledger.First(now, &ledger.Request{})
	return int(s.Remaining), wholeSeconds(s.Reset)
}

// write puts the statement into header fields.
func (st Statement) write(h http.Header) {
	seconds := func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
	if !st.Received.IsZero() {
		h.Set(ReceivedField, strconv.FormatInt(st.Received.UnixMilli(), 10))
	}
	if st.HasBudget {
		h.Set(LimitField, strconv.Itoa(st.Limit))
		h.Set(RemainingField, strconv.Itoa(st.Remaining))
		h.Set(ResetField, seconds(st.Reset))
	}
	if st.RetryAfter > 0 {
		h.Set(RetryAfterField, seconds(st.RetryAfter))
	}
}
