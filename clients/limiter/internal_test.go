package limiter

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestMeanWindowForgets(t *testing.T) {
	m := meanWindow{last: make([]time.Duration, 0, 3)}
	for i, want := range []time.Duration{1, 1, 2, 3, 4} { // 1; 1,2 → 1.5; 1..3; 2..4; 3..5
		m.add(time.Duration(i + 1))
		if got := m.mean(); got != want {
			t.Errorf("after %d: %d, want %d", i+1, got, want)
		}
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
