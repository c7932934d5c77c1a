package bucket_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/keyedrand"
	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

// pair is a bucket of 2 that is refilled every 100 ms, by a clock that may be off
// by 1000 ppm: a token takes 100.1 ms, and 50 ms of latency may be 50.05 ms.
var pair = Quota{Limit: 10, Window: time.Second, Burst: 2, Drift: 1000}

func TestAckedTimeline(t *testing.T) {
	timeline(t, &bucket.Acked{Latency: 50 * ms}, pair, []row{
		{0, 0, send},
		{0, 0, send},
		{0, 150_150 * us, look}, // both may come at 50.05 ms; one more has to wait for a token
		{10 * ms, 150_150 * us, end(0, Outcome{Status: 200})},
		{10 * ms, 110_100 * us, look}, // the first came by 10 ms: of three in 100.1 ms two are there and one comes
		{20 * ms, 110_100 * us, end(1, Outcome{Status: 200})},
		{120 * ms, 0, send},
		{120 * ms, 210_200 * us, look}, // two tokens after the first, and one after the second
	})
}

// end ends a departure.
func end(t Ticket, o Outcome) step { return func(l Limiter, now time.Time) { l.Done(now, t, o) } }

func TestAckedOfUnknownLatencyWaitsForAnswers(t *testing.T) {
	timeline(t, &bucket.Acked{}, pair, []row{
		{0, 0, send},
		{0, 0, send},
		{time.Hour, Never.Sub(epoch), end(0, Outcome{Err: errors.New("lost")})}, // given up, it counts as arrived
		{time.Hour, time.Hour + 100_100*us, look},
	})
}

func TestAckedSettles(t *testing.T) {
	q := Quota{Limit: 1, Window: time.Second, Burst: 10, Drift: 1000}
	l := limitertest.New(&bucket.Acked{Latency: 50 * ms}, q)
	next := func(now time.Duration, cost int64) time.Duration {
		return max(now, l.Next(epoch.Add(now), cost).Sub(epoch))
	}
	k := l.Sent(epoch, 10)
	if got := next(0, 1); got != 1_051_050*us {
		t.Errorf("of an empty bucket one may leave at %v", got)
	}
	l.Done(epoch, k, Outcome{Status: 200, Cost: 7})
	if got := next(0, 3); got != 0 {
		t.Errorf("what was given back may leave at %v", got)
	}
	k = l.Sent(epoch, 3)
	l.Done(epoch, k, Outcome{Status: 200, Cost: 5})
	if got := next(0, 1); got != 3_003*ms {
		t.Errorf("of a bucket that owes 2 one may leave at %v", got)
	}
	if got := l.Next(epoch, 11); !got.Equal(Impossible) {
		t.Errorf("more than the bucket holds may leave at %v", got)
	}
}

// Whoever leaves any earlier may be refused: of all ways in which those on their way
// can arrive, and what is known of the others, one is refused by. Latencies and
// times are small whole numbers of ticks, so that all ways can be tried.
func TestAckedLeavesAsEarlyAsCanBe(t *testing.T) {
	const tick, longest, token = ms, 2, 3
	rapid.Check(t, func(rt *rapid.T) {
		capacity := rapid.IntRange(1, 3).Draw(rt, "capacity")
		q := Quota{Limit: 1, Window: token * tick, Burst: capacity, Drift: 1}
		l := limitertest.New(&bucket.Acked{Latency: longest * tick}, q)
		var sent []window // of ticks in which each arrived
		var flying []int
		now := 0
		for range rapid.IntRange(1, 6).Draw(rt, "requests") {
			for _, k := range slices.Clone(flying) { // answers that come meanwhile
				if back := now + rapid.IntRange(0, 3).Draw(rt, "wait"); rapid.Bool().Draw(rt, "answer") {
					now = back
					sent[k].latest = min(sent[k].latest, now)
					l.Done(epoch.Add(time.Duration(now)*tick), Ticket(k), Outcome{Status: 200})
					flying = slices.DeleteFunc(flying, func(f int) bool { return f == k })
				}
			}
			// In whole ticks; what the drift adds is far less than half of one.
			at := l.Next(epoch.Add(time.Duration(now)*tick), 1).Sub(epoch)
			want := now
			for refusable(append(slices.Clone(sent), window{want, want + longest}), capacity, token) {
				want++
			}
			if got := max(now, int(at.Round(tick)/tick)); got != want {
				rt.Fatalf("at %d after %v the next may leave at %d, want %d", now, sent, got, want)
			}
			now = want
			when := epoch.Add(max(time.Duration(now)*tick, at))
			flying = append(flying, int(l.Sent(when, 1)))
			sent = append(sent, window{now, now + longest})
		}
	})
}

// A window is when something arrived, in ticks, both ends included.
type window struct{ earliest, latest int }

// refusable says whether there is a way to arrive in which a bucket refuses one.
func refusable(all []window, capacity, token int) bool {
	arrivals := make([]int, len(all))
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(all) {
			return refuses(arrivals, capacity, token)
		}
		for at := all[i].earliest; at <= all[i].latest; at++ {
			if arrivals[i] = at; try(i + 1) {
				return true
			}
		}
		return false
	}
	return try(0)
}

func refuses(arrivals []int, capacity, token int) bool {
	sorted := slices.Sorted(slices.Values(arrivals))
	for i, from := range sorted {
		for j := i; j < len(sorted); j++ {
			if (j-i+1-capacity)*token > sorted[j]-from {
				return true
			}
		}
	}
	return false
}

// Of a bucket too small to make up for the latency it gets more than an even pace
// can: of a bucket of 1, a request in each token and what it does not know, which
// here is the lesser of the latency that is left and the way back.
func TestAckedRates(t *testing.T) {
	for _, c := range []struct {
		burst       int
		least, pace float64
	}{
		{1, 1 / 0.0919, 1 / 0.1}, // 50 + 25 + 16.7 ms
		{2, 19.9, 2 / 0.1},       // no more than a token of latency
		{10, 19.9, 20},
	} {
		q := Quota{Limit: 20, Window: time.Second, Burst: c.burst}
		acked, paced := rateOf(&bucket.Acked{Latency: 50 * ms}, q), rateOf(&bucket.Paced{Spread: 50 * ms}, q)
		if acked < c.least || acked < 0.998*paced || math.Abs(paced/c.pace-1) > 0.01 {
			t.Errorf("bucket of %d: %.3f/s, want %.3f at least; evenly %.3f/s, want %.3f", c.burst, acked, c.least, paced, c.pace)
		}
	}
}

// rateOf is how many requests leave per second, with latencies of 0 to 50 ms.
func rateOf(c Config, q Quota) float64 {
	const requests = 20_000
	l, now := limitertest.New(c, q), epoch
	type flight struct {
		ticket Ticket
		back   time.Time
	}
	var flying []flight
	for n := range uint64(requests) {
		for {
			at := later(now, l.Next(now, 1))
			i := -1
			for k := range flying {
				if i < 0 || flying[k].back.Before(flying[i].back) {
					i = k
				}
			}
			if i < 0 || at.Before(flying[i].back) {
				now = at
				break
			}
			now = flying[i].back
			l.Done(now, flying[i].ticket, Outcome{Status: 200})
			flying = slices.Delete(flying, i, i+1)
		}
		both := time.Duration((keyedrand.Uniform(1, n) + keyedrand.Uniform(2, n)) * float64(50*ms))
		flying = append(flying, flight{l.Sent(now, 1), now.Add(both)})
	}
	return requests / now.Sub(epoch).Seconds()
}
