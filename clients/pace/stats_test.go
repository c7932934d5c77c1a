package pace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

func wantLines(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// A ledger counts what callers see.
type ledger struct {
	mu    sync.Mutex
	stats Stats
}

func (l *ledger) ended(resp *http.Response, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, waiting := errors.AsType[*WaitError](err)
	switch {
	case waiting:
		l.stats.NotSent++
	case err != nil:
		l.stats.Failed++
	case resp.StatusCode == 429:
		l.stats.Limited++
	case resp.StatusCode/100 == 2:
		l.stats.Succeeded++
	default:
		l.stats.Failed++
	}
	if errors.Is(err, ErrFull) {
		l.stats.Full++
	}
	if errors.Is(err, ErrTooLong) {
		l.stats.TooLong++
	}
	if !waiting {
		l.stats.Departed++
	}
}

// Whatever happens to thousands of requests, what a Transport has counted is
// what its callers have seen, while they go on and when keys are forgotten.
func TestStatsAreWhatCallersSee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		tr := &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{gap: 7 * ms}, nil },
			Key:        func(r *http.Request) string { return r.Host },
			Base: trip(func(r *http.Request) (*http.Response, error) {
				select {
				case <-time.After(20 * ms):
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
				switch status := r.URL.Path[1:]; status {
				case "429":
					return answer(r, 429), nil
				case "broken":
					return nil, io.ErrUnexpectedEOF
				case "404":
					return answer(r, 404), nil
				}
				return answer(r, 201), nil
			}),
			MaxWaiters: 10, IdleTimeout: time.Second,
		}
		var l ledger
		var wg sync.WaitGroup
		const requests = 3000
		for range requests {
			path := []string{"ok", "ok", "ok", "ok", "ok", "ok", "404", "broken"}[random.IntN(8)]
			if random.IntN(100) == 0 {
				path = "429"
			}
			url := fmt.Sprintf("http://%d/%s", random.IntN(4), path)
			left, cancelAt := time.Duration(random.IntN(400)+1)*ms, time.Duration(random.IntN(2000))*ms
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), left)
				defer cancel()
				time.AfterFunc(cancelAt, cancel)
				req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
				if err != nil {
					t.Error(err)
					return
				}
				l.ended(tr.RoundTrip(req))
			})
			time.Sleep(time.Duration(random.IntN(8)) * ms)
			if s := tr.Stats(); s.NotSent+s.Departed+uint64(s.Waiting) < s.Succeeded+s.Limited+s.Failed+uint64(s.InFlight) || s.Waiting > 4*10 {
				t.Fatalf("does not add up: %+v", s)
			}
		}
		wg.Wait()
		time.Sleep(time.Hour)
		for i := range 8 { // forgets the others
			req, err := http.NewRequestWithContext(t.Context(), "GET", fmt.Sprintf("http://new%d/ok", i), nil)
			if err != nil {
				t.Fatal(err)
			}
			l.ended(tr.RoundTrip(req))
		}
		got, want := tr.Stats(), l.stats
		if got.Waited <= 0 || got.Keys != 8 {
			t.Errorf("%d keys, want 8 new ones; waited %v", got.Keys, got.Waited)
		}
		got.Waited, got.Keys = 0, 0
		if got != want {
			t.Errorf("counted\n%+v, callers saw\n%+v", got, want)
		}
		if want.NotSent+want.Departed != requests+8 || want.Full == 0 || want.TooLong == 0 || want.Limited == 0 || want.Failed == 0 {
			t.Errorf("%+v proves little", want)
		}
	})
}

// What is so right now is told, too.
func TestStatsOfAGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: &spaced{gap: 10 * ms}})
		first, err := g.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			p, err := g.Wait(t.Context(), 1)
			if err != nil {
				t.Error(err)
			}
			g.Done(p, limiter.Outcome{Status: 404})
		})
		synctest.Wait()
		if got, want := g.Stats(), (Stats{Waiting: 1, InFlight: 1, Departed: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		wg.Wait()
		g.Done(first, limiter.Outcome{Status: 299})
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.Wait(ended, 1); err == nil {
			t.Error("left after its time")
		}
		if got, want := g.Stats(), (Stats{Departed: 2, Succeeded: 1, Failed: 1, NotSent: 1, Waited: 10 * ms}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}
