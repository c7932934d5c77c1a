package dialect

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A clock is the one that dates in an answer are read by: the Date of the answer,
// or ours where it has none.
type clock struct {
	header http.Header
	now    time.Time
}

func (c clock) answered() time.Time {
	if date := c.header["Date"]; len(date) > 0 {
		if at, err := http.ParseTime(date[0]); err == nil {
			return at
		}
	}
	return c.now
}

// leastDate is the least number that is a date and not a time in seconds: 2001, or
// 31 years. Below 2001 nobody states limits, and above 31 years.
const leastDate = 1e9

// until reads how long it is until something, 0 to mostTime: a number of seconds;
// a number so large that it can only be a date, since 1970, in seconds,
// milliseconds, microseconds or nanoseconds; a time with units, such as 6m0s; or a
// date, as in RFC 3339 or in HTTP.
func (c clock) until(text string) (d time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, false
	}
	if n, ok := readNumber(text); ok {
		if n < leastDate {
			return within(scale(n, time.Second)), true
		}
		return c.untilDate(n), true
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return within(d), true
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = http.ParseTime(text)
	}
	if err != nil {
		return 0, false
	}
	return within(at.Sub(c.answered())), true
}

// untilDate is the time until n seconds or parts of a second since 1970, rounded
// up to microseconds, which is as near as a float64 comes.
func (c clock) untilDate(n float64) time.Duration {
	if n > math.MaxInt64 { // no nanoseconds either
		return mostTime
	}
	for n >= 100*leastDate { // beyond the year 5138
		n /= 1000
	}
	d := time.Unix(0, 0).Add(scale(n, time.Second)).Sub(c.answered())
	return within(min(d, mostTime) + time.Microsecond - 1).Truncate(time.Microsecond)
}

func within(d time.Duration) time.Duration { return max(0, min(d, mostTime)) }

// scale is n units, rounded up to a nanosecond, or the longest duration there is.
func scale(n float64, unit time.Duration) time.Duration {
	ns := math.Ceil(n * float64(unit))
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}

// readNumber reads a number in decimal that is not negative. One that is too large
// for anything is the largest there is.
func readNumber(text string) (n float64, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if math.IsInf(n, 1) {
		return math.MaxFloat64, true
	}
	return n, err == nil
}

// count is a number of requests or units, rounded down, within reason.
func count(n float64) int64 { return int64(min(n, mostCount)) }
