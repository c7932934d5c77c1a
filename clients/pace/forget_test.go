package pace

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// A pensive limiter takes its time for an answer.
type pensive struct {
	spaced
	takes time.Duration
}

func (p *pensive) Next(now time.Time, cost int64) time.Time {
	time.Sleep(p.takes)
	return p.spaced.Next(now, cost)
}

// A limiter that takes its time holds up its own key only, even while it is asked
// whether it can be forgotten.
func TestForgettingStopsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &pensive{}
		tr := &Transport{
			Key: func(r *http.Request) string { return r.Host },
			NewLimiter: func(key string) (limiter.Limiter, error) {
				if key == "slow" {
					return slow, nil
				}
				return &spaced{}, nil
			},
			Base: answers(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			}),
			IdleTimeout: time.Minute,
		}
		get := func(key string) {
			if _, err := tr.RoundTrip(&http.Request{Method: "GET", Host: key}); err != nil {
				t.Error(err)
			}
		}
		get("slow")
		time.Sleep(2 * time.Minute)
		slow.takes = time.Hour
		go get("a") // which looks whether slow can be forgotten
		synctest.Wait()
		start := time.Now()
		get("b")
		if waited := time.Since(start); waited > 0 {
			t.Errorf("another key waits for %v", waited)
		}
		time.Sleep(2 * time.Hour)
		get("c")
		if n := tr.Stats().Keys; n != 1 {
			t.Errorf("%d keys are remembered, want the last one", n)
		}
	})
}

type answers func(*http.Request) (*http.Response, error)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
