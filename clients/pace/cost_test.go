package pace

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// bounded allows no cost above most, and asks for a pause after each departure.
type bounded struct {
	spaced
	most int64
}

func (b *bounded) Next(now time.Time, cost int64) time.Time {
	if cost > b.most {
		return limiter.Impossible
	}
	return b.spaced.Next(now, cost)
}

// A request that can never leave is told so at once, even behind others, and
// spends nothing.
func TestGateRefusesImpossibleCosts(t *testing.T) {
	for cost, want := range map[int64]string{
		-1: "cost is -1, want 0 or more: no request of this cost can leave",
		6:  "cost is 6, want no more than the limit allows at a time: no request of this cost can leave",
	} {
		for _, poll := range []time.Duration{0, ms} {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				l := &bounded{spaced: spaced{gap: time.Hour, next: start.Add(time.Hour)}, most: 5}
				g := newGate(t, GateConfig{Limiter: l, Polling: Polling{Every: poll}})
				go func() { _, _ = g.Wait(t.Context(), 5) }()
				synctest.Wait()
				_, err := g.Wait(t.Context(), cost)
				w, ok := errors.AsType[*WaitError](err)
				if !ok || !errors.Is(err, ErrCost) || w.Timeout() || w.Err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				if !time.Now().Equal(start) || l.sent != 0 || g.stats.Waiting != 1 {
					t.Errorf("after %v: %d departures, %d in line", time.Since(start), l.sent, g.stats.Waiting)
				}
			})
		}
	}
}

// There is a cost for the gate's own limiter, and one for each that is shared.
func TestGateCountsCosts(t *testing.T) {
	group := NewGroup(nil)
	var shared []*Shared
	for range 2 {
		s, err := group.Share(&spaced{})
		if err != nil {
			t.Fatal(err)
		}
		shared = append(shared, s)
	}
	g := newGate(t, GateConfig{Limiter: &spaced{}, Shared: shared})
	want := "there are 2 costs, want one for each limit, of which 2 are shared"
	if _, err := g.Wait(t.Context(), 1, 1); !errors.Is(err, ErrCost) || !strings.Contains(err.Error(), want) {
		t.Errorf("a cost too few: %v, want %s", err, want)
	}
	if _, err := g.Wait(t.Context(), 1, 1, 1); err != nil {
		t.Errorf("a cost for each: %v", err)
	}
	if _, err := g.Wait(t.Context(), 1); err != nil {
		t.Errorf("one for all: %v", err)
	}
}

// What could leave when it came may have become impossible by the time that it
// is the first in the line.
func TestGateNoticesThatACostHasBecomeImpossible(t *testing.T) {
	for _, poll := range []time.Duration{0, ms} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			l := &bounded{spaced: spaced{gap: 10 * ms, next: start.Add(10 * ms)}, most: 5}
			g := newGate(t, GateConfig{Limiter: l, Polling: Polling{Every: poll}})
			time.AfterFunc(5*ms, func() {
				g.mu.Lock()
				defer g.mu.Unlock()
				l.most = 4
			})
			if _, err := g.Wait(t.Context(), 5); !errors.Is(err, ErrCost) || l.sent != 0 {
				t.Errorf("got %v after %d departures", err, l.sent)
			}
		})
	}
}

// A Transport asks for what a request costs.
func TestTransportCost(t *testing.T) {
	l := &bounded{most: 5}
	var costs []int64
	tr := &Transport{
		NewLimiter: func(string) (limiter.Limiter, error) { return l, nil },
		Costs: func(r *http.Request) []int64 {
			cost, err := strconv.ParseInt(r.URL.Path[1:], 10, 64)
			if err != nil {
				t.Error(err)
			}
			costs = append(costs, cost)
			return []int64{cost}
		},
		Base: trip(func(r *http.Request) (*http.Response, error) { return answer(r, 200), nil }),
	}
	for path, want := range map[string]error{"/5": nil, "/6": ErrCost} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://host"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.RoundTrip(req); !errors.Is(err, want) {
			t.Errorf("a cost of %s: %v, want %v", path, err, want)
		}
	}
	if len(costs) != 2 || tr.Stats().NotSent != 1 {
		t.Errorf("costs %v, %+v", costs, tr.Stats())
	}
}

// Limits of a key and limits that keys share have a cost each, and a request
// leaves when all allow it.
func TestTransportSharesLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		window := func(limit int) limiter.Limiter {
			return limitertest.New(&limiter.Paced{}, limiter.Quota{Limit: limit, Window: 10*time.Second - 1, Drift: 1})
		}
		group := NewGroup(nil)
		account, err := group.Share(window(5))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var lines []string
		tr := &Transport{
			Key: func(r *http.Request) string { return r.Host },
			NewLimiter: func(string) (limiter.Limiter, error) {
				return limiter.NewSet(limiter.Part{Limiter: window(10)}, limiter.Part{Limiter: window(1)})
			},
			Shared: []*Shared{account},
			Costs: func(r *http.Request) []int64 {
				if r.Method == http.MethodPost {
					return []int64{1, 1, 1} // of all requests, of writes, of the account
				}
				return []int64{1, 0, 1}
			},
			Base: trip(func(r *http.Request) (*http.Response, error) {
				lines = append(lines, fmt.Sprintf("%v %s %s", time.Since(start).Round(ms), r.Method, r.Host))
				return answer(r, 200), nil
			}),
		}
		for _, what := range []string{"POST a", "GET a", "GET b", "POST b", "POST a"} {
			method, host, _ := strings.Cut(what, " ")
			req, err := http.NewRequestWithContext(t.Context(), method, "http://"+host+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tr.RoundTrip(req); err != nil {
				t.Fatal(err)
			}
		}
		// The account has one in 2 s, and key a a write in 10 s.
		wantLines(t, lines, []string{"0s POST a", "2s GET a", "4s GET b", "6s POST b", "10s POST a"})
	})
}
