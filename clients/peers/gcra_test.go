package peers_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	. "ratebench/clients/peers"
)

func TestGCRATimeline(t *testing.T) {
	timeline(t, &GCRA{Burst: 2}, limiter.Quota{Limit: 20, Window: time.Second}, []row{
		{0, 0, send},                 // tat 50
		{0, 0, send},                 // tat 100
		{0, 0, send},                 // tat 150
		{0, 50 * ms, look},           // 150 − 2·50
		{50 * ms, 0, send},           // tat 200
		{120 * ms, 0, send},          // tat 250: late by 20, which is not lost
		{120 * ms, 150 * ms, look},   // 250 − 2·50
		{1000 * ms, 0, send},         // tat 1050: what was over is lost
		{1000 * ms, 0, send},         // tat 1100
		{1000 * ms, 0, send},         // tat 1150
		{1000 * ms, 1050 * ms, look}, // 1150 − 2·50
	})
}

func TestGCRATunedTimeline(t *testing.T) {
	timeline(t, &GCRA{Limit: limiter.Rate{N: 20, Per: 1051 * ms}}, reference, []row{
		{0, 0, send},
		{0, 52_550_000, look},         // 1051 ms / 20
		{100 * ms, 0, send},           //
		{100 * ms, 152_550_000, look}, // 100 + 52.55
	})
	timeline(t, &GCRA{}, threePerSecond, []row{
		{0, 0, send},
		{0, 333_333_333, look}, // 1 s / 3, cut
	})
}

// It is a token bucket of burst + 1 tokens, one of which is added every Per/N,
// cut to whole nanoseconds.
func TestGCRAIsATokenBucket(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, burst := limitertest.AnyRate(rt), rapid.IntRange(0, 30).Draw(rt, "burst")
		l := limitertest.New(&GCRA{Limit: limit, Burst: burst}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, _ time.Time) time.Time {
			return limitertest.TokenBucketBound(limitertest.Departures(events), limiter.Rate{N: 1, Per: limit.Per / time.Duration(limit.N)}, burst+1)
		}})
	})
}
