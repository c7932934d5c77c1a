package pace

import (
	"net/http"
	"strconv"
	"time"

	"ratebench/clients/limiter"
)

// ReadOutcome is what the status and the header of an answer say: Received in
// X-Received-At, the budget in RateLimit-Remaining and RateLimit-Reset, and
// Retry-After. A field that is missing or cannot be read was not stated.
func ReadOutcome(resp *http.Response) limiter.Outcome {
	o := limiter.Outcome{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header)}
	if ms, err := strconv.ParseUint(resp.Header.Get("X-Received-At"), 10, 63); err == nil {
		o.Received = time.UnixMilli(int64(ms))
	}
	remaining, okRemaining := readCount(resp.Header.Get("RateLimit-Remaining"))
	reset, okReset := readCount(resp.Header.Get("RateLimit-Reset"))
	if okRemaining && okReset {
		o.Budget = &limiter.Budget{Remaining: remaining, Reset: time.Duration(reset) * time.Second}
	}
	return o
}

// retryAfter reads the pause that a server asks for: a number of seconds, or a
// date, which counts from the date of the answer. 0 is none.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, ok := readCount(text); ok {
		return time.Duration(n) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	answered, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		answered = time.Now()
	}
	return max(0, until.Sub(answered))
}

// readCount reads a number that is not negative and, as seconds, no longer than
// a time.Duration.
func readCount(text string) (n int, ok bool) {
	u, err := strconv.ParseUint(text, 10, 31)
	return int(u), err == nil
}
