package feedback

import (
	"testing"
	"time"

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
