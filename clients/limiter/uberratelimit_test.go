package limiter

import (
	"testing"
	"time"

	"go.uber.org/ratelimit"
	"pgregory.net/rapid"
)

func TestUberRatelimitTimeline(t *testing.T) {
	timeline(t, &UberRatelimit{Slack: 2}, Quota{Limit: 20, Window: time.Second}, []row{
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
	timeline(t, &UberRatelimit{Limit: Rate{20, 1051 * ms}}, reference, []row{
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
		limit, slack := anyRate(rt), rapid.IntRange(0, 12).Draw(rt, "slack")
		clock := &sleepClock{}
		peer := ratelimit.New(limit.N, ratelimit.Per(limit.Per), ratelimit.WithSlack(slack), ratelimit.WithClock(clock))
		l := (&UberRatelimit{Limit: limit, Slack: slack}).New(reference)
		inALine(rt, l, 0, func(arrival time.Time) time.Time {
			clock.now = arrival
			return peer.Take()
		})
	})
}

// issueₖ = max(issueₖ₋₁ + T, departureₖ − slack · T), and nothing leaves before
// its issue.
func TestUberRatelimitAgainstItsRule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, slack := anyRate(rt), rapid.IntRange(0, 12).Draw(rt, "slack")
		interval := limit.Per / time.Duration(limit.N)
		l := (&UberRatelimit{Limit: limit, Slack: slack}).New(reference)
		walk(rt, &oracle{Limiter: l, rt: rt, want: func(events []event, _ time.Time) (next time.Time) {
			for i, d := range departures(events) {
				issue := latest(next, d.Add(-time.Duration(slack)*interval))
				if i == 0 {
					issue = d
				}
				next = issue.Add(interval)
			}
			return next
		}})
	})
}
