package limiter

import (
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"
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
	timeline(t, &XTimeRate{Limit: Rate{20, 1051 * ms}, Burst: 1}, reference, []row{
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
		limit, b := anyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		peer := rate.NewLimiter(rate.Limit(limit.perSecond()), b)
		l := (&XTimeRate{Limit: limit, Burst: b}).New(reference)
		inALine(rt, l, time.Nanosecond, func(arrival time.Time) time.Time {
			return arrival.Add(peer.ReserveN(arrival, 1).DelayFrom(arrival))
		})
	})
}

// It is TokenBucket, to the nanosecond.
func TestXTimeRateIsATokenBucket(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit, b := anyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		l := (&XTimeRate{Limit: limit, Burst: b}).New(reference)
		walk(rt, &oracle{Limiter: l, rt: rt, slop: 1, want: func(events []event, _ time.Time) time.Time {
			return tokenBucketBound(departures(events), limit, b)
		}})
	})
}

// inALine sends requests that arrive at random through a limiter in order of
// arrival, and compares each departure with what a peer says about the
// arrival.
func inALine(rt *rapid.T, l Limiter, slop time.Duration, peer func(arrival time.Time) time.Time) {
	arrival, left := epoch, epoch
	for i := range rapid.IntRange(1, 100).Draw(rt, "requests") {
		arrival = arrival.Add(time.Duration(rapid.Int64Range(0, int64(120*ms)).Draw(rt, "pause")))
		now := latest(arrival, left)
		left = latest(now, l.Next(now))
		l.Sent(left)
		if want := peer(arrival); left.Sub(want).Abs() > slop {
			rt.Fatalf("request %d, there since %v, leaves at %v, with the peer at %v",
				i, arrival.Sub(epoch), left.Sub(epoch), want.Sub(epoch))
		}
	}
}
