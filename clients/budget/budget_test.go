package budget_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/budget"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

const ms = time.Millisecond

var quota = limiter.Quota{Limit: 4, Window: time.Second, Resolution: ms}

// fakeStore is a ledger behind a way that takes a millisecond, for a bubble.
type fakeStore struct {
	mu        sync.Mutex
	ledger    budget.Ledger
	instance  string
	down      bool
	calls     int
	listening map[string]func(budget.Push)
}

var errDown = errors.New("the store is down")

func (s *fakeStore) Call(_ context.Context, c budget.Call) (budget.Reply, error) {
	time.Sleep(ms)
	defer time.Sleep(ms)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return budget.Reply{}, errDown
	}
	s.calls++
	r, pushes, err := s.ledger.Call(time.Now(), s.instance, c)
	for _, p := range pushes {
		if f := s.listening[p.Process]; f != nil {
			go func() { time.Sleep(ms); f(p) }()
		}
	}
	return r, err
}

func (s *fakeStore) Listen(process string, f func(budget.Push)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listening == nil {
		s.listening = map[string]func(budget.Push){}
	}
	s.listening[process] = f
	return func() {}
}

func (s *fakeStore) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func open(t *testing.T, s budget.Store, name string, mode budget.Mode) *budget.Budget {
	t.Helper()
	b, err := budget.Open(budget.Config{Process: name, Quota: quota, Latency: 20 * ms, Mode: mode}, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newGate(t *testing.T, l limiter.Limiter) *pace.Gate {
	t.Helper()
	g, err := pace.NewGate(pace.GateConfig{Limiter: l})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// send sends through a gate as often as it can until a time has passed, each
// answered after 10 ms.
func send(g *pace.Gate, d time.Duration) (sent int) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	for {
		p, err := g.Wait(ctx, 1)
		if err != nil {
			return sent
		}
		sent++
		time.Sleep(10 * ms)
		g.Done(p, limiter.Outcome{Status: 200})
	}
}

// Two processes share the quota: together they get what one would.
func TestGatesShareABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{}
		var sent [2]int
		var all sync.WaitGroup
		for i := range sent {
			b := open(t, s, fmt.Sprint(i), budget.Safe)
			all.Go(func() {
				sent[i] = send(newGate(t, b), 60*time.Second)
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		// The ledger holds everything for 4.6 s; then a slot's turn is a window, the
		// way of 10 ms and two of the store's.
		if n := sent[0] + sent[1]; n < 210 || n > 221 {
			t.Errorf("%d and %d sent in a minute, want 210 to 221 in all", sent[0], sent[1])
		}
		if d := sent[0] - sent[1]; d < -2 || d > 2 {
			t.Errorf("%d and %d sent, want as many of each", sent[0], sent[1])
		}
		if calls := float64(s.calls) / float64(sent[0]+sent[1]); calls > 2.2 {
			t.Errorf("%.2f calls for each request, want at most 2.2", calls)
		}
	})
}

// Without the store a process is silent, lives off its share, and is silent again
// on the way back.
func TestModesWithoutTheStore(t *testing.T) {
	for _, tt := range []struct {
		mode             budget.Mode
		soon, later      int // sent within 4 s, and in the 20 s after that
		backSoon, atLast int // after the return of a store without memory: at most, at least
	}{
		{budget.Pessimistic, 0, 0, 4, 30},
		{budget.Safe, 0, 36, 0, 30},
		{budget.Optimistic, 6, 36, 4, 30},
	} {
		t.Run(tt.mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &fakeStore{}
				b, other := open(t, s, "a", tt.mode), open(t, s, "b", tt.mode)
				defer b.Close()
				defer other.Close()
				g := newGate(t, b)
				send(g, 15*time.Second)
				if share := b.Status().Share; tt.mode != budget.Pessimistic && share != 2 {
					t.Fatalf("the share of one of two is %d, want 2", share)
				}
				s.set(func() { s.down = true })
				time.Sleep(300 * ms) // what was granted is used or given back
				within(t, "soon", send(g, 3700*ms), tt.soon, tt.soon+3)
				within(t, "later", send(g, 20*time.Second), tt.later, tt.later+5)
				if !b.Status().Lost {
					t.Error("the store is not lost, want it to be")
				}
				s.set(func() { s.down, s.ledger, s.instance = false, budget.Ledger{}, "new" })
				time.Sleep(time.Second) // noticed
				within(t, "back soon", send(g, time.Second), 0, tt.backSoon)
				time.Sleep(3 * time.Second)
				within(t, "at last", send(g, 10*time.Second), tt.atLast, 45)
			})
		})
	}
}

func within(t *testing.T, when string, got, least, most int) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: %d sent, want %d to %d", when, got, least, most)
	}
}

// A request of a cost takes as many slots, all at once; guards and a transport
// stand in front as before any limiter.
func TestCostsBehindGuards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{}
		b := open(t, s, "a", budget.Pessimistic)
		defer b.Close()
		l, err := limiter.Guards{InFlight: 1}.Guard(b)
		if err != nil {
			t.Fatal(err)
		}
		g := newGate(t, l)
		begun := time.Now()
		for range 3 {
			p, err := g.Wait(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			g.Done(p, limiter.Outcome{Status: 200})
		}
		if took := time.Since(begun).Round(100 * ms); took < 3300*ms || took > 3500*ms { // 1.4 s to begin with
			t.Errorf("three requests of three slots took %v, want 3.4s", took)
		}
		if _, err := g.Wait(t.Context(), 5); !errors.Is(err, pace.ErrCost) {
			t.Errorf("a request of five slots of four: %v, want ErrCost", err)
		}
	})
}

type answering struct{}

func (answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
}

// What is said of a budget in the documentation of clients works.
func TestTransportOnABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{}
		var b *budget.Budget
		client := &http.Client{Transport: &pace.Transport{
			Base: answering{},
			NewLimiter: func(string) (limiter.Limiter, error) {
				b = open(t, s, "a", budget.Safe)
				return b, nil
			},
		}}
		for range 5 {
			resp, err := client.Get("http://api.example/")
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestConfigIsValidated(t *testing.T) {
	good := budget.Config{Process: "a", Quota: quota, Latency: ms}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		change func(c *budget.Config)
		want   string
	}{
		{func(c *budget.Config) { c.Process = "" }, "budget's Process"},
		{func(c *budget.Config) { c.Quota.Limit = 0 }, "quota's Limit is 0"},
		{func(c *budget.Config) { c.Quota.Limit = 10001 }, "want 1 to 10000"},
		{func(c *budget.Config) { c.Quota.Burst = 3 }, "not a sliding window"},
		{func(c *budget.Config) { c.Quota.Window, c.Quota.Resolution = ms, 0 }, "want 10ms or more"},
		{func(c *budget.Config) { c.Latency = 0 }, "budget's Latency is 0s, want 1ns to 1h0m0s"},
		{func(c *budget.Config) { c.Slack = 2 * time.Hour }, "budget's Slack is 2h0m0s, want 1ns to 1h0m0s"},
		{func(c *budget.Config) { c.Ahead = -1 }, "budget's Ahead is -1ns, want 1ns to 1h0m0s"},
		{func(c *budget.Config) { c.Linger = -1 }, "budget's Linger"},
		{func(c *budget.Config) { c.Batch = -1 }, "budget's Batch is -1"},
		{func(c *budget.Config) { c.Mode = 9 }, "budget's Mode is Mode(9)"},
		{func(c *budget.Config) { c.Silent = ms }, "budget's Silent is 1ms, want 100ms to 1h0m0s"},
		{func(c *budget.Config) { c.Alone = -1 }, "budget's Alone"},
	} {
		c := good
		tt.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want it to say %q", err, tt.want)
		}
	}
}

// The bounds of what is configured are part of it.
func TestBoundsAreValid(t *testing.T) {
	const hour = time.Hour
	for _, c := range []budget.Config{
		{Process: strings.Repeat("p", 100), Quota: limiter.Quota{Limit: 10000, Window: 10 * ms}, Latency: 1, Slack: 1, Ahead: 1, Batch: 1000, Silent: 100 * ms, Alone: 1},
		{Process: "p", Quota: quota, Latency: hour, Slack: hour, Ahead: hour, Linger: hour, Silent: hour, Alone: 24 * hour},
	} {
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
	}
	good := budget.Config{Process: "p", Quota: quota, Latency: ms}
	for _, tt := range []struct {
		change func(c *budget.Config)
		want   string
	}{
		{func(c *budget.Config) { c.Process = strings.Repeat("p", 101) }, "want a name of 1 to 100 bytes"},
		{func(c *budget.Config) { c.Batch = 1001 }, "budget's Batch is 1001, want 1 to 1000, or 0 for 1"},
		{func(c *budget.Config) { c.Mode = budget.Optimistic + 1 }, "budget's Mode is Mode(3)"},
		{func(c *budget.Config) { c.Latency = hour + 1 }, "budget's Latency is 1h0m0.000000001s"},
		{func(c *budget.Config) { c.Linger = hour + 1 }, "budget's Linger is 1h0m0.000000001s"},
		{func(c *budget.Config) { c.Silent = 100*ms - 1 }, "budget's Silent is 99.999999ms"},
		{func(c *budget.Config) { c.Alone = 24*hour + 1 }, "budget's Alone is 24h0m0.000000001s"},
		{func(c *budget.Config) { c.Quota.Window, c.Quota.Resolution = 10*ms-1, 0 }, "want 10ms or more"},
	} {
		c := good
		tt.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want it to say %q", err, tt.want)
		}
	}
}

// Whoever closes twice says once that it ends.
func TestClosedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fakeStore{}
		b := open(t, s, "p", budget.Safe)
		time.Sleep(10 * ms)
		for range 2 {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
		if s.calls != 2 {
			t.Errorf("%d calls, want a sign of life and the last one", s.calls)
		}
	})
}

func TestModesAreWritten(t *testing.T) {
	for _, name := range []string{"safe", "pessimistic", "optimistic"} {
		var m budget.Mode
		if err := m.UnmarshalText([]byte(name)); err != nil || m.String() != name {
			t.Errorf("%s is read as %v, %v", name, m, err)
		}
	}
	var m budget.Mode
	if err := m.UnmarshalText([]byte("brave")); err == nil {
		t.Error("brave is a mode, want an error")
	}
}
