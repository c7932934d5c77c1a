package limiter

import (
	"testing"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/keyedrand"
)

const ms = time.Millisecond

func TestBackoffOnlyKeepsTheLongestWait(t *testing.T) {
	// Seed 21 draws 0.699… and 0.071…: the second delay ends before the first.
	drawn := func(n uint64, most float64) time.Duration { return time.Duration(keyedrand.Uniform(21, n) * most) }
	first, second := drawn(0, float64(100*ms)), drawn(1, float64(200*ms))
	if first < ms+second {
		t.Fatalf("delays %v and %v do not suit the test", first, second)
	}
	start := time.UnixMilli(1_700_000_000_000)
	l, err := (&BackoffOnly{Base: 100 * ms, Jitter: backoff.JitterFull, Seed: 21}).New(Quota{Limit: 1, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	a, b := l.Sent(start, 1), l.Sent(start, 1)
	l.Done(start, a, Outcome{Status: 429})
	l.Done(start.Add(ms), b, Outcome{Status: 429})
	if got := l.Next(start.Add(ms), 1).Sub(start); got != first {
		t.Errorf("the next may leave after %v, want the longer wait, %v", got, first)
	}
}

func TestMeanWindowForgets(t *testing.T) {
	m := meanWindow{last: make([]time.Duration, 0, 3)}
	for i, want := range []time.Duration{1, 1, 2, 3, 4} { // 1; 1,2 → 1.5; 1..3; 2..4; 3..5
		m.add(time.Duration(i + 1))
		if got := m.mean(); got != want {
			t.Errorf("after %d: %d, want %d", i+1, got, want)
		}
	}
}

func TestTutorialPortions(t *testing.T) {
	for _, c := range []struct{ n, parts, portion int }{
		{1, 1, 1},     // 1 a second
		{2, 1, 2},     // prime: all at once
		{4, 2, 2},     // 2 every 1/2 s
		{7, 1, 7},     // prime
		{8, 4, 2},     // 2 every 250 ms
		{9, 3, 3},     // 3 every 1/3 s
		{12, 6, 2},    // 2 every 1/6 s
		{20, 10, 2},   // 2 every 100 ms
		{35, 7, 5},    // 5 every 1/7 s
		{997, 1, 997}, // prime
	} {
		parts := largestDivisor(c.n)
		if parts != c.parts || c.n/parts != c.portion {
			t.Errorf("%d/s: %d parts of %d, want %d of %d", c.n, parts, c.n/parts, c.parts, c.portion)
		}
	}
}

// The ring against a slice of everything, around the ends of its blocks.
func TestRing(t *testing.T) {
	at := func(k Ticket) time.Time { return time.UnixMilli(int64(k)) }
	for _, n := range []int{1, 2, 3, ringBlock - 1, ringBlock, ringBlock + 1, 2*ringBlock + 5} {
		r := newRing(n)
		for k := range Ticket(5 * ringBlock) {
			var want time.Time
			if k >= r.n {
				want = at(k - r.n)
			}
			if got := r.oldest(); !got.Equal(want) {
				t.Fatalf("%d slots: before departure %d the oldest is %v, want %v", n, k, got, want)
			}
			if got := r.push(at(k)); got != k {
				t.Fatalf("departure %d has ticket %d", k, got)
			}
			for _, back := range []Ticket{0, r.n - 1, r.n} {
				s := r.slot(k - back)
				if held := back <= k && back < r.n; (s != nil) != held || held && !s.Equal(at(k-back)) {
					t.Fatalf("%d slots: after departure %d the slot of %d back is %v", n, k, back, s)
				}
			}
		}
		if s := r.slot(r.sent); s != nil {
			t.Errorf("a departure that has not been has the slot %v", s)
		}
	}
}

// A large limit takes up no room before it is used, nor all at once.
func TestRingOfAMillionIsSmallAtFirst(t *testing.T) {
	r := newRing(1_000_000)
	if n := testing.AllocsPerRun(ringBlock-2, func() { r.push(time.Time{}) }); n != 0 {
		t.Errorf("%v allocations for a departure", n)
	}
	if len(r.blocks) != 1 || len(r.blocks[0]) != ringBlock {
		t.Errorf("%d blocks", len(r.blocks))
	}
}

// The best bound of the block before counts until the block is full.
func TestOffsetBoundOfTheBlockBefore(t *testing.T) {
	q := Quota{Limit: 1, Window: time.Second}
	start := time.UnixMilli(1_700_000_000_000)
	var b offsetBound
	for i := range offsetBlock + 1 {
		sent := start.Add(time.Duration(i) * ms)
		answered, late := sent.Add(50*ms), 40*ms
		if i == 0 {
			late = ms
		}
		b.add(q, answered, sent, answered.Add(-late), ms)
	}
	sent := start.Add(offsetBlock * ms)
	if b.answers != 1 || b.current.bound != -40*ms {
		t.Fatalf("the block has %d answers and the bound %v, want a new one with -40ms", b.answers, b.current.bound)
	}
	if got := b.at(q, sent.Add(50*ms), sent); got > -ms || got < -2*ms {
		t.Errorf("the bound is %v, want -1ms less the drift", got)
	}
}
