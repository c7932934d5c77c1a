package pace

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// Who was in line counts as having left when its goroutine has the permit, even
// at a gate that does not delay departures: not when the alarm let it go. At one that
// does, it is delayed once, and until it is said that it has left.
func TestWhoWaitedHasLeftWhenItHasThePermit(t *testing.T) {
	for delayed, want := range map[bool][]string{ // told notes no time of Delay
		false: {"0s sent 0", "10ms sent 1", "0s delay 1", "10ms left 1"},
		true:  {"0s sent 0", "0s delay 0", "10ms sent 1", "0s delay 1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &told{start: time.Now()}
			l.gap = 10 * ms
			g := newGate(t, GateConfig{Limiter: l, Delayed: delayed})
			for range 2 {
				if _, err := g.Wait(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(l.lines, want) {
				t.Errorf("delayed %v: told %q, want %q", delayed, l.lines, want)
			}
		})
	}
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

// Nobody is forgotten who waits at a gate with an alarm, whoever gives up and when:
// also at the very instant at which a departure is due. As long as somebody is in
// line, a request leaves as soon as the limiter allows it.
func TestTheAlarmForgetsNobody(t *testing.T) {
	const requests, gap = 60, 10 * ms
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			g, start := newGate(t, GateConfig{Limiter: &spaced{gap: gap}}), time.Now()
			// Times are in steps of half a gap, so that much happens at a time.
			steps := func(n int) time.Duration { return time.Duration(random.IntN(n)) * gap / 2 }
			type request struct{ came, gaveUp, left time.Duration }
			all := make([]request, requests)
			var wg sync.WaitGroup
			for i := range all {
				r := &all[i]
				r.came, r.gaveUp = steps(60), time.Hour
				ctx := t.Context()
				if after := steps(80); random.IntN(3) > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithCancel(ctx)
					r.gaveUp = r.came + after
					time.AfterFunc(r.gaveUp, cancel)
				}
				r.left = -1
				wg.Go(func() {
					time.Sleep(r.came)
					p, err := g.Wait(ctx, 1)
					if err != nil {
						if at := time.Since(start); at != r.gaveUp {
							t.Errorf("seed %d: gave up at %v, want %v", seed, at, r.gaveUp)
						}
						return
					}
					r.left = p.Granted.Sub(start)
					g.Done(p, limiter.Outcome{Status: 500}) // a success would end the gap of spaced
				})
			}
			wg.Wait()
			var left []time.Duration
			for _, r := range all {
				if r.left >= 0 {
					left = append(left, r.left)
				}
				if r.left > r.gaveUp {
					t.Errorf("seed %d: left at %v, want %v at the latest", seed, r.left, r.gaveUp)
				}
			}
			slices.Sort(left)
			due := time.Duration(0)
			for i, at := range left {
				if i > 0 {
					due = left[i-1] + gap
				}
				if at < due {
					t.Errorf("seed %d: departures at %v and %v, want a gap of %v", seed, left[i-1], at, gap)
				}
				// From when it was due until it left nobody was there: or else one
				// would have left.
				for _, r := range all {
					if r.left != at && r.came < at && due < at && max(r.came, due) < min(at, r.gaveUp) && (r.left < 0 || r.left > at) {
						t.Errorf("seed %d: who came at %v did not leave from %v until %v", seed, r.came, due, min(at, r.gaveUp))
					}
				}
			}
			for _, r := range all {
				if r.left < 0 && r.gaveUp == time.Hour {
					t.Errorf("seed %d: who came at %v never left", seed, r.came)
				}
			}
		})
	}
}
