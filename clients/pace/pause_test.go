package pace

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

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
