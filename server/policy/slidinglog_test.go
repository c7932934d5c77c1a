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

// What is charged in one tick is one entry.
func TestLogHasAnEntryForATick(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	l := newSlidingLog(5, time.Second, newTicker(time.Millisecond))
	for i := range 4 {
		l.Charge(now.Add(time.Duration(i)*500*time.Microsecond), 1)
	}
	if l.held != 2 || l.sum != 4 {
		t.Errorf("%d entries of %d, want 2 of 4", l.held, l.sum)
	}
}

// A longer window finds what is still there, however the ring has turned, and lets
// go of it in time. A smaller limit loses nothing.
func TestLogIsAdjusted(t *testing.T) {
	ms := func(n int) time.Time { return time.Date(2026, 7, 1, 0, 0, 0, n*1e6, time.UTC) }
	for turns := 2; turns < 7; turns++ {
		l := newSlidingLog(2, time.Millisecond, newTicker(0))
		for i := range turns {
			l.Charge(ms(2*i), 1)
		}
		last := ms(2 * (turns - 1))
		if err := l.Adjust(last, Window{Limit: 20, Length: time.Minute}); err != nil {
			t.Fatal(err)
		}
		if got := l.State(last); got.Used() != 2 || got.Full != time.Minute+1 || got.Reset != time.Minute-2*time.Millisecond+1 {
			t.Errorf("%d turns: %+v, want the last 2 used", turns, got)
		}
		l.Charge(last.Add(time.Millisecond), 1)
		if got := l.used(last.Add(time.Minute)); got != 2 {
			t.Errorf("%d turns: %d are used a minute after the last but one, want 2", turns, got)
		}
		if got := l.used(last.Add(time.Minute + time.Millisecond + 1)); got != 0 {
			t.Errorf("%d turns: %d are used when all is over, want 0", turns, got)
		}
	}
	l := newSlidingLog(20, time.Minute, newTicker(0))
	for i := range 10 {
		l.Charge(ms(i), 1)
	}
	if err := l.Adjust(ms(10), Window{Limit: 2, Length: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if ok, retry := l.Check(ms(10), 1); ok || retry != time.Minute-2*time.Millisecond+1 {
		t.Errorf("a smaller limit: %v, after %v; want when 9 of 10 are over", ok, retry)
	}
}
