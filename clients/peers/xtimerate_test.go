package peers_test

import (
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	. "ratebench/clients/peers"
)

func TestXTimeRateTimeline(t *testing.T) {
	timeline(t, &XTimeRate{}, threePerSecond, []row{
		{0, 0, send},
		{0, 0, send},
		{0, 0, send},                           // starts with 3
		{0, 333_333_333, look},                 // 1 token at 3/s: 1/3 s, cut
		{200 * ms, 333_333_333, look},          //
		{333_333_333, 0, send},                 // though a billionth of a token is missing …
		{333_333_333, 666_666_666, look},       // … and stays missing: 2/3 s, cut
		{5 * time.Second, 0, send},             // late by 4 s, worth 12 tokens
		{5 * time.Second, 0, send},             //
		{5 * time.Second, 0, send},             // but the bucket holds 3
		{5 * time.Second, 5_333_333_333, look}, // 5 s + 1/3 s
	})
}

func TestXTimeRateTunedTimeline(t *testing.T) {
	timeline(t, &XTimeRate{Limit: limiter.Rate{N: 20, Per: 1051 * ms}, Burst: 1}, reference, []row{
		{0, 0, send},
		{0, 52_550_000, look},         // 1051 ms / 20
		{100 * ms, 0, send},           // late: 1 token, and no more
		{100 * ms, 152_550_000, look}, // 100 + 52.55
	})
}

// A departure leaves when a caller of the library's Wait does, who reserves a
// token on arrival.
func TestXTimeRateLeavesWhenWaitReturns(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, b := limitertest.AnyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		peer := rate.NewLimiter(rate.Limit(limit.PerSecond()), b)
		l := limitertest.New(&XTimeRate{Limit: limit, Burst: b}, reference)
		limitertest.InALine(rt, l, time.Nanosecond, func(arrival time.Time) time.Time {
			return arrival.Add(peer.ReserveN(arrival, 1).DelayFrom(arrival))
		})
	})
}

// It is TokenBucket, to the nanosecond.
func TestXTimeRateIsATokenBucket(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, b := limitertest.AnyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		l := limitertest.New(&XTimeRate{Limit: limit, Burst: b}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Slop: 1, Want: func(events []limitertest.Event, _ time.Time) time.Time {
			return limitertest.TokenBucketBound(limitertest.Departures(events), limit, b)
		}})
	})
}
