package feedback_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

// A hold is as long as the longest pause that was asked for: neither a shorter one
// nor a success ends it. Who asks for a pause in an answer that is no refusal is
// heard by those that go by headers, and nobody hears it in a success.
func TestHolds(t *testing.T) {
	const s = time.Second
	quota := Quota{Limit: 1000, Window: s, Resolution: ms}
	asks := func(status int, after time.Duration) Outcome {
		return Outcome{Status: status, RetryAfter: after, Budgets: []Budget{{Limit: 1000, Remaining: 900, Reset: s}}}
	}
	kinds := map[string]struct {
		config  Config
		headers bool // it goes by them
	}{
		"learn":   {&feedback.Learn{Spend: 100, Retry: s}, false},
		"header":  {&feedback.Header{}, true},
		"headers": {&feedback.Headers{}, true},
	}
	type answered struct {
		at    time.Duration
		o     Outcome
		until time.Duration // of the hold
	}
	for _, tt := range []struct {
		name    string
		headers bool // of interest to those alone that go by headers
		answers []answered
	}{
		{"one", false, []answered{{0, asks(429, 60*s), 60 * s}}},
		{"the shortest", false, []answered{{5 * s, asks(429, 1), 5*s + 1}}},
		{"a shorter one after it", false, []answered{{0, asks(429, 60*s), 60 * s}, {1 * s, asks(429, 2*s), 60 * s}}},
		{"none after it", false, []answered{{0, asks(429, 60*s), 60 * s}, {1 * s, asks(429, 0), 60 * s}}},
		{"a longer one after it", false, []answered{{0, asks(429, 60*s), 60 * s}, {2 * s, asks(429, 90*s), 92 * s}}},
		{"a success after it", false, []answered{{0, asks(429, 60*s), 60 * s}, {1 * s, asks(200, 0), 60 * s}, {2 * s, asks(200, 99*s), 60 * s}}},
		{"503", true, []answered{{0, asks(503, 20*s), 20 * s}, {1 * s, asks(429, s), 20 * s}}},
		{"400", true, []answered{{0, asks(400, 20*s), 20 * s}}},
		{"403 that is marked", false, []answered{{0, Outcome{Status: 403, Refused: true, RetryAfter: 20 * s}, 20 * s}}},
		{"399", false, []answered{{20 * s, asks(399, 20*s), 0}}},
		{"200", false, []answered{{20 * s, asks(200, 20*s), 0}}},
	} {
		for kind, k := range kinds {
			if tt.headers && !k.headers {
				continue
			}
			l := limitertest.New(k.config, quota)
			for range tt.answers {
				l.Sent(epoch, 1)
			}
			for i, a := range tt.answers {
				now := epoch.Add(a.at)
				l.Done(now, Ticket(i), a.o)
				got := l.Next(now, 1)
				if want := epoch.Add(a.until); a.until > 0 && !got.Equal(want) || a.until == 0 && got.After(now) {
					t.Errorf("%s, %s: after answer %d the next may leave at %v, want %v", kind, tt.name, i, got.Sub(epoch), a.until)
				}
			}
		}
	}
}
