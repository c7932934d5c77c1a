package clients

import (
	"errors"
	"testing"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
)

// retries tries again after 10, 20, 40 … ms.
func retries(most int) *Retry {
	return &Retry{Max: most, Backoff: backoff.Rule{Base: 10 * ms}, Draw: func(int64, int) float64 { return 0.5 }}
}

func TestRetryUpToMax(t *testing.T) {
	first := []string{"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 429 sent 0s"}
	second := append(first, "1ms retried 0 key 0", "11ms sent 0 key 0", "12ms answered 0 key 0 429 sent 11ms")
	third := append(second, "12ms retried 0 key 0", "32ms sent 0 key 0", "33ms answered 0 key 0 429 sent 32ms")
	for most, want := range map[int][]string{
		0: append(first[:len(first):len(first)], "1ms dropped 0 key 0 because answered"),
		1: append(second[:len(second):len(second)], "12ms dropped 0 key 0 because answered"),
		2: append(third[:len(third):len(third)], "33ms dropped 0 key 0 because answered"),
		3: append(third[:len(third):len(third)], "33ms retried 0 key 0", "73ms sent 0 key 0", "74ms answered 0 key 0 200 sent 73ms"),
	} {
		tell(t, time.Second, func(s *story) {
			s.config.Retry = retries(most)
			s.answer = statuses(ms, 429, 429, 429)
		}, want...)
	}
}

// What would leave when its TTL has passed is not tried again, and holds nobody
// up: the pause of 10 ms begins at 1 ms.
func TestRetryWithinTheTTL(t *testing.T) {
	for ttl, last := range map[time.Duration]string{
		11*ms + 1: "11ms sent 0 key 0",
		11 * ms:   "1ms dropped 0 key 0 because answered",
		11*ms - 1: "1ms dropped 0 key 0 because answered",
	} {
		got := happened(t, 11*ms+ms/2, func(s *story) {
			s.config.Retry, s.config.TTL = retries(5), ttl
			s.answer = statuses(ms, 429, 429)
		})
		if got[len(got)-1] != last {
			t.Errorf("TTL %v: the last event is %q, want %q", ttl, got[len(got)-1], last)
		}
	}
}

// One that expires at the gate on its second attempt has expired.
func TestRetryExpiresAtTheGate(t *testing.T) {
	tell(t, 100*ms, func(s *story) {
		s.config.Retry, s.config.TTL, s.config.NewLimiter = retries(5), 25*ms, spaced(30*ms)
		s.answer = statuses(ms, 429)
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 429 sent 0s",
		"1ms retried 0 key 0", "25ms expired 0 key 0", "25ms dropped 0 key 0 because expired")
}

func TestRetryPausesAsLongAsTheServerAsks(t *testing.T) {
	for after, sent := range map[time.Duration]string{5 * ms: "11ms sent 0 key 0", 15 * ms: "16ms sent 0 key 0"} {
		got := happened(t, 100*ms, func(s *story) {
			s.config.Retry = retries(1)
			s.answer = func(_ int64, n int) (time.Duration, limiter.Outcome) {
				return ms, limiter.Outcome{Status: 503 - 303*n, RetryAfter: after}
			}
		})
		if len(got) != 7 || got[5] != sent {
			t.Errorf("asked for %v: %q, want %s", after, got, sent)
		}
	}
}

// What has succeeded is not tried again, nor what cannot; and however short a
// pause is, it is one.
func TestWhatIsTriedAgain(t *testing.T) {
	first := []string{"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0"}
	for status, want := range map[int][]string{
		200: {"1ms answered 0 key 0 200 sent 0s"},
		404: {"1ms answered 0 key 0 404 sent 0s", "1ms dropped 0 key 0 because answered"},
		500: {"1ms answered 0 key 0 500 sent 0s", "1ms retried 0 key 0", "1.000001ms sent 0 key 0", "2.000001ms answered 0 key 0 200 sent 1.000001ms"},
	} {
		tell(t, 100*ms, func(s *story) {
			s.config.Retry = retries(3)
			s.config.Retry.Backoff.Base = 1
			s.answer = statuses(ms, status)
		}, append(first[:len(first):len(first)], want...)...)
	}
}

// A success that asks for a pause is one.
func TestSuccessIsNotTriedAgain(t *testing.T) {
	tell(t, 100*ms, func(s *story) {
		s.config.Retry = retries(3)
		s.answer = func(int64, int) (time.Duration, limiter.Outcome) {
			return ms, limiter.Outcome{Status: 200, RetryAfter: ms}
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 200 sent 0s")
}

func TestWorthwhile(t *testing.T) {
	for _, c := range []struct {
		o    limiter.Outcome
		want bool
	}{
		{limiter.Outcome{Status: 429}, true},
		{limiter.Outcome{Status: 429, Blocked: true}, false},
		{limiter.Outcome{Status: 429, Blocked: true, RetryAfter: 1}, false},
		{limiter.Outcome{Status: 400}, true}, // with another nonce
		{limiter.Outcome{Status: 401}, false},
		{limiter.Outcome{Status: 403}, false},
		{limiter.Outcome{Status: 403, RetryAfter: 1}, true},
		{limiter.Outcome{Status: 404}, false},
		{limiter.Outcome{Status: 499}, false},
		{limiter.Outcome{Status: 500}, true},
		{limiter.Outcome{Status: 503}, true},
		{limiter.Outcome{Err: errors.New("lost")}, true},
		{limiter.Outcome{Status: 200, Err: errors.New("cut short")}, true},
	} {
		if got := worthwhile(&c.o); got != c.want {
			t.Errorf("%+v: %v", c.o, got)
		}
	}
}

// The pause of a retry depends on its number, and with decorrelated jitter on
// the one before.
func TestRetryDelays(t *testing.T) {
	var drawn []int
	r := &Retry{Max: 3, Backoff: backoff.Rule{Base: 10 * ms, Jitter: backoff.JitterDecorrelated}, Draw: func(id int64, n int) float64 {
		drawn = append(drawn, int(id)*100+n)
		return 0.5
	}}
	tell(t, time.Second, func(s *story) {
		s.config.Retry = r
		s.answer = statuses(ms, 500, 500)
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 500 sent 0s",
		// 10 + 0.5 · (3 · 10 − 10) = 20
		"1ms retried 0 key 0", "21ms sent 0 key 0", "22ms answered 0 key 0 500 sent 21ms",
		// 10 + 0.5 · (3 · 20 − 10) = 35
		"22ms retried 0 key 0", "57ms sent 0 key 0", "58ms answered 0 key 0 200 sent 57ms")
	if len(drawn) != 2 || drawn[0] != 0 || drawn[1] != 1 {
		t.Errorf("drawn for %v", drawn)
	}
}
