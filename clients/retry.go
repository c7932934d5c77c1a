package clients

import (
	"net/http"
	"time"

	"ratebench/clients/limiter"
)

// Retry tries a request again from where it is, in the hands of its worker,
// after a pause that grows. Its TTL goes on: what would leave after it is not
// tried again.
type Retry struct {
	// Max is how often a request is tried again.
	Max int
	// Backoff is how long to wait before.
	Backoff limiter.Backoff
	// Draw returns the number in [0, 1) that decides the jitter of retry n,
	// counted from 0, of a request.
	Draw func(id int64, n int) float64
}

// worthwhile reports whether the same request can fare better another time. A
// key that is unknown or blocked stays so.
func worthwhile(o limiter.Outcome) bool {
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
func (r *Retry) delay(id int64, n int, previous time.Duration, o limiter.Outcome) time.Duration {
	return max(r.Backoff.Delay(n, previous, r.Draw(id, n)), o.RetryAfter)
}
