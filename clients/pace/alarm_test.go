package pace

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Who was in line counts as having left when its goroutine has the permit, even
// at a gate that does not delay departures: not when the alarm let it go.
func TestWhoWaitedHasLeftWhenItHasThePermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &told{start: time.Now()}
		l.gap = 10 * ms
		g := newGate(t, GateConfig{Limiter: l})
		for range 2 {
			if _, err := g.Wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"0s sent 0", "10ms sent 1", "0s delay 1", "10ms left 1"} // told notes no time of Delay
		if !slices.Equal(l.lines, want) {
			t.Errorf("told %q, want %q", l.lines, want)
		}
	})
}

// The alarm is that of whoever is the first in line by now, when those before
// have given up.
func TestTheAlarmIsThatOfTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &gateLog{t: t, start: time.Now()}
		l.gate = newGate(t, GateConfig{Limiter: &spaced{gap: 10 * ms}})
		ctx, cancel := context.WithCancel(t.Context())
		enters := func(name string, ctx context.Context, at time.Duration) {
			l.wg.Go(func() {
				time.Sleep(at)
				what := "departs"
				if _, err := l.gate.Wait(ctx, 1); errors.Is(err, context.Canceled) {
					what = "has gone"
				} else if err != nil {
					t.Error(err)
				}
				l.note("%s %s", name, what)
			})
		}
		enters("a", t.Context(), 0)
		enters("b", ctx, ms)
		enters("c", ctx, 2*ms)
		enters("d", t.Context(), 3*ms)
		enters("e", t.Context(), 4*ms)
		time.AfterFunc(5*ms, cancel)
		l.wg.Wait()
		slices.Sort(l.lines[1:3]) // two at the same time
		wantLines(t, l.lines, []string{"0s a departs", "5ms b has gone", "5ms c has gone", "10ms d departs", "20ms e departs"})
	})
}
