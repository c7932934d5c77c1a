package feedback_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

// oneSlot is a small quota.
var oneSlot = Quota{Limit: 1, Window: time.Second, Resolution: ms, Drift: 1000}

func TestHeaderTimeline(t *testing.T) {
	never := Never.Sub(epoch)
	states := func(k Ticket, status, remaining int, reset, retryAfter time.Duration) step {
		return func(l Limiter, now time.Time) {
			l.Done(now, k, Outcome{Status: status, Budgets: []Budget{{Remaining: int64(remaining), Reset: reset}}, RetryAfter: retryAfter})
		}
	}
	timeline(t, &Header{}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, never, states(0, 200, 2, time.Second, 0)}, // nothing known: one at a time
		{20 * ms, 0, send},
		{20 * ms, 0, send},
		{30 * ms, 1010 * ms, states(1, 200, 1, time.Second, 5*time.Second)}, // one of the budget of 1 is on its way
		{30 * ms, 1030 * ms, states(2, 429, 0, time.Second, 2*time.Second)},
		{30 * ms, 2030 * ms, look}, // retry after 2 s
		{2030 * ms, 0, send},
		{2030 * ms, never, look}, // the answer will tell
	})
}

func TestHeaderSpendsCosts(t *testing.T) {
	l := limitertest.New(&Header{}, oneSlot)
	first := l.Sent(epoch, 1)
	a, b := l.Sent(epoch, 7), l.Sent(epoch, 2)
	l.Done(epoch.Add(10*ms), first, Outcome{Status: 200, Budgets: []Budget{{Limit: 20, Remaining: 14, Reset: time.Second}}})
	for cost, want := range map[int64]time.Duration{
		5:  10 * ms, // 14 − 7 − 2
		6:  1010 * ms,
		21: Impossible.Sub(epoch),
	} {
		if got := later(epoch, l.Next(epoch.Add(10*ms), cost)).Sub(epoch); got != want {
			t.Errorf("a cost of %d may leave at %v, want %v", cost, got, want)
		}
	}
	l.Done(epoch.Add(20*ms), b, Outcome{Status: 200})
	l.Done(epoch.Add(20*ms), a, Outcome{Status: 200, Budgets: []Budget{{Limit: 20, Remaining: 4, Reset: time.Second}}})
	if got := l.Next(epoch.Add(20*ms), 4); got.After(epoch.Add(20 * ms)) {
		t.Errorf("what remains may leave at %v", got.Sub(epoch))
	}
}
