package clients

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
)

// Retry tries a request again from where it is, in the hands of its worker,
// after a pause that grows. Its TTL goes on: what would leave after it is not
// tried again.
type Retry struct {
	// Max is how often a request is tried again, from 0.
	Max int
	// Backoff is how long to wait before. Required.
	Backoff backoff.Rule
	// Draw returns the number in [0, 1) that decides the jitter of retry n,
	// counted from 0, of a request. Required.
	Draw func(id int64, n int) float64
}

// validate names the first field whose value is out of range; nil has none.
func (r *Retry) validate() error {
	switch {
	case r == nil:
		return nil
	case r.Max < 0:
		return fmt.Errorf("client tries again %d times, want 0 or more", r.Max)
	case r.Draw == nil:
		return errors.New("client tries again and has no Draw, want one")
	}
	if err := r.Backoff.Validate(); err != nil {
		return fmt.Errorf("client tries again: %w", err)
	}
	return nil
}

// worthwhile reports whether the same request can fare better another time. A
// key that is unknown or blocked stays so.
func worthwhile(o *limiter.Outcome) bool {
	switch {
	case o.Err != nil:
		return true
	case o.Blocked:
		return false
	case o.RetryAfter > 0:
		return true
	}
	return o.Status == http.StatusTooManyRequests || o.Status == http.StatusBadRequest || o.Status >= 500
}

// delay is how long to wait before retry n of a request that had the outcome
// o: as the backoff says, or as the server asks for if that is longer.
func (r *Retry) delay(id int64, n int, previous time.Duration, o *limiter.Outcome) time.Duration {
	return max(r.Backoff.Delay(n, previous, r.Draw(id, n)), o.RetryAfter)
}
