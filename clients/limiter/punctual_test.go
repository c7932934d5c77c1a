package limiter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// late drives a paced limiter for somebody who always wants to send, with timers
// that come late, and returns when requests left.
func late(l limiter.Limiter, departures int, lateness func(k int) time.Duration) (sent []time.Time) {
	now := limitertest.Epoch
	for k := range departures {
		at := l.Next(now, 1)
		if at.Before(limitertest.Epoch) {
			at = limitertest.Epoch
		}
		if at.After(now) {
			now = at.Add(lateness(k))
		}
		if at.Before(now) {
			l.(limiter.Punctual).Due(at)
		}
		l.Sent(now, 1)
		sent = append(sent, now)
	}
	return sent
}

// Late timers cost nothing within a window, and never bring departures closer to
// those N before them than W' + J, however late they were, nor closer to the one
// before than J where that keeps them in order.
func TestPacedMakesUpForLateTimers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "limit")
		q := limiter.Quota{Limit: n, Window: time.Second, Resolution: time.Millisecond}
		spread := time.Duration(rapid.IntRange(0, 50).Draw(t, "spread")) * time.Millisecond
		most := rapid.SampledFrom([]time.Duration{time.Millisecond, 20 * time.Millisecond, 3 * time.Second}).Draw(t, "most")
		lateness := rapid.SliceOfN(rapid.Int64Range(0, int64(most)), 50, 50).Draw(t, "lateness")
		l := limitertest.New(&limiter.Paced{Spread: spread}, q)
		sent := late(l, 3*n+5, func(k int) time.Duration { return time.Duration(lateness[k%len(lateness)]) })
		age := q.Span() + spread
		for k := 1; k < len(sent) && age/time.Duration(n) > spread; k++ {
			if d := sent[k].Sub(sent[k-1]); d < spread {
				t.Fatalf("departure %d leaves %v after the one before, and may overtake it, with a spread of %v", k, d, spread)
			}
		}
		for k := n; k < len(sent); k++ {
			if d := sent[k].Sub(sent[k-n]); d < age {
				t.Fatalf("departure %d leaves %v after the one %d before it, want %v at least", k, d, n, age)
			}
		}
		// What keeps requests in order is no spacing to make anything up with.
		if most > age/10 || age/time.Duration(n) > spread/2 {
			return
		}
		interval := time.Duration(float64(q.Span())*1.001+float64(spread)*1.001)/time.Duration(n) + 1
		for k := range n {
			if behind := sent[k].Sub(sent[0]) - time.Duration(k)*interval; behind > most+time.Microsecond {
				t.Fatalf("departure %d is %v behind its schedule, and no timer is later than %v", k, behind, most)
			}
		}
	})
}

// Nobody who comes late, or was held up by something else, has anything coming.
func TestPacedMakesUpForTimersOnly(t *testing.T) {
	q := limiter.Quota{Limit: 10, Window: time.Second}
	at := func(ms int) time.Time { return limitertest.Epoch.Add(time.Duration(ms) * time.Millisecond) }
	for name, tc := range map[string]struct {
		due  int // of the second departure, which leaves at 500 ms
		next int // no departure before
	}{
		"came at 500 ms":          {500, 600},
		"held up until 480 ms":    {480, 580},
		"due at 200 ms, a stall":  {200, 500}, // a tenth of the window is made up for
		"due at 100 ms by itself": {100, 500},
		"due as the log says":     {101, 500},
	} {
		l := limitertest.New(&limiter.Paced{}, q)
		l.Sent(at(0), 1)
		if due := at(tc.due); due.Before(at(500)) {
			l.(limiter.Punctual).Due(due)
		}
		l.Sent(at(500), 1)
		if got := l.Next(at(500), 1); got.Before(at(tc.next)) || got.After(at(tc.next+1)) {
			t.Errorf("%s: next at %v, want at %d ms", name, got.Sub(limitertest.Epoch), tc.next)
		}
		if tc.due == 100 {
			l.Sent(at(501), 1) // nothing is known of that one
			if got := l.Next(at(501), 1); got.Before(at(601)) {
				t.Errorf("%s: what was due once counts again: next at %v", name, got.Sub(limitertest.Epoch))
			}
		}
	}
}
