package pausing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

const ms = time.Millisecond

// A pauseStep is an answer, and when the next request may leave after it.
type pauseStep struct {
	at   time.Duration // of the answer, from the start
	o    limiter.Outcome
	want time.Duration // from the start; at most at is now
}

// The pauses of every kind of answer, on a limiter that would let anything go.
func TestPauses(t *testing.T) {
	limited := limiter.Outcome{Status: 429}
	asks := func(status int, d time.Duration) limiter.Outcome {
		return limiter.Outcome{Status: status, RetryAfter: d}
	}
	marked := limiter.Outcome{Status: 403, Refused: true}
	ok := limiter.Outcome{Status: 204}
	const s = time.Second
	for _, tt := range []struct {
		name     string
		refusals Rules
		steps    []pauseStep
	}{
		{"success", Rules{}, []pauseStep{{0, ok, 0}, {0, asks(200, 5*s), 0}}},
		{"429 that asks for nothing, in a row", Rules{}, []pauseStep{
			{0, limited, 1 * s}, {1 * s, limited, 3 * s}, {3 * s, limited, 7 * s}, {7 * s, limited, 15 * s},
			{15 * s, limited, 31 * s}, {31 * s, limited, 63 * s}, {63 * s, limited, 123 * s}, {123 * s, limited, 183 * s}}},
		{"a success in between", Rules{}, []pauseStep{{0, limited, 1 * s}, {1 * s, limited, 3 * s}, {3 * s, ok, 3 * s}, {4 * s, limited, 5 * s}}},
		{"several that were under way are one", Rules{}, []pauseStep{
			{0, limited, 1 * s}, {1 * s / 2, limited, 3 * s / 2}, {1 * s, limited, 2 * s}, {2 * s, limited, 4 * s}}},
		{"a success that was under way is none", Rules{}, []pauseStep{{0, limited, 1 * s}, {s / 2, ok, 1 * s}, {1 * s, limited, 3 * s}}},
		{"Retry-After, when it is longer", Rules{}, []pauseStep{{0, asks(429, 90*s), 90 * s}, {90 * s, asks(429, s), 92 * s}}},
		{"503 and 403 that ask for a pause", Rules{}, []pauseStep{{0, asks(503, 20*s), 20 * s}, {20 * s, asks(403, 7*s), 27 * s}, {27 * s, limited, 28 * s}}},
		{"400 that asks, and 399", Rules{}, []pauseStep{{0, asks(400, 1), 1}, {1, asks(399, s), 1}}},
		{"a failure in between", Rules{}, []pauseStep{{0, limited, 1 * s}, {1 * s, asks(500, 0), 1 * s}, {1 * s, limited, 3 * s}}},
		{"503 and 403 that do not", Rules{}, []pauseStep{{0, asks(503, 0), 0}, {0, asks(403, 0), 0}, {0, asks(500, 0), 0}}},
		{"403 with the marks of a limit", Rules{}, []pauseStep{{0, marked, 1 * s}}},
		{"a pause is never made shorter", Rules{}, []pauseStep{{0, asks(429, 60*s), 60 * s}, {1 * s, asks(503, 2*s), 60 * s}, {2 * s, limited, 60 * s}}},
		{"a rule of one's own", Rules{Pause: backoff.Rule{Base: 5 * s}}, []pauseStep{{0, limited, 5 * s}, {5 * s, limited, 15 * s}}},
		{"ignored", Rules{Ignore: true}, []pauseStep{{0, limited, 0}, {0, asks(503, 20*s), 0}, {0, marked, 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
			p := New(unlimited(), tt.refusals, time.Time{})
			for i, step := range tt.steps {
				now := start.Add(step.at)
				p.Done(now, p.Sent(now, 1), step.o)
				next := p.Next(now, 1)
				if next.Before(now) {
					next = now
				}
				if got := next.Sub(start); got != step.want {
					t.Errorf("after answer %d, at %v, the next may leave at %v, want %v", i, step.at, got, step.want)
				}
			}
		})
	}
}

// Jitter shortens a pause that nobody asked for, and no other.
func TestPauseJitter(t *testing.T) {
	rule := backoff.Rule{Base: time.Second, Jitter: backoff.JitterFull}
	now := time.Now()
	p := New(unlimited(), Rules{Pause: rule}, time.Time{})
	p.Done(now, 0, limiter.Outcome{Status: 429})
	if d := p.Release.Sub(now); d < 0 || d >= time.Second {
		t.Errorf("paused for %v, want less than 1s", d)
	}
	p.Done(now, 0, limiter.Outcome{Status: 429, RetryAfter: time.Hour})
	if d := p.Release.Sub(now); d != time.Hour {
		t.Errorf("paused for %v, want 1h", d)
	}
}

// A pause does not open what the limiter keeps shut, and tells a limiter what it
// wants to know.
func TestPausingKeepsTheLimiter(t *testing.T) {
	start := time.Now()
	l := &told{Limiter: unlimited(), start: start}
	p := New(l, Rules{}, time.Time{})
	ticket := p.Sent(start, 1)
	p.Delay(ticket)
	p.Left(start.Add(3*ms), ticket)
	if got := p.Next(start.Add(3*ms), 1).Sub(start); got != 10*ms {
		t.Errorf("the next may leave after %v, want 10ms", got)
	}
	p.Due(start.Add(4 * ms))
	p.Done(start.Add(5*ms), ticket, limiter.Outcome{Status: 200})
	if got, want := strings.Join(l.lines, ", "), "0s sent 0, 0s delay 0, 3ms left 0, 4ms due 0, 5ms done 0"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	none := New(unlimited(), Rules{}, time.Time{})
	none.Delay(0) // of no interest to it
	none.Left(start, 0)
	none.Due(start)
}

func unlimited() limiter.Limiter {
	return limitertest.New(&limiter.None{}, limiter.Quota{Limit: 1, Window: time.Second})
}

// A told limiter notes what it is told, and lets requests go 10 ms apart.
type told struct {
	limiter.Limiter
	start, next time.Time
	lines       []string
}

func (l *told) note(now time.Time, what string, t limiter.Ticket) {
	l.lines = append(l.lines, fmt.Sprintf("%v %s %d", now.Sub(l.start), what, t))
}

func (l *told) Next(time.Time, int64) time.Time { return l.next }

func (l *told) Sent(now time.Time, cost int64) limiter.Ticket {
	t := l.Limiter.Sent(now, cost)
	l.note(now, "sent", t)
	l.next = now.Add(10 * ms)
	return t
}

func (l *told) Delay(t limiter.Ticket)               { l.note(l.start, "delay", t) }
func (l *told) Left(now time.Time, t limiter.Ticket) { l.note(now, "left", t) }
func (l *told) Due(at time.Time)                     { l.note(at, "due", 0) }

func (l *told) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	l.note(now, "done", t)
	l.Limiter.Done(now, t, o)
}
