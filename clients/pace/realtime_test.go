package pace

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
)

// A visit is a request that comes to a gate in real time.
type visit struct {
	at, left, takes time.Duration // left: 0: it has any time
	cost, costs     int64         // charged; in the end, 0: the same
	status          int           // of its answer
}

// visits notes what becomes of each, and when, and when the last of them leaves; all
// get through.
func visits(t *testing.T, build func() GateConfig, all []visit) (lines []string, last time.Duration) {
	lines = make([]string, len(all)+1)
	synctest.Test(t, func(t *testing.T) {
		g, err := NewGate(build())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex // guards last
		for i, v := range all {
			wg.Go(func() {
				time.Sleep(v.at)
				ctx := t.Context()
				if v.left > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, v.left)
					defer cancel()
				}
				p, err := g.Wait(ctx, v.cost)
				lines[i] = fmt.Sprintf("%d: %v, %v", i, time.Since(start), err)
				if err == nil {
					mu.Lock()
					last = max(last, time.Since(start))
					mu.Unlock()
					time.Sleep(v.takes)
					g.Done(p, limiter.Outcome{Status: v.status, Cost: v.costs})
				}
			})
		}
		wg.Wait()
		s := g.Stats()
		lines[len(all)] = fmt.Sprintf("%+v", s)
		if came := s.NotSent + s.Departed; s.Waiting != 0 || s.InFlight != 0 || came != uint64(len(all)) {
			t.Errorf("%+v, want that all %d are through", s, len(all))
		}
	})
	return lines, last
}

// silent is a limiter that does not say that it is an open loop.
type silent struct {
	limiter.Limiter
	limiter.Delayable
}

// Due implements limiter.Punctual.
func (s silent) Due(at time.Time) {
	if p, ok := s.Limiter.(limiter.Punctual); ok {
		p.Due(at)
	}
}

// In real time the same requests leave, and the same are refused, as early, whether
// one alarm lets all go or each sets a timer of its own, and whether or not a limiter
// says that it is an open loop: who cannot be in time is told so when the last answer
// is in.
func TestWaysToWaitInRealTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := rapid.SampledFrom([]limiter.Config{&limiter.Window{}, &limiter.Paced{}, &limiter.SlidingLog{},
			&limiter.FixedInterval{Interval: 40 * ms}, &limiter.AckClocked{}}).Draw(rt, "limiter")
		refusals := Refusals{Ignore: rapid.Bool().Draw(rt, "ignore")}
		n := 0
		all := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) visit {
			n++
			apart := func(most int, what string) time.Duration { // no two things happen at the same instant
				return time.Duration(rapid.IntRange(0, most).Draw(rt, what))*ms + time.Duration(n*n)*time.Microsecond/7
			}
			v := visit{at: apart(300, "at"), takes: apart(200, "takes"), cost: rapid.Int64Range(1, 2).Draw(rt, "cost")}
			if rapid.Bool().Draw(rt, "in haste") {
				v.left = apart(900, "left") + ms
			}
			v.costs = rapid.SampledFrom([]int64{0, 0, 0, 1, 2}).Draw(rt, "cost in the end")
			v.status = rapid.SampledFrom([]int{200, 200, 200, 429, 500}).Draw(rt, "status")
			return v
		}), 2, 12).Draw(rt, "visits")
		want, _ := visits(t, func() GateConfig {
			l := limiterOf(t, c)
			return GateConfig{Limiter: silent{l, l.(limiter.Delayable)}, Clock: waiting.NewSteadyClock(), Refusals: refusals}
		}, all)
		for name, build := range map[string]func() GateConfig{
			"alarm": func() GateConfig { return GateConfig{Limiter: limiterOf(t, c), Refusals: refusals} },
			"timers": func() GateConfig {
				return GateConfig{Limiter: limiterOf(t, c), Clock: waiting.NewSteadyClock(), Refusals: refusals}
			},
		} {
			if got, _ := visits(t, build, all); !slices.Equal(got, want) {
				rt.Errorf("%s: got\n%q\nwant\n%q", name, got, want)
			}
		}
	})
}

// Of a crowd as many leave in each window as may, and nobody waits for ever, however
// long their answers take and whatever they are: those behind hear of it when one that
// the alarm has let go has its departure in hand.
func TestACrowdGetsThrough(t *testing.T) {
	for _, c := range []limiter.Config{&limiter.Window{}, &limiter.SlidingLog{}, &limiter.Paced{}, &limiter.FixedInterval{Interval: ms}, &limiter.AckClocked{}} {
		for _, guards := range []limiter.Guards{{}, {InFlight: 2}, {Order: true}} {
			for _, takes := range []time.Duration{0, 10 * ms, time.Minute} {
				for _, status := range []int{200, 500} {
					crowd(t, c, guards, visit{takes: takes, cost: 1, status: status})
				}
			}
		}
	}
}

// crowd has 30 come at once.
func crowd(t *testing.T, c limiter.Config, guards limiter.Guards, each visit) {
	t.Helper()
	most := 15 * time.Second // 2 in each
	if _, acked := c.(*limiter.AckClocked); acked || guards != (limiter.Guards{}) {
		most += 30 * each.takes
	}
	lines, last := visits(t, func() GateConfig {
		l, err := guards.Guard(limiterOf(t, c))
		if err != nil {
			t.Fatal(err)
		}
		return GateConfig{Limiter: l}
	}, slices.Repeat([]visit{each}, 30))
	if last > most {
		t.Errorf("%T, %+v, %+v: the last leaves after %v, want at most %v:\n%q", c, guards, each, last, most, lines)
	}
}
