package measured

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// durationOf is a number of units as a duration. What is not finite, or longer
// than any latency, is refused.
func durationOf(n float64, unit time.Duration) (time.Duration, error) {
	ns := math.Round(n * float64(unit))
	switch {
	case math.IsNaN(ns):
		return 0, fmt.Errorf("found %v, want a number", n)
	case math.Abs(ns) > float64(longest):
		return 0, fmt.Errorf("found %v times %v, want at most %v", n, unit, longest)
	}
	return time.Duration(ns), nil
}

// parseDuration reads a plain number of units.
func parseDuration(field, text string, unit time.Duration) (time.Duration, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %.60q is not a number", field, text)
	}
	d, err := durationOf(n, unit)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", field, err)
	}
	return d, nil
}

// parseStatus reads the status of an answer; "" and 0 are none.
func parseStatus(field, text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "0" || text == "000" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 999 {
		return 0, fmt.Errorf("%s: %.60q is not a status of HTTP, want 100 to 599, or 0 for no answer", field, text)
	}
	return n, nil
}

// The time of a measurement is after 1990 and before 2200, so that sums of it do
// not overflow.
var (
	earliest = time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
)

func checkTime(field string, t time.Time) (time.Time, error) {
	if t.Before(earliest) || t.After(latest) {
		return t, fmt.Errorf("%s: %s is not a time of a measurement, want one from 1990 to 2199", field, t.UTC().Format(time.RFC3339))
	}
	return t, nil
}

// parseUnix reads a time since 1970 in seconds, or, by the number of digits, in
// milliseconds, microseconds or nanoseconds. Whole says that it is one of whole
// seconds.
func parseUnix(field, text string) (t time.Time, whole bool, err error) {
	text = strings.TrimSpace(text)
	seconds, fraction, dotted := strings.Cut(text, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 {
		return t, false, fmt.Errorf("%s: %.60q is not a time since 1970", field, text)
	}
	switch {
	case n >= 1e17:
		t = time.Unix(0, n)
	case n >= 1e14:
		t = time.UnixMicro(n)
	case n >= 1e11:
		t = time.UnixMilli(n)
	default:
		var part float64
		if dotted {
			if part, err = strconv.ParseFloat("0."+fraction, 64); err != nil {
				return t, false, fmt.Errorf("%s: %.60q is not a time since 1970", field, text)
			}
		}
		t, whole = time.Unix(n, int64(math.Round(part*1e9))), !dotted
	}
	t, err = checkTime(field, t)
	return t, whole, err
}

// route is a method and the path of a URL.
func route(method, rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || rawURL == "" {
		return ""
	}
	if method == "" {
		method = "GET"
	}
	return method + " " + cmp.Or(u.EscapedPath(), "/")
}
