package server_test

import (
	"math/big"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/server"
)

// An oracle judges like a Key, in the most naive way: it remembers
// everything and counts.
type oracle struct {
	limit      server.Limit
	tick       time.Duration
	blockAfter int

	accepted []time.Duration // floored, since the start
	rejected int
	nonces   []*big.Int // good ones
}

func (o *oracle) arrive(since time.Duration, nonce string) server.Verdict {
	if o.blockAfter != 0 && o.rejected >= o.blockAfter {
		return server.Blocked
	}
	now := floor(since, o.tick)
	recent := 0
	for _, t := range o.accepted {
		if t >= now-o.limit.Window {
			recent++
		}
	}
	if recent >= o.limit.N {
		o.rejected++
		return server.RateLimited
	}
	o.accepted = append(o.accepted, now)
	n, ok := new(big.Int).SetString(nonce, 10)
	if !ok || n.Sign() <= 0 {
		return server.BadNonce
	}
	for _, earlier := range o.nonces {
		if n.Cmp(earlier) <= 0 {
			return server.BadNonce
		}
	}
	o.nonces = append(o.nonces, n)
	return server.OK
}

func floor(d, tick time.Duration) time.Duration {
	if tick == 0 {
		return d
	}
	return d / tick * tick
}

// The verdicts are those of the oracle, and no window of the length of the
// limit, wherever it lies, holds more than N accepted arrivals.
func TestKeyAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := server.Limit{
			N:      rapid.IntRange(1, 6).Draw(t, "N"),
			Window: duration(t, "window", 1, 40*time.Millisecond),
		}
		tick := rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Millisecond, 5 * time.Millisecond}).Draw(t, "resolution")
		blockAfter := rapid.SampledFrom([]int{0, 0, 1, 10}).Draw(t, "blockAfter")
		key, err := server.NewKey(limit, tick, blockAfter)
		if err != nil {
			t.Fatal(err)
		}
		naive := &oracle{limit: limit, tick: tick, blockAfter: blockAfter}
		start := epoch.Truncate(tick)
		pause := rapid.SampledFrom([]time.Duration{time.Microsecond, time.Millisecond, 20 * time.Millisecond}).Draw(t, "longest pause")

		now := time.Duration(0)
		for range rapid.IntRange(1, 120).Draw(t, "arrivals") {
			now += duration(t, "pause", 0, pause)
			nonce := nonces.Draw(t, "nonce")
			got, want := key.Arrive(start.Add(now), nonce), naive.arrive(now, nonce)
			if got != want {
				t.Fatalf("at %v with nonce %q: %v, the oracle says %v", now, nonce, got, want)
			}
		}
		if most := busiest(naive.accepted, limit.Window); most > limit.N {
			t.Fatalf("%d accepted within %v, the limit is %d", most, limit.Window, limit.N)
		}
	})
}

// Whatever the limit is changed to, the verdicts are those of the oracle, as
// long as the window does not grow.
func TestKeySetLimitAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := server.Limit{N: rapid.IntRange(1, 6).Draw(t, "N"), Window: 20 * time.Millisecond}
		key, err := server.NewKey(limit, time.Millisecond, 0)
		if err != nil {
			t.Fatal(err)
		}
		naive := &oracle{limit: limit, tick: time.Millisecond}
		now := time.Duration(0)
		for i := range rapid.IntRange(1, 100).Draw(t, "arrivals") {
			if rapid.IntRange(0, 9).Draw(t, "change") == 0 {
				naive.limit.N = rapid.IntRange(1, 12).Draw(t, "N")
				naive.limit.Window = duration(t, "window", 1, naive.limit.Window)
				if err := key.SetLimit(naive.limit); err != nil {
					t.Fatal(err)
				}
			}
			now += duration(t, "pause", 0, 5*time.Millisecond)
			got, want := key.Arrive(epoch.Add(now), strconv.Itoa(i+1)), naive.arrive(now, strconv.Itoa(i+1))
			if got != want {
				t.Fatalf("at %v: %v, the oracle says %v", now, got, want)
			}
		}
	})
}

var nonces = rapid.OneOf(
	rapid.Map(rapid.IntRange(-3, 300), strconv.Itoa),
	rapid.Map(rapid.Int64(), func(n int64) string { return strconv.FormatInt(n, 10) }),
	rapid.SampledFrom([]string{"", "abc", "+1", "1.5", "9223372036854775807", "9223372036854775808", "18446744073709551616"}),
	rapid.StringMatching(`[1-9][0-9]{18,25}`),
)

func duration(t *rapid.T, label string, low, high time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(int64(low), int64(high)).Draw(t, label))
}

// busiest is the largest number of instants in any closed interval of the
// given length: counted for each interval that begins at one of them.
func busiest(instants []time.Duration, length time.Duration) int {
	most := 0
	for _, begin := range instants {
		n := 0
		for _, t := range instants {
			if begin <= t && t <= begin+length {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
