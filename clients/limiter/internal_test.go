package limiter

import (
	"slices"
	"testing"
	"time"
	"unsafe"
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

// What is foretold of a paced limiter are its lines, and then entries of its log.
func TestPacedForetells(t *testing.T) {
	l, err := (&Paced{}).New(Quota{Limit: 20, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	p := l.(*paced)
	for range 3 {
		l.Sent(time.Unix(1_700_000_000, 0), 1)
	}
	own := []unsafe.Pointer{unsafe.Pointer(&p.ring), unsafe.Pointer(&p.clock), unsafe.Pointer(&p.due)}
	for far, want := range [][]unsafe.Pointer{own, p.ring.Lines(1, nil), nil} {
		if got := p.Lines(far, nil); !slices.Equal(got, want) {
			t.Errorf("%d away: %v, want %v", far, got, want)
		}
	}
	if n := len(p.Lines(1, nil)); n != 2 {
		t.Errorf("%d entries of the log, want 2", n)
	}
}
