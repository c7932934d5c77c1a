package inredis

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"ratebench/clients/budget/redis/redistest"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/harness/budgets"
)

const ms = time.Millisecond

var quota = limiter.Quota{Limit: 5, Window: 100 * ms}

// What redis grants is what the store of virtual time does: a log for grants, a
// bucket for GCRA. Times are such that none is at the edge of a window.
func TestGrantsAreThoseOfVirtualTime(t *testing.T) {
	m := miniredis.RunT(t)
	runs := 0
	for _, c := range []struct {
		config budgets.Config
		model  limiter.Config
		ask    func(*Store, string) asker
	}{
		{budgets.Config{Kind: budgets.Grants}, &limiter.Window{}, func(s *Store, name string) asker { return s.grants(name, 1) }},
		{budgets.Config{Kind: budgets.GrantsSpread, Spread: 53 * ms}, &limiter.Window{Headroom: 53 * ms}, func(s *Store, name string) asker { return s.grants(name, 1) }},
		{budgets.Config{Kind: budgets.GCRA}, &bucket.TokenBucket{}, func(s *Store, name string) asker { return s.gcra(name) }},
	} {
		t.Run(c.config.Kind, rapid.MakeCheck(func(t *rapid.T) {
			model, err := c.model.New(quota)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s, err := Open(ctx, "redis://"+m.Addr(), "test", c.config, quota)
			if err != nil {
				t.Fatal(err)
			}
			s.client.Options().ReadTimeout = time.Minute // a busy machine is not what this is about
			runs++
			ask := c.ask(s, fmt.Sprint("run ", runs))
			now := time.Unix(1_700_000_000, 0)
			for range rapid.IntRange(1, 30).Draw(t, "calls") {
				step := time.Duration(rapid.IntRange(0, 20).Draw(t, "step")) * 7 * ms
				now = now.Add(step + 13*time.Microsecond)
				m.SetTime(now)
				cost := int64(rapid.IntRange(1, 5).Draw(t, "cost"))
				wait, err := ask(ctx, cost)
				if err != nil {
					t.Fatal(err)
				}
				want := max(0, model.Next(now, cost).Sub(now))
				if want == 0 {
					model.Sent(now, cost)
				}
				if d := wait - want; d < -ms || d > ms || (wait == 0) != (want == 0) {
					t.Fatalf("%d at %v: wait %v, want %v", cost, now, wait, want)
				}
			}
		}))
	}
}

// Nothing stays in Redis of a budget that is not used any more, and nothing grows.
func TestGrantsExpire(t *testing.T) {
	m := miniredis.RunT(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := Open(ctx, "redis://"+m.Addr(), "test", budgets.Config{Kind: budgets.Grants}, quota)
	if err != nil {
		t.Fatal(err)
	}
	s.client.Options().ReadTimeout = time.Minute
	ask := s.grants("key", 1)
	now := time.Unix(1_700_000_000, 0)
	for range 100 {
		now = now.Add(30 * ms)
		m.SetTime(now)
		if _, err := ask(ctx, 1); err != nil {
			t.Fatal(err)
		}
	}
	members, err := m.ZMembers(m.Keys()[0])
	if err != nil || len(members) > quota.Limit {
		t.Errorf("%d members, want %d at most: %v", len(members), quota.Limit, err)
	}
	m.FastForward(quota.Window + ms)
	if left := m.Keys(); len(left) > 0 {
		t.Errorf("%v is left after a window", left)
	}
}

// The scripts run in a real server as well.
func TestRealServer(t *testing.T) {
	server := redistest.Start(t)
	for _, kind := range []string{budgets.Grants, budgets.GCRA} {
		ctx, cancel := context.WithCancel(t.Context())
		s, err := Open(ctx, "redis://"+server.Addr, "test", budgets.Config{Kind: kind}, limiter.Quota{Limit: 3, Window: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		s.client.Options().ReadTimeout = time.Minute
		ask := s.gcra(kind)
		if kind == budgets.Grants {
			ask = s.grants(kind, 1)
		}
		if wait, err := ask(ctx, 2); wait != 0 || err != nil {
			t.Errorf("%s: wait %v, %v for 2 of 3", kind, wait, err)
		}
		if wait, err := ask(ctx, 2); wait < 15*time.Minute || wait > time.Hour || err != nil {
			t.Errorf("%s: wait %v, %v for 2 more", kind, wait, err)
		}
		cancel()
		if _, err := ask(ctx, 1); err == nil {
			t.Errorf("%s: a call after the run has no error", kind)
		}
	}
}

func TestBadURLs(t *testing.T) {
	for url, want := range map[string]string{
		"":                         "want redis://HOST:PORT",
		"localhost:6379":           "want redis://HOST:PORT",
		"http://localhost:6379":    "want redis://HOST:PORT",
		"redis://localhost:x":      "want redis://HOST:PORT",
		"redis://127.0.0.1/a":      "invalid database number",
		"redis://127.0.0.1?what=1": "what",
	} {
		if _, err := NewClient(url, time.Second); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", url, err, want)
		}
	}
}
