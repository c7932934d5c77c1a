package pace

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// lateSignal is a signal whose timers come late.
type lateSignal struct {
	bubbleSignal
	by time.Duration
}

func (s lateSignal) Wait(until time.Time) error {
	err := s.bubbleSignal.Wait(until)
	if err == ErrDeadline {
		time.Sleep(s.by)
	}
	return err
}

// departures lets workers leave through a gate one after another for a time, with
// timers that come late, and returns when they did.
func departures(t *testing.T, c limiter.Config, q limiter.Quota, d, late time.Duration) (sent []time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		l, err := c.New(q)
		if err != nil {
			t.Fatal(err)
		}
		g := newGate(t, GateConfig{Limiter: l, Clock: bubbleClock{}, Refusals: Refusals{Ignore: true}})
		start := time.Now()
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				s := lateSignal{newBubbleSignal(), late}
				for {
					p, err := g.Acquire(s, start.Add(d), 1)
					if err != nil {
						return
					}
					mu.Lock()
					sent = append(sent, p.Granted.Sub(start))
					mu.Unlock()
					time.Sleep(2 * ms)
					g.Done(p, limiter.Outcome{Status: 200})
				}
			})
		}
		all.Wait()
	})
	return sent
}

// A rate is a rate whatever the timers, as long as there are enough who wait; and
// no N+1 departures are closer together than W' + J.
func TestLateTimersDoNotLowerTheRate(t *testing.T) {
	q := limiter.Quota{Limit: 2000, Window: time.Second}
	const d = 3 * time.Second
	for _, late := range []time.Duration{0, ms, 5 * ms} {
		sent := departures(t, &limiter.Paced{Spread: 5 * ms}, q, d, late)
		age := q.Span() + 5*ms
		for i := q.Limit; i < len(sent); i++ {
			if got := sent[i] - sent[i-q.Limit]; got < age {
				t.Fatalf("%v late: departure %d leaves %v after the one %d before, want %v", late, i, got, q.Limit, age)
			}
		}
		// Each window costs what the timers of one departure are late.
		least := int(float64(q.Limit) * float64(d-4*late) / float64(age+2*ms))
		if len(sent) < least {
			t.Errorf("%v late: %d departures in %v, want %d", late, len(sent), d, least)
		}
	}
}
