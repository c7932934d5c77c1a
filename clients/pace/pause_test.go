package pace

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

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
		refusals Refusals
		steps    []pauseStep
	}{
		{"success", Refusals{}, []pauseStep{{0, ok, 0}, {0, asks(200, 5*s), 0}}},
		{"429 that asks for nothing, in a row", Refusals{}, []pauseStep{
			{0, limited, 1 * s}, {1 * s, limited, 3 * s}, {3 * s, limited, 7 * s}, {7 * s, limited, 15 * s},
			{15 * s, limited, 31 * s}, {31 * s, limited, 63 * s}, {63 * s, limited, 123 * s}, {123 * s, limited, 183 * s}}},
		{"a success in between", Refusals{}, []pauseStep{{0, limited, 1 * s}, {1 * s, limited, 3 * s}, {3 * s, ok, 3 * s}, {4 * s, limited, 5 * s}}},
		{"several that were under way are one", Refusals{}, []pauseStep{
			{0, limited, 1 * s}, {1 * s / 2, limited, 3 * s / 2}, {1 * s, limited, 2 * s}, {2 * s, limited, 4 * s}}},
		{"a success that was under way is none", Refusals{}, []pauseStep{{0, limited, 1 * s}, {s / 2, ok, 1 * s}, {1 * s, limited, 3 * s}}},
		{"Retry-After, when it is longer", Refusals{}, []pauseStep{{0, asks(429, 90*s), 90 * s}, {90 * s, asks(429, s), 92 * s}}},
		{"503 and 403 that ask for a pause", Refusals{}, []pauseStep{{0, asks(503, 20*s), 20 * s}, {20 * s, asks(403, 7*s), 27 * s}, {27 * s, limited, 28 * s}}},
		{"503 and 403 that do not", Refusals{}, []pauseStep{{0, asks(503, 0), 0}, {0, asks(403, 0), 0}, {0, asks(500, 0), 0}}},
		{"403 with the marks of a limit", Refusals{}, []pauseStep{{0, marked, 1 * s}}},
		{"a pause is never made shorter", Refusals{}, []pauseStep{{0, asks(429, 60*s), 60 * s}, {1 * s, asks(503, 2*s), 60 * s}, {2 * s, limited, 60 * s}}},
		{"a rule of one's own", Refusals{Pause: backoff.Rule{Base: 5 * s}}, []pauseStep{{0, limited, 5 * s}, {5 * s, limited, 15 * s}}},
		{"ignored", Refusals{Ignore: true}, []pauseStep{{0, limited, 0}, {0, asks(503, 20*s), 0}, {0, marked, 0}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
			p := newPausing(limitertest.New(&limiter.None{}, limiter.Quota{Limit: 1, Window: s}), tt.refusals, time.Time{})
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
	p := newPausing(limitertest.New(&limiter.None{}, limiter.Quota{Limit: 1, Window: time.Second}), Refusals{Pause: rule}, time.Time{})
	p.Done(now, 0, limiter.Outcome{Status: 429})
	if d := p.release.Sub(now); d < 0 || d >= time.Second {
		t.Errorf("paused for %v, want less than 1s", d)
	}
	p.Done(now, 0, limiter.Outcome{Status: 429, RetryAfter: time.Hour})
	if d := p.release.Sub(now); d != time.Hour {
		t.Errorf("paused for %v, want 1h", d)
	}
}

// A pause does not open what the limiter keeps shut, and tells a limiter what it
// wants to know.
func TestPausingKeepsTheLimiter(t *testing.T) {
	start := time.Now()
	l := &told{start: start}
	l.gap = 10 * ms
	p := newPausing(l, Refusals{}, time.Time{})
	ticket := p.Sent(start, 1)
	p.Delay(ticket)
	p.Left(start.Add(3*ms), ticket)
	if got := p.Next(start.Add(3*ms), 1).Sub(start); got != 10*ms {
		t.Errorf("the next may leave after %v, want 10ms", got)
	}
	if got, want := strings.Join(l.lines, ", "), "0s sent 0, 0s delay 0, 3ms left 0"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	none := newPausing(&spaced{}, Refusals{}, time.Time{})
	none.Delay(0) // of no interest to it
	none.Left(start, 0)
}

// A gate pauses for everybody, without a line of code of its user.
func TestGatePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: limitertest.New(&limiter.None{}, limiter.Quota{Limit: 1, Window: time.Second})})
		start := time.Now()
		p, err := g.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		g.Done(p, limiter.Outcome{Status: 429, RetryAfter: 5 * time.Minute})
		if _, err := g.Wait(t.Context(), 1); err != nil || time.Since(start) != 5*time.Minute {
			t.Errorf("the next left after %v, want 5m; %v", time.Since(start), err)
		}
	})
}

// Nothing leaves before a cold start is over: whatever the program before it
// sent, up to its last instant, an exact server refuses nothing.
func TestColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quota := limiter.Quota{Limit: 20, Window: time.Second}
		const j = 50 * ms
		start := time.Now()
		cold := start.Add(quota.Span() + j)
		g := newGate(t, GateConfig{
			Limiter:   limitertest.New(&limiter.Paced{Spread: j}, quota),
			Refusals:  Refusals{Ignore: true},
			ColdUntil: cold,
		})
		p, err := g.Wait(t.Context(), 1)
		if err != nil || !p.Granted.Equal(cold) {
			t.Errorf("the first left after %v, want %v; %v", p.Granted.Sub(start), cold.Sub(start), err)
		}
		// One that left just before the start arrives j later; the first of ours
		// arrives at once, and finds it out of the window.
		if age := p.Granted.Sub(start.Add(j)); age <= quota.Window {
			t.Errorf("what was spent before is %v old, want more than %v", age, quota.Window)
		}
	})
}

func TestRefusalsAreValidated(t *testing.T) {
	_, err := NewGate(GateConfig{Limiter: &spaced{}, Refusals: Refusals{Pause: backoff.Rule{Base: -1}}})
	if want := "gate: Refusals.Pause: base is -1ns, want more than 0"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A Transport pauses by default on 429, and on 503 and 403 that ask for it: the
// key, and no other.
func TestTransportPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []*http.Response{
			answer(nil, 429), answer(nil, 503, "Retry-After", "30"), answer(nil, 503), answer(nil, 403, "Retry-After", "10"), answer(nil, 404),
		}
		tr := &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
			Key:        func(r *http.Request) string { return r.Host },
			Base: trip(func(r *http.Request) (*http.Response, error) {
				if r.Host == "other" {
					return answer(r, 200), nil
				}
				resp := answers[0]
				answers = answers[1:]
				return resp, nil
			}),
		}
		send := func(host string) time.Duration {
			start := time.Now()
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+host+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.RoundTrip(req); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		for i, want := range []time.Duration{0, time.Second, 30 * time.Second, 0, 10 * time.Second} {
			if got := send("mine"); got != want {
				t.Errorf("request %d took %v, want %v", i, got, want)
			}
			if got := send("other"); got != 0 {
				t.Errorf("request %d on another key took %v, want none", i, got)
			}
		}
	})
}
