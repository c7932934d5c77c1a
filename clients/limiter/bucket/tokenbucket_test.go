package bucket_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

// A bucket whose size is not set is as large as the server's.
func TestTokenBucketTakesTheServersBurst(t *testing.T) {
	for _, c := range []struct{ own, servers, want int64 }{{0, 0, 3}, {0, 7, 7}, {2, 7, 2}} {
		l := limitertest.New(&bucket.TokenBucket{Burst: int(c.own)}, Quota{Limit: 3, Window: time.Second, Burst: int(c.servers)})
		if at, more := l.Next(epoch, c.want), l.Next(epoch, c.want+1); at.After(epoch) || !more.Equal(Impossible) {
			t.Errorf("burst %d against %d: %d may leave at %v, one more at %v", c.own, c.servers, c.want, at, more)
		}
	}
}

func TestTokenBucketTimeline(t *testing.T) {
	timeline(t, &bucket.TokenBucket{}, threePerSecond, []row{
		{0, 0, send},
		{0, 0, send},
		{0, 0, send},                           // starts with 3
		{0, 333_333_334, look},                 // 1 token at 3/s: 1/3 s, rounded up
		{333_333_334, 0, send},                 //
		{333_333_334, 666_666_667, look},       // 2 tokens: 2/3 s rounded up, not twice 333333334
		{666_666_667, 0, send},                 //
		{666_666_667, time.Second, look},       // 3 tokens: 1 s exactly, nothing has been lost
		{5 * time.Second, 0, send},             // late by 4 s, worth 12 tokens
		{5 * time.Second, 0, send},             //
		{5 * time.Second, 0, send},             // but the bucket holds 3
		{5 * time.Second, 5_333_333_334, look}, // 5 s + 1/3 s
	})
}

func TestTokenBucketTunedTimeline(t *testing.T) {
	c := &bucket.TokenBucket{Limit: Rate{N: 20, Per: 1051 * ms}, Burst: 1}
	timeline(t, c, reference, []row{
		{0, 0, send},
		{0, 52_550_000, look},          // 1051 ms / 20
		{100 * ms, 0, send},            // late: 1 token, and no more
		{100 * ms, 152_550_000, look},  // 100 + 52.55
		{152_550_000, 0, send},         //
		{160 * ms, 205_100_000, look},  // 152.55 + 52.55
		{1000 * ms, 0, send},           //
		{1000 * ms, 1052550_000, look}, // 1000 + 52.55
	})
}

// Departures in [tᵢ, tⱼ] are at most b + ρ·(tⱼ − tᵢ), and the next is held back
// by nothing else.
func TestTokenBucketAgainstItsBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, b := limitertest.AnyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		l := limitertest.New(&bucket.TokenBucket{Limit: limit, Burst: b}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, _ time.Time) time.Time {
			return limitertest.TokenBucketBound(limitertest.Departures(events), limit, b)
		}})
	})
}

// The largest bucket that Validate lets through does not overflow.
func TestTokenBucketOfTheLargestSize(t *testing.T) {
	c := &bucket.TokenBucket{Limit: Rate{N: 1e6, Per: time.Second}, Burst: 9223372035}
	if err := c.Validate(reference); err != nil {
		t.Fatal(err)
	}
	l := limitertest.New(c, reference)
	for i := range 10 {
		now := epoch.AddDate(i*20, 0, 0)
		if at := l.Next(now, 1); at.After(now) {
			t.Fatalf("departure %d waits until %v", i, at)
		}
		l.Sent(now, 1)
	}
}
