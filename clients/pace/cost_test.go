package pace

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// bounded allows no cost above most, and asks for a pause after each departure.
type bounded struct {
	spaced
	most int64
}

func (b *bounded) Next(now time.Time, cost int64) time.Time {
	if cost > b.most {
		return limiter.Impossible
	}
	return b.spaced.Next(now, cost)
}

// A request that can never leave is told so at once, even behind others, and
// spends nothing.
func TestGateRefusesImpossibleCosts(t *testing.T) {
	for cost, want := range map[int64]string{
		-1: "cost is -1, want 0 or more: no request of this cost can leave",
		6:  "cost is 6, want no more than the limit allows at a time: no request of this cost can leave",
	} {
		for _, poll := range []time.Duration{0, ms} {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				l := &bounded{spaced: spaced{gap: time.Hour, next: start.Add(time.Hour)}, most: 5}
				g := newGate(t, GateConfig{Limiter: l, Polling: Polling{Every: poll}})
				go func() { _, _ = g.Wait(t.Context(), 5) }()
				synctest.Wait()
				_, err := g.Wait(t.Context(), cost)
				w, ok := errors.AsType[*WaitError](err)
				if !ok || !errors.Is(err, ErrCost) || w.Timeout() || w.Err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				if !time.Now().Equal(start) || l.sent != 0 || g.line.length != 1 {
					t.Errorf("after %v: %d departures, %d in line", time.Since(start), l.sent, g.line.length)
				}
			})
		}
	}
}

// What could leave when it came may have become impossible by the time that it
// is the first in the line.
func TestGateNoticesThatACostHasBecomeImpossible(t *testing.T) {
	for _, poll := range []time.Duration{0, ms} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			l := &bounded{spaced: spaced{gap: 10 * ms, next: start.Add(10 * ms)}, most: 5}
			g := newGate(t, GateConfig{Limiter: l, Polling: Polling{Every: poll}})
			time.AfterFunc(5*ms, func() {
				g.mu.Lock()
				defer g.mu.Unlock()
				l.most = 4
			})
			if _, err := g.Wait(t.Context(), 5); !errors.Is(err, ErrCost) || l.sent != 0 {
				t.Errorf("got %v after %d departures", err, l.sent)
			}
		})
	}
}
