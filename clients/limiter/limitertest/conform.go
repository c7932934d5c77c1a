// Package limitertest is the suite that every limiter has to pass, and the
// tools to hold one against a brute-force calculation.
package limitertest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
)

// Epoch is when walks begin; a whole number of milliseconds.
var Epoch = time.UnixMilli(1_700_000_000_000)

const ms = time.Millisecond

// Conform checks what every limiter promises: that Next is a question, and that
// tickets count departures. A limiter that allocates is one of a library that
// does.
func Conform(t *testing.T, build func() limiter.Limiter, allocates bool) {
	t.Run("Next is a question", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			Walk(rt, &both{plain: build(), asked: build(), rt: rt, last: Epoch})
		})
	})
	t.Run("Next is a question whatever the cost", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			WalkCosts(rt, &both{plain: build(), asked: build(), rt: rt, last: Epoch}, 4)
		})
	})
	t.Run("what costs more does not leave earlier", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) { WalkCosts(rt, &monotone{build(), rt}, 4) })
	})
	t.Run("who turns out to cost more lets nothing leave earlier", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) { settling(rt, build(), build()) })
	})
	if _, ok := build().(limiter.OpenLoop); ok {
		t.Run("an open loop learns nothing of answers", func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { WalkCosts(rt, &unmoved{build(), rt}, 4) })
		})
	}
	t.Run("tickets count departures", func(t *testing.T) { ticketsCount(t, build()) })
	t.Run("no allocations", func(t *testing.T) {
		if allocates {
			t.Skip("the library allocates")
		}
		noAllocations(t, build())
	})
}

// Walk drives a limiter as a gate would, with random pauses and answers in
// between, and returns when requests left. Each costs 1.
func Walk(rt *rapid.T, l limiter.Limiter) (departures []time.Time) {
	for _, d := range walk(rt, l, func() int64 { return 1 }) {
		departures = append(departures, d.At)
	}
	return departures
}

// A Departure is a request that left, and what it cost.
type Departure struct {
	At   time.Time
	Cost int64
}

// WalkCosts is Walk with requests that cost from 0 to most.
func WalkCosts(rt *rapid.T, l limiter.Limiter, most int64) []Departure {
	return walk(rt, l, func() int64 { return rapid.Int64Range(0, most).Draw(rt, "cost") })
}

func walk(rt *rapid.T, l limiter.Limiter, draw func() int64) (departures []Departure) {
	now := Epoch
	var flying []limiter.Ticket
	sent := map[limiter.Ticket]time.Time{}
	for range rapid.IntRange(1, 200).Draw(rt, "steps") {
		now = now.Add(time.Duration(rapid.Int64Range(0, int64(120*ms)).Draw(rt, "pause")))
		switch action := rapid.IntRange(0, 3).Draw(rt, "action"); {
		case action == 0 && len(flying) > 0:
			i := rapid.IntRange(0, len(flying)-1).Draw(rt, "which")
			status := rapid.SampledFrom([]int{200, 200, 200, 429, 400}).Draw(rt, "status")
			k := flying[i]
			l.Done(now, k, limiter.Outcome{Status: status, Sent: sent[k], Created: sent[k]})
			flying = append(flying[:i], flying[i+1:]...)
		default:
			cost := draw()
			if at := l.Next(now, cost); at.After(now) {
				if at.Equal(limiter.Impossible) {
					continue
				}
				if at.Sub(now) > time.Minute {
					return departures // such as a limiter that waits for an answer
				}
				now = at
			}
			if l.Next(now, cost).After(now) {
				rt.Fatalf("Next(%v) is in the future of the very instant it named", now.Sub(Epoch))
			}
			k := l.Sent(now, cost)
			flying, sent[k] = append(flying, k), now
			departures = append(departures, Departure{now, cost})
		}
	}
	return departures
}

// both tells two limiters the same; the second is asked more often, and at
// other instants. They have to say the same.
type both struct {
	plain, asked limiter.Limiter
	rt           *rapid.T
	last         time.Time // when anything happened
}

func (b *both) Next(now time.Time, cost int64) time.Time {
	b.asked.Next(b.last.Add(now.Sub(b.last)/2), cost)
	b.asked.Next(now, cost)
	b.last = now
	at, again := b.plain.Next(now, cost), b.asked.Next(now, cost)
	if !at.Equal(again) {
		b.rt.Fatalf("asked often, Next is %v, else %v", again.Sub(Epoch), at.Sub(Epoch))
	}
	return at
}

func (b *both) Sent(now time.Time, cost int64) limiter.Ticket {
	t, u := b.plain.Sent(now, cost), b.asked.Sent(now, cost)
	if t != u {
		b.rt.Fatalf("tickets %d and %d", t, u)
	}
	return t
}

func (b *both) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	b.last = now
	b.plain.Done(now, t, o)
	b.asked.Done(now, t, o)
}

// monotone is a limiter whose answers are compared for several costs.
type monotone struct {
	limiter.Limiter
	rt *rapid.T
}

func (m *monotone) Next(now time.Time, cost int64) time.Time {
	at := m.Limiter.Next(now, cost)
	if less := m.Limiter.Next(now, cost/2); less.After(now) && less.After(at) {
		m.rt.Fatalf("a cost of %d may leave at %v, one of %d at %v", cost, at.Sub(Epoch), cost/2, less.Sub(Epoch))
	}
	return at
}

// unmoved is a limiter whose answers stay the same when it is told of an end, whatever
// else the answer says.
type unmoved struct {
	limiter.Limiter
	rt *rapid.T
}

func (u *unmoved) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	o = anyOutcome(u.rt, now, o)
	var before [5]time.Time
	for cost := range before {
		before[cost] = u.Next(now, int64(cost))
	}
	u.Limiter.Done(now, t, o)
	for cost, want := range before {
		if got := u.Next(now, int64(cost)); !got.Equal(want) {
			u.rt.Fatalf("an end with %+v changes the next of %d from %v to %v", o, cost, want.Sub(Epoch), got.Sub(Epoch))
		}
	}
}

// anyOutcome is an outcome with anything that an answer may say, but for what the
// request turned out to cost; or without an answer.
func anyOutcome(rt *rapid.T, now time.Time, o limiter.Outcome) limiter.Outcome {
	some := func(what string) bool { return rapid.IntRange(0, 3).Draw(rt, what) == 0 }
	o.Blocked, o.Banned, o.Refused = some("blocked"), some("banned"), some("refused")
	if some("received") {
		o.Received = now.Add(-10 * ms)
	}
	if some("retry after") {
		o.RetryAfter = time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(rt, "pause"))
	}
	if some("budget") {
		o.Budgets = []limiter.Budget{{Limit: 9, Window: time.Second, Reset: time.Second,
			Remaining: rapid.Int64Range(0, 9).Draw(rt, "remaining")}}
	}
	if some("no answer") {
		o.Status, o.Err = 0, context.DeadlineExceeded
	}
	return o
}

// settling tells two limiters the same, until an answer says what a request cost,
// to one of them only.
func settling(rt *rapid.T, plain, told limiter.Limiter) {
	now := Epoch
	costs := map[limiter.Ticket]int64{}
	for n := range rapid.IntRange(1, 30).Draw(rt, "requests") {
		now = now.Add(time.Duration(rapid.Int64Range(0, int64(40*ms)).Draw(rt, "pause")))
		cost := rapid.Int64Range(1, 4).Draw(rt, "cost")
		at := plain.Next(now, cost)
		if at.Sub(now) > time.Minute {
			break // such as a limiter that waits for an answer
		}
		now = Latest(now, at)
		k := plain.Sent(now, cost)
		told.Sent(now, cost)
		costs[k] = cost
		if n%3 == 0 && n > 0 {
			o := limiter.Outcome{Status: 200, Sent: now, Created: now}
			plain.Done(now, k, o)
			told.Done(now, k, o)
			delete(costs, k)
		}
	}
	if len(costs) == 0 {
		return
	}
	k := rapid.SampledFrom(slices.Sorted(maps.Keys(costs))).Draw(rt, "which")
	cost := rapid.Int64Range(1, 9).Draw(rt, "cost in the end")
	o := limiter.Outcome{Status: 200, Sent: now, Created: now}
	plain.Done(now, k, o)
	o.Cost = cost
	told.Done(now, k, o)
	for n := int64(1); n <= 4; n++ {
		without, with := Latest(now, plain.Next(now, n)), Latest(now, told.Next(now, n))
		if cost >= costs[k] && with.Before(without) || cost <= costs[k] && with.After(without) {
			rt.Fatalf("one that was charged %d and cost %d changes the next of %d from %v to %v", costs[k], cost, n, without.Sub(Epoch), with.Sub(Epoch))
		}
	}
}

func ticketsCount(t *testing.T, l limiter.Limiter) {
	now := Epoch
	for want := range limiter.Ticket(100) {
		cost := int64(want % 2)
		now = Latest(now, l.Next(now, cost))
		if got := l.Sent(now, cost); got != want {
			t.Fatalf("ticket %d, want %d", got, want)
		}
		l.Done(now, want, limiter.Outcome{Status: 200, Sent: now, Created: now})
	}
}

func noAllocations(t *testing.T, l limiter.Limiter) {
	now := Epoch
	if n := testing.AllocsPerRun(1000, func() {
		now = Latest(now, l.Next(now, 1))
		l.Done(now.Add(20*ms), l.Sent(now, 1), limiter.Outcome{Status: 200, Sent: now, Created: now})
		now = now.Add(20 * ms)
	}); n != 0 {
		t.Errorf("%v allocations per request", n)
	}
}

// Latest returns the later of two instants.
func Latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// New builds a limiter that is known to be valid. It panics if it is not.
func New(c limiter.Config, q limiter.Quota) limiter.Limiter {
	l, err := c.New(q)
	if err != nil {
		panic(err)
	}
	return l
}

// KeepsItsDistance checks that of any N+1 departures the last leaves a whole Per
// after the first.
func KeepsItsDistance(rt *rapid.T, c limiter.Config, r limiter.Rate) {
	sent := Walk(rt, New(c, limiter.Quota{Limit: r.N, Window: r.Per}))
	for i := r.N; i < len(sent); i++ {
		if d := sent[i].Sub(sent[i-r.N]); d < r.Per {
			rt.Fatalf("departure %d leaves %v after the one %d before it", i, d, r.N)
		}
	}
}
