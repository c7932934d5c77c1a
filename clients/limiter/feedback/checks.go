package feedback

import (
	"fmt"
	"strconv"
	"time"
)

// longestWait is a hundred years, which ends before limiter.Never does.
const longestWait = 100 * 366 * 24 * time.Hour

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// between checks a number against bounds that are legal themselves; NaN is
// within none.
func between(field string, v, least, most float64) error {
	if !(v >= least && v <= most) {
		return fmt.Errorf("%s is %v, want %s to %s", field, v, plain(least), plain(most))
	}
	return nil
}

// plain writes a number without an exponent.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func spanBetween(field string, d, least, most time.Duration) error {
	if d < least || d > most {
		return fmt.Errorf("%s is %v, want %v to %v", field, d, least, most)
	}
	return nil
}
