package nonce

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestNonces(t *testing.T) {
	at := func(d time.Duration) time.Time { return time.UnixMilli(1000).Add(d) }
	for _, c := range []struct {
		policy Policy
		want   []int64
	}{
		{Timestamp, []int64{1000, 1000, 1001, 1001}},
		{Increasing, []int64{1000, 1001, 1002, 1003}},
		{Counter, []int64{1, 2, 3, 4}},
	} {
		n := New(c.policy, nil)
		var got []int64
		for _, d := range []time.Duration{0, 900 * time.Microsecond, time.Millisecond, time.Millisecond} {
			got = append(got, n.Next(at(d)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("policy %d: got %v, want %v", c.policy, got, c.want)
		}
	}
}

// Random nonces are unique, never negative, and seldom the largest so far.
func TestRandomNoncesHaveNoOrder(t *testing.T) {
	n := New(Random, nil)
	seen := map[int64]bool{}
	largest, records := int64(-1), 0
	for range 1000 {
		v := n.Next(time.UnixMilli(1000))
		if v < 0 || seen[v] {
			t.Fatalf("nonce %d is negative or was issued before", v)
		}
		seen[v] = true
		if v > largest {
			largest = v
			records++
		}
	}
	if records > 30 { // expected: the 1000th harmonic number, 7.5
		t.Errorf("%d of 1000 were the largest so far", records)
	}
}

func TestNoncesInMicroseconds(t *testing.T) {
	n := New(IncreasingMicroseconds, nil)
	now := time.UnixMicro(5_000_000)
	for i, want := range []int64{5_000_000, 5_000_001, 5_001_000} {
		if got := n.Next(now); got != want {
			t.Errorf("nonce %d is %d, want %d", i, got, want)
		}
		if i == 1 {
			now = now.Add(time.Millisecond)
		}
	}
}

// Whatever the wall clock does, increasing nonces increase.
func TestIncreasingNoncesWhenTheClockIsSetBack(t *testing.T) {
	wall := time.UnixMilli(1000)
	n := New(Increasing, func(time.Time) time.Time { return wall })
	var got []int64
	for _, at := range []int64{1000, 400, 400, 1001, 1003, 1004} {
		wall = time.UnixMilli(at)
		got = append(got, n.Next(time.Time{}))
	}
	if want := []int64{1000, 1001, 1002, 1003, 1004, 1005}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNoncesContinueAfterThoseOfAnEarlierRun(t *testing.T) {
	now := time.UnixMilli(1000)
	for _, c := range []struct {
		policy Policy
		after  int64
		want   int64
	}{
		{Increasing, 1005, 1006}, {Increasing, 1000, 1001}, {Increasing, 999, 1000}, {Counter, 41, 42}, {Timestamp, 1005, 1000},
	} {
		n := New(c.policy, nil)
		n.ContinueAfter(c.after)
		n.ContinueAfter(3) // an older one
		if got := n.Next(now); got != c.want {
			t.Errorf("policy %d after %d: %d, want %d", c.policy, c.after, got, c.want)
		}
	}
}

func TestNoncesAreAhead(t *testing.T) {
	at := func(ms int64) time.Time { return time.UnixMilli(ms) }
	n := New(Increasing, nil)
	if n.Ahead(at(1000)) {
		t.Error("nothing was issued, and that is ahead")
	}
	n.Next(at(1000))
	n.Next(at(1000)) // 1001
	for now, want := range map[int64]bool{1000: true, 1001: true, 1002: false} {
		if got := n.Ahead(at(now)); got != want {
			t.Errorf("1001 at %d: %v", now, got)
		}
	}
	counter := New(Counter, nil)
	if counter.Ahead(at(1)) {
		t.Error("a counter that was not used is ahead")
	}
	counter.Next(at(1))
	if !counter.Ahead(at(1e12)) {
		t.Error("a new counter would start over")
	}
	random := New(Random, nil)
	random.Next(at(1))
	if random.Ahead(at(1)) {
		t.Error("random nonces have no order to be ahead in")
	}
}

// A timestamp waits for the next millisecond if the last one has been used, and
// for nothing else: not for a clock that was set back to reach the last again.
func TestTimestampsWaitForANewMillisecond(t *testing.T) {
	back := time.Duration(0)
	n := New(Timestamp, func(now time.Time) time.Time { return now.Add(-back) })
	start := time.UnixMilli(5000).Add(300 * time.Microsecond)
	n.Next(start)
	if got, want := n.Ready(start).Sub(start), 700*time.Microsecond; got != want {
		t.Errorf("in the same millisecond the next may leave after %v, want %v", got, want)
	}
	back = time.Second
	if got := n.Ready(start); got.After(start) {
		t.Errorf("with the clock set back the next may leave after %v, want at once", got.Sub(start))
	}
}

// A countedLock counts how often it is taken, and notes whether it is held.
type countedLock struct {
	times int
	held  bool
}

func (l *countedLock) Lock()   { l.times, l.held = l.times+1, true }
func (l *countedLock) Unlock() { l.held = false }

// Whoever issues, or asks about what was issued, takes the lock, which is the one
// that was given; who only looks does not.
func TestLock(t *testing.T) {
	lock := &countedLock{}
	locked := false
	n := New(Counter, func(now time.Time) time.Time { return now }).GuardedBy(lock)
	watched := New(Increasing, func(now time.Time) time.Time {
		locked = lock.held
		return now
	}).GuardedBy(lock)
	now := time.UnixMilli(1000)
	for i, step := range []func(){
		func() { n.Next(now) },
		func() { n.ContinueAfter(7) },
		func() { n.Ahead(now) },
		func() { watched.Next(now) },
	} {
		step()
		if lock.times != i+1 || lock.held {
			t.Errorf("after step %d the lock was taken %d times, and is held: %v", i, lock.times, lock.held)
		}
	}
	if !locked {
		t.Error("the clock is read without the lock")
	}
	n.Ready(now)
	if lock.times != 4 {
		t.Error("who only looks takes the lock")
	}
}

// The first random nonces of a source are fixed, and none of its policy waits for
// the clock.
func TestReadyOfOtherPolicies(t *testing.T) {
	now := time.UnixMilli(1000)
	for _, p := range []Policy{Increasing, IncreasingMicroseconds, Counter, Random} {
		n := New(p, nil)
		n.ContinueAfter(1000) // the millisecond that it is
		if at := n.Ready(now); !at.IsZero() {
			t.Errorf("policy %d waits until %v", p, at)
		}
	}
	n := New(Timestamp, nil)
	n.Next(now)
	if at := n.Ready(now); !at.Equal(now.Add(time.Millisecond)) {
		t.Errorf("the next timestamp is there at %v, want %v", at, now.Add(time.Millisecond))
	}
}

// All of a random number's bits are used but the sign.
func TestRandomNoncesUseAllBits(t *testing.T) {
	n := New(Random, nil)
	var or int64
	for range 200 {
		or |= n.Next(time.UnixMilli(1000))
	}
	if or != math.MaxInt64 {
		t.Errorf("of 200 nonces the bits %b are used", or)
	}
}

// Nobody has to call New for timestamps.
func TestZeroSource(t *testing.T) {
	var n Source
	now := time.UnixMilli(1000)
	n.ContinueAfter(7)
	if got := n.Next(now); got != 1000 {
		t.Errorf("nonce %d, want 1000", got)
	}
	if at := n.Ready(now); !at.Equal(now.Add(time.Millisecond)) || !n.Ahead(now) {
		t.Errorf("the next timestamp is there at %v, want %v", at, now.Add(time.Millisecond))
	}
}
