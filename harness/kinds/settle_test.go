package kinds_test

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	"ratebench/harness/kinds"
)

// What a request turns out to cost matters to every limiter that has to do with
// costs at all; what is given back, to those that can use it.
func TestKindsSettle(t *testing.T) {
	quota := limiter.Quota{Limit: 20, Window: time.Second, Resolution: ms}
	none := []string{"none", "backoff", "sre"}                                  // that pay no attention to costs, or not to these
	keeps := []string{"x-time-rate", "gcra", "uber-ratelimit", "counter-paced"} // that use nothing which is given back
	for _, k := range kinds.All() {
		config, _ := k.New()
		// next is when one of a cost may leave, after one whose answer said what it
		// cost: 0 is nothing.
		next := func(charged, cost, next int64) time.Duration {
			l := limitertest.New(config, quota)
			now := limitertest.Epoch
			// Some have to be refused before they pace at all, or to be told.
			for _, status := range []int{429, 200} {
				now = latest(now.Add(time.Second), l.Next(now, 1))
				o := limiter.Outcome{Status: status, Sent: now, Created: now, Received: now}
				o.Budgets = []limiter.Budget{{Limit: 20, Remaining: 19, Window: time.Second, Reset: 100 * time.Second}}
				l.Done(now, l.Sent(now, 1), o)
			}
			now = latest(now.Add(5*time.Second), l.Next(now, charged))
			ticket := l.Sent(now, charged)
			l.Done(now, ticket, limiter.Outcome{Status: 200, Sent: now, Created: now, Received: now, Cost: cost})
			return max(0, l.Next(now, next).Sub(now))
		}
		t.Run(k.Name, func(t *testing.T) {
			costs := int64(19)
			switch k.Name {
			case "counter-paced":
				costs = 1
			case "gcra":
				costs = 5
			case "learn": // which has halved its level
				costs = 8
			}
			half := max(1, costs/2)
			if slices.Contains(none, k.Name) {
				if got := next(1, 20, 1); got != next(1, 0, 1) {
					t.Errorf("pays attention to what a request cost: %v", got)
				}
				return
			}
			if more, plain := next(1, costs+1, half), next(1, 0, half); more <= plain {
				t.Errorf("one more costs more than it was charged, and the next leaves after %v instead of %v", more, plain)
			}
			back, plain := next(costs, max(1, costs/4), half), next(costs, 0, half)
			if slices.Contains(keeps, k.Name) {
				if _, says := config.(interface{ Keeps() string }); !says || back != plain {
					t.Errorf("after one that cost less the next leaves after %v instead of %v; says so: %v", back, plain, says)
				}
				return
			}
			if back >= plain {
				t.Errorf("after one that cost less the next leaves after %v instead of %v", back, plain)
			}
		})
	}
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
