package peers_test

import (
	"testing"
	"time"

	"go.uber.org/ratelimit"
	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	. "ratebench/clients/peers"
)

func TestUberRatelimitTimeline(t *testing.T) {
	timeline(t, &UberRatelimit{Slack: 2}, limiter.Quota{Limit: 20, Window: time.Second}, []row{
		{0, 0, send},
		{0, 50 * ms, look},           // 1 s / 20; no slack to begin with
		{70 * ms, 0, send},           // issued at 50
		{70 * ms, 100 * ms, look},    // 50 + 50: the 20 ms are made good
		{1000 * ms, 0, send},         // issued at max(100, 1000 − 2·50) = 900
		{1000 * ms, 0, send},         // 950
		{1000 * ms, 0, send},         // 1000
		{1000 * ms, 1050 * ms, look}, // 1000 + 50
	})
}

func TestUberRatelimitWithoutSlackTimeline(t *testing.T) {
	timeline(t, &UberRatelimit{Limit: limiter.Rate{N: 20, Per: 1051 * ms}}, reference, []row{
		{0, 0, send},
		{0, 52_550_000, look},         // 1051 ms / 20
		{100 * ms, 0, send},           // issued at 100
		{100 * ms, 152_550_000, look}, // 100 + 52.55
	})
	timeline(t, &UberRatelimit{}, threePerSecond, []row{
		{0, 0, send},
		{0, 333_333_333, look}, // 1 s / 3, cut
	})
}

// A departure leaves when a caller of the library's Take does.
func TestUberRatelimitLeavesWhenTakeReturns(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, slack := limitertest.AnyRate(rt), rapid.IntRange(0, 12).Draw(rt, "slack")
		clock := &handClock{}
		peer := ratelimit.New(limit.N, ratelimit.Per(limit.Per), ratelimit.WithSlack(slack), ratelimit.WithClock(clock))
		l := limitertest.New(&UberRatelimit{Limit: limit, Slack: slack}, reference)
		limitertest.InALine(rt, l, 0, func(arrival time.Time) time.Time {
			clock.now = arrival
			return peer.Take()
		})
	})
}

// issueₖ = max(issueₖ₋₁ + T, departureₖ − slack · T), and nothing leaves before
// its issue.
func TestUberRatelimitAgainstItsRule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, slack := limitertest.AnyRate(rt), rapid.IntRange(0, 12).Draw(rt, "slack")
		interval := limit.Per / time.Duration(limit.N)
		l := limitertest.New(&UberRatelimit{Limit: limit, Slack: slack}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, _ time.Time) (next time.Time) {
			for i, d := range limitertest.Departures(events) {
				issue := later(next, d.Add(-time.Duration(slack)*interval))
				if i == 0 {
					issue = d
				}
				next = issue.Add(interval)
			}
			return next
		}})
	})
}

// handClock is a clock on which sleeping takes no time but moves the hands.
type handClock struct{ now time.Time }

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) Sleep(d time.Duration) { c.now = c.now.Add(d) }
