package limitertest

import (
	"testing"
	"time"
	"unsafe"
)

// WithWallSet is the time now, with its monotonic reading, if the wall clock had been
// set by so many whole seconds since the program began. It knows how package time
// keeps the two, and checks that it has that right.
func WithWallSet(t *testing.T, now time.Time, by time.Duration) time.Time {
	set := now
	*(*uint64)(unsafe.Pointer(&set)) += uint64(by/time.Second) << 30
	if set.Sub(now) != 0 || set.Round(0).Sub(now.Round(0)) != by {
		t.Fatalf("%v is not %v with the wall clock set by %v", set, now, by)
	}
	return set
}
