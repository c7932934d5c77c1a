package limiter

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGCRATimeline(t *testing.T) {
	timeline(t, &GCRA{Burst: 2}, Quota{Limit: 20, Window: time.Second}, []row{
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
	timeline(t, &GCRA{Limit: Rate{20, 1051 * ms}}, reference, []row{
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
		limit, burst := anyRate(rt), rapid.IntRange(0, 30).Draw(rt, "burst")
		l := (&GCRA{Limit: limit, Burst: burst}).New(reference)
		walk(rt, &oracle{Limiter: l, rt: rt, want: func(events []event, _ time.Time) time.Time {
			return tokenBucketBound(departures(events), Rate{1, limit.Per / time.Duration(limit.N)}, burst+1)
		}})
	})
}
