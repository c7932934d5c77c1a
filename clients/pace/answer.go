package pace

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// ReadOutcome is what the status and the header of an answer say: Received in
// X-Received-At, the budget in RateLimit-Remaining and RateLimit-Reset, and
// Retry-After. A field that is missing or cannot be read was not stated.
//
// A time until something is a number of seconds, also with a fraction, or a
// date, or a number so large that it can only be a date, since 1970, in
// seconds, milliseconds, microseconds or nanoseconds. Dates count from the Date
// of the answer, or from our own clock where it has none. More than a year is a
// year.
func ReadOutcome(resp *http.Response) limiter.Outcome {
	h := resp.Header
	o := limiter.Outcome{Status: resp.StatusCode}
	o.RetryAfter, _ = timeUntil(h.Get("Retry-After"), h)
	if ms, err := strconv.ParseUint(h.Get("X-Received-At"), 10, 63); err == nil {
		o.Received = time.UnixMilli(int64(ms))
	}
	remaining, okRemaining := readNumber(h.Get("RateLimit-Remaining"))
	reset, okReset := timeUntil(h.Get("RateLimit-Reset"), h)
	if okRemaining && okReset {
		o.Budgets = []limiter.Budget{{Remaining: int64(min(remaining, math.MaxInt32)), Reset: reset}}
	}
	return o
}

const (
	// leastDate is the least number that is a date: 2001 in seconds, and 31
	// years as a time. Below 2001 nobody states limits, and above 31 years.
	leastDate = 1e9
	// mostTime is the longest time until something.
	mostTime = 365 * 24 * time.Hour
)

// timeUntil reads how long it is until something, 0 or more.
func timeUntil(text string, h http.Header) (d time.Duration, ok bool) {
	n, ok := readNumber(text)
	switch {
	case ok && n < leastDate:
		return min(seconds(n), mostTime), true
	case ok:
		for n >= 100*leastDate { // beyond the year 5138
			n /= 1000
		}
		return within(time.Unix(0, 0).Add(seconds(n)).Sub(answered(h))), true
	}
	at, err := http.ParseTime(strings.TrimSpace(text))
	if err != nil {
		return 0, false
	}
	return within(at.Sub(answered(h))), true
}

// answered is when an answer was given, by the clock of who gave it if that is
// known.
func answered(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

func within(d time.Duration) time.Duration { return max(0, min(d, mostTime)) }

// seconds is n seconds, rounded up to a nanosecond, or the longest duration
// there is.
func seconds(n float64) time.Duration {
	ns := math.Ceil(n * float64(time.Second))
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

// readNumber reads a number in decimal that is not negative.
func readNumber(text string) (n float64, ok bool) {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0)
}
