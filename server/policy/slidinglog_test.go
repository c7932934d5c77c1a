package policy

import (
	"testing"
	"time"
)

// However much is charged beyond the limit, the log stays small, and still knows
// when there is room.
func TestLogIsBounded(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	l := newSlidingLog(5, time.Hour, newTicker(0))
	for range 100_000 {
		now = now.Add(time.Millisecond)
		l.Charge(now, 1)
	}
	if len(l.ring) > 6 {
		t.Errorf("a ring of %d entries for a limit of 5", len(l.ring))
	}
	if _, retry := l.Check(now, 1); retry != time.Hour-4*time.Millisecond+1 {
		t.Errorf("room after %v, want when the fifth last is an hour old", retry)
	}
}

// Room is not taken before it is needed.
func TestLogGrows(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	l := newSlidingLog(1e9, time.Hour, newTicker(time.Second))
	for range 5_000 {
		now = now.Add(500 * time.Millisecond)
		l.Charge(now, 1000)
	}
	if len(l.ring) != 64*roomAtFirst || l.held != 2501 {
		t.Errorf("%d entries in a ring of %d, want one a second, 2501 in 4096", l.held, len(l.ring))
	}
	if l.sum != 5_000_000 {
		t.Errorf("a sum of %d, want all 5000000", l.sum)
	}
}
