package pace

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients/limiter"
)

// standingClock shows what it is set to.
type standingClock struct{ now time.Time }

func (c *standingClock) Now() time.Time { return c.now }

// resetSignal is one by which somebody waits, and notes what it is told.
type resetSignal struct {
	start time.Time
	asked bool
	told  []string
}

func (s *resetSignal) Notify() { s.told = append(s.told, "notified") }

func (s *resetSignal) Wait(time.Time) error { panic("it takes turns") }

func (s *resetSignal) Reset(until time.Time) bool {
	s.told = append(s.told, "until "+until.Sub(s.start).String())
	return !s.asked
}

// wakingLimiter may allow departures by itself.
type wakingLimiter struct{ spaced }

func (*wakingLimiter) Wake(func()) {}

// Who becomes the first in line is told until when to wait, unless it has to look
// for itself.
func TestNextInLineIsReset(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_000)
	for _, tt := range []struct {
		name     string
		limiter  limiter.Limiter
		asked    bool
		deadline time.Duration // of the second in line; 0: none
		at       time.Duration // when the first leaves
		want     []string
	}{
		{"when it can leave", &spaced{gap: 50 * ms}, false, 0, 50 * ms, []string{"until 100ms"}},
		{"its deadline", &spaced{gap: 50 * ms}, false, 70 * ms, 50 * ms, []string{"until 70ms"}},
		{"its deadline is now", &spaced{gap: 50 * ms}, false, 50 * ms, 50 * ms, []string{"notified"}},
		{"it is not waiting", &spaced{gap: 50 * ms}, true, 0, 50 * ms, []string{"until 100ms", "notified"}},
		{"the limiter has its own say", &wakingLimiter{spaced{gap: 50 * ms}}, false, 0, 50 * ms, []string{"notified"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock := &standingClock{start}
			g, err := NewGate(GateConfig{Limiter: tt.limiter, Clock: clock, Refusals: Refusals{Ignore: true}})
			if err != nil {
				t.Fatal(err)
			}
			var deadline time.Time
			if tt.deadline > 0 {
				deadline = start.Add(tt.deadline)
			}
			var leaves, first, second Turn
			s := &resetSignal{start: start, asked: tt.asked}
			if _, waits := g.Enter(&leaves, s, time.Time{}); waits {
				t.Fatal("the first of all waits")
			}
			g.Enter(&first, &resetSignal{}, time.Time{})
			g.Enter(&second, s, deadline)
			clock.now = start.Add(tt.at)
			if _, waits := g.Again(&first); waits {
				t.Fatal("the first in line does not leave")
			}
			if !slices.Equal(s.told, tt.want) {
				t.Errorf("told %v, want %v", s.told, tt.want)
			}
		})
	}
}

// An end that is no news to a limiter does not have it asked again.
func TestEndsInAnOpenLoop(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cost  int64
		after int  // ends before that of interest
		timed bool // whether those who wait can know that it is too long
		want  bool
	}{
		{"one of several", 0, 0, true, false},
		{"one that cost more", 3, 0, false, true},
		{"the last under way, where they can", 0, 1, true, true},
		{"the last under way", 0, 1, false, false},
	} {
		l := &counted{Limiter: limiterOf(t, &limiter.Window{})}
		clock := &standingClock{time.UnixMilli(1_700_000_000_000)}
		g, err := NewGate(GateConfig{Limiter: l, Clock: clock, Refusals: Refusals{Ignore: true}})
		if err != nil {
			t.Fatal(err)
		}
		turns := make([]Turn, 3)
		for i := range turns {
			var s Signal = &resetSignal{}
			if tt.timed {
				s = g.signals.Get(t.Context(), clock, clock.now, time.Time{}, nil)
			}
			g.Enter(&turns[i], s, time.Time{})
		}
		for i := range tt.after {
			g.Done(turns[i].Permit, limiter.Outcome{Status: 200})
		}
		l.asked = 0
		g.Done(turns[tt.after].Permit, limiter.Outcome{Status: 200, Cost: tt.cost})
		if got := l.asked > 0; got != tt.want || l.ended != tt.after+1 {
			t.Errorf("%s: asked %v, told of %d ends, want %v and %d", tt.name, got, l.ended, tt.want, tt.after+1)
		}
	}
}

// counted is an open loop that counts what it is asked and told.
type counted struct {
	limiter.Limiter
	asked, ended int
}

func (*counted) OpenLoop() {}

func (c *counted) Next(now time.Time, cost int64) time.Time {
	c.asked++
	return c.Limiter.Next(now, cost)
}

func (c *counted) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	c.ended++
	c.Limiter.Done(now, t, o)
}

func limiterOf(t *testing.T, c limiter.Config) limiter.Limiter {
	t.Helper()
	l, err := c.New(limiter.Quota{Limit: 2, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The end of a request that has not left is when it leaves, which brings forward those
// that take its place.
func TestEndOfWhatHasNotLeft(t *testing.T) {
	clock := &standingClock{time.UnixMilli(1_700_000_000_000)}
	g, err := NewGate(GateConfig{Limiter: limiterOf(t, &limiter.Window{}), Clock: clock, Delayed: true, Refusals: Refusals{Ignore: true}})
	if err != nil {
		t.Fatal(err)
	}
	var first, second, third Turn
	s := &resetSignal{asked: true}
	g.Enter(&first, &resetSignal{}, time.Time{})
	g.Enter(&second, &resetSignal{}, time.Time{})
	if until, waits := g.Enter(&third, s, time.Time{}); !waits || until.Before(limiter.Never) {
		t.Fatalf("the third waits %v, until %v", waits, until)
	}
	g.Done(first.Permit, limiter.Outcome{Status: 200})
	if len(s.told) == 0 {
		t.Error("who waits is not told that the first has left")
	}
}
