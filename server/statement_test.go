package server_test

import (
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/server"
)

func TestBudgetTimeline(t *testing.T) {
	k, err := server.NewKey(server.Limit{N: 3, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	for i, r := range []struct {
		at        time.Duration
		arrive    bool
		remaining int
		reset     time.Duration
	}{
		{0, false, 3, 0},
		{0, true, 2, 2 * time.Second},                // free at 1001 ms, rounded up
		{500 * ms, true, 1, time.Second},             // 501 ms
		{999 * ms, true, 0, time.Second},             // 2 ms
		{1000 * ms, false, 0, time.Second},           // 1 ms: 1000 is not more than the window
		{1001 * ms, false, 1, time.Second},           // the slot of 500 is next, at 1501
		{1999 * ms, false, 2, time.Second},           // that of 999, at 2000
		{5 * time.Second, false, 3, 0 * time.Second}, // all are free
	} {
		now := epoch.Add(r.at)
		if r.arrive {
			k.Arrive(now, strconv.Itoa(i))
		}
		if remaining, reset := k.Budget(now); remaining != r.remaining || reset != r.reset {
			t.Errorf("row %d, %v: %d left, reset in %v; want %d and %v", i, r.at, remaining, reset, r.remaining, r.reset)
		}
	}
}

// A continuous clock wants an age of a nanosecond more than the window.
func TestBudgetOfAContinuousClock(t *testing.T) {
	k, err := server.NewKey(server.Limit{N: 1, Window: time.Second}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	k.Arrive(epoch, "1")
	for _, r := range []struct {
		at        time.Duration
		remaining int
		reset     time.Duration
	}{
		{0, 0, 2 * time.Second}, // free after 1 s and 1 ns, rounded up
		{1, 0, time.Second},
		{time.Second, 0, time.Second},
		{time.Second + 1, 1, 0},
	} {
		if remaining, reset := k.Budget(epoch.Add(r.at)); remaining != r.remaining || reset != r.reset {
			t.Errorf("at %v: %d left, reset in %v; want %d and %v", r.at, remaining, reset, r.remaining, r.reset)
		}
	}
}

// When the limit has come down, there may be more in the window than it
// allows: then the N-th last is the one to wait for.
func TestBudgetAfterTheLimitHasComeDown(t *testing.T) {
	k, err := server.NewKey(server.Limit{N: 3, Window: 10 * time.Second}, time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		k.Arrive(epoch.Add(time.Duration(i)*time.Second), strconv.Itoa(i+1))
	}
	if err := k.SetLimit(server.Limit{N: 2, Window: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	now := epoch.Add(3 * time.Second)
	if remaining, reset := k.Budget(now); remaining != 0 || reset != 9*time.Second { // that of 1 s is free at 11.001 s
		t.Errorf("%d left, reset in %v; want 0 and 9s", remaining, reset)
	}
}

// As many requests as the budget says are accepted, and not one more.
func TestBudgetIsWhatIsAccepted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := server.Limit{N: rapid.IntRange(1, 8).Draw(rt, "n"), Window: 100 * time.Millisecond}
		k, err := server.NewKey(limit, time.Millisecond, 0)
		if err != nil {
			rt.Fatal(err)
		}
		now := epoch
		for range rapid.IntRange(0, 30).Draw(rt, "arrivals") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "pause")) * time.Millisecond)
			k.Arrive(now, "1")
		}
		remaining, _ := k.Budget(now)
		for i := range remaining {
			if v := k.Arrive(now, "1"); v == server.RateLimited {
				rt.Fatalf("request %d of a budget of %d was refused", i+1, remaining)
			}
		}
		if v := k.Arrive(now, "1"); v != server.RateLimited {
			rt.Fatalf("one more than the budget of %d: %v", remaining, v)
		}
	})
}

func TestStatementsOnTheWire(t *testing.T) {
	srv := newServer(t, func(c *server.Config) {
		c.Limit = server.Limit{N: 1, Window: 99 * time.Second}
		c.BlockAfter = 1
		c.Statements = server.Statements{Received: true, Budget: true}
	})
	h := server.Handler(srv, stoppedClock{})
	for i, want := range []map[string]string{
		{"X-Received-At": strconv.FormatInt(epoch.UnixMilli(), 10), "RateLimit-Limit": "1", "RateLimit-Remaining": "0", "RateLimit-Reset": "100", "Retry-After": ""},
		{"RateLimit-Remaining": "0", "Retry-After": "100"}, // 429
		{"RateLimit-Remaining": "0", "Retry-After": ""},    // blocked for ever
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", server.Path+"?api_key="+validKey+"&nonce="+strconv.Itoa(i+1), nil))
		for field, v := range want {
			if got := w.Header().Get(field); got != v {
				t.Errorf("answer %d: %s is %q, want %q", i+1, field, got, v)
			}
		}
	}
}

// An arrival within a millisecond is stated as the millisecond.
func TestReceivedIsRoundedDown(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Statements.Received = true })
	now := epoch.Add(7*time.Millisecond + 999*time.Microsecond)
	reply, err := srv.Open(validKey, "1").Serve(&driftingClock{now: now})
	if want := epoch.Add(7 * time.Millisecond); err != nil || !reply.Statement.Received.Equal(want) {
		t.Errorf("received at %v, %v; want %v", reply.Statement.Received, err, want)
	}
}

// The reference says nothing beside its answers.
func TestNoStatementsUnlessAsked(t *testing.T) {
	srv := newServer(t, func(*server.Config) {})
	w := httptest.NewRecorder()
	server.Handler(srv, stoppedClock{}).ServeHTTP(w, httptest.NewRequest("GET", server.Path+"?api_key="+validKey+"&nonce=1", nil))
	if len(w.Header()) != 1 || w.Header().Get("Content-Type") == "" {
		t.Errorf("headers %v, want the content type alone", w.Header())
	}
}
