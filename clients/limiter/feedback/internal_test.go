package feedback

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/backoff"
	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

const ms = time.Millisecond

func TestBackoffOnlyKeepsTheLongestWait(t *testing.T) {
	// Seed 21 draws 0.699… and 0.071…: the second delay ends before the first.
	drawn := func(n uint64, most float64) time.Duration { return time.Duration(keyedrand.Uniform(21, n) * most) }
	first, second := drawn(0, float64(100*ms)), drawn(1, float64(200*ms))
	if first < ms+second {
		t.Fatalf("delays %v and %v do not suit the test", first, second)
	}
	start := time.UnixMilli(1_700_000_000_000)
	l, err := (&BackoffOnly{Base: 100 * ms, Jitter: backoff.JitterFull, Seed: 21}).New(limiter.Quota{Limit: 1, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	a, b := l.Sent(start, 1), l.Sent(start, 1)
	l.Done(start, a, limiter.Outcome{Status: 429})
	l.Done(start.Add(ms), b, limiter.Outcome{Status: 429})
	if got := l.Next(start.Add(ms), 1).Sub(start); got != first {
		t.Errorf("the next may leave after %v, want the longer wait, %v", got, first)
	}
}

// Departures under way against a map of them.
func TestFlights(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var f flights
		want := map[limiter.Ticket]int64{}
		for range rapid.IntRange(1, 300).Draw(rt, "steps") {
			if cost := rapid.Int64Range(0, 5).Draw(rt, "cost"); rapid.Bool().Draw(rt, "depart") {
				want[f.depart(cost)] = cost
			} else {
				k := limiter.Ticket(rapid.IntRange(0, int(f.end)).Draw(rt, "ticket"))
				if got := f.land(k); got != want[k] {
					rt.Fatalf("%d cost %d, want %d", k, got, want[k])
				}
				delete(want, k)
			}
			sum := int64(0)
			for _, c := range want {
				sum += c
			}
			if f.cost != sum || f.none() != (len(want) == 0) {
				rt.Fatalf("%d under way, want %d", f.cost, sum)
			}
		}
	})
}
