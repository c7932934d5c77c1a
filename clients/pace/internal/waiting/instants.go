package waiting

import "time"

// Passed reports whether now is after a deadline that exists.
func Passed(deadline, now time.Time) bool { return !deadline.IsZero() && now.After(deadline) }

// Earliest returns the earlier instant; a zero deadline never comes.
func Earliest(at, deadline time.Time) time.Time {
	if deadline.IsZero() || at.Before(deadline) {
		return at
	}
	return deadline
}

// Latest returns the later of two instants.
func Latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
