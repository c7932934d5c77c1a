package dialect

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A RetryForm is how the pause after a refusal is told, in Retry-After.
type RetryForm uint8

const (
	RetryDefault      RetryForm = iota // as the dialect does
	RetrySeconds                       // whole seconds, rounded up: what most do, and the RFC asks for
	RetryDecimals                      // seconds with decimals, rounded up to milliseconds
	RetryMilliseconds                  // milliseconds, rounded up, as Discord before version 8
	RetryDate                          // an HTTP date
	RetryMissing                       // not at all
)

var retryNames = [...]string{"default", "seconds", "decimals", "milliseconds", "date", "none"}

// RetryNames lists the forms, in the order of their constants.
func RetryNames() []string { return retryNames[:] }

// ParseRetry finds a form by its name.
func ParseRetry(name string) (f RetryForm, ok bool) {
	for i, n := range retryNames {
		if n == name {
			return RetryForm(i), true
		}
	}
	return 0, false
}

// Validate says that there is no such form.
func (f RetryForm) Validate() error {
	if int(f) >= len(retryNames) {
		return fmt.Errorf("got RetryForm %d, want one of %d", f, len(retryNames))
	}
	return nil
}

func (f RetryForm) String() string {
	if int(f) < len(retryNames) {
		return retryNames[f]
	}
	return "no form"
}

// write tells a pause. There is none to tell where it is not known, or for ever.
func (f RetryForm) write(h http.Header, pause time.Duration, now time.Time) {
	if pause <= 0 {
		return
	}
	switch f {
	case RetryMissing:
	case RetryDecimals:
		h.Set("Retry-After", decimals(pause))
	case RetryMilliseconds:
		h.Set("Retry-After", strconv.FormatInt(ceil(pause, time.Millisecond), 10))
	case RetryDate:
		setDate(h, now)
		h.Set("Retry-After", secondAfter(now, pause).Format(http.TimeFormat))
	default:
		h.Set("Retry-After", seconds(pause))
	}
}

// ceil is how many units cover d.
func ceil(d, unit time.Duration) int64 {
	n := int64(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}

// milliseconds are whole ones, rounded up.
func milliseconds(d time.Duration) time.Duration {
	return time.Duration(ceil(d, time.Millisecond)) * time.Millisecond
}

// seconds are whole seconds, rounded up.
func seconds(d time.Duration) string { return strconv.FormatInt(ceil(d, time.Second), 10) }

// decimals are seconds, rounded up to milliseconds, as many digits as needed and
// one at least: 2.0, 0.25.
func decimals(d time.Duration) string {
	s := strconv.FormatFloat(float64(ceil(d, time.Millisecond))/1000, 'f', -1, 64)
	for i := range s {
		if s[i] == '.' {
			return s
		}
	}
	return s + ".0"
}

// secondAfter is the first whole second that is d after now at least, in UTC.
func secondAfter(now time.Time, d time.Duration) time.Time {
	at := now.Add(d).UTC()
	whole := at.Truncate(time.Second)
	if whole.Before(at) {
		whole = whole.Add(time.Second)
	}
	return whole
}

// epoch is secondAfter in seconds since 1970.
func epoch(now time.Time, d time.Duration) string {
	return strconv.FormatInt(secondAfter(now, d).Unix(), 10)
}

// setDate says by which clock the dates of an answer are to be read.
func setDate(h http.Header, now time.Time) { h.Set("Date", now.UTC().Format(http.TimeFormat)) }

func number(n int64) string { return strconv.FormatInt(n, 10) }
