package server_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

const ms = time.Millisecond

func newServer(t testing.TB, change func(*server.Config)) *server.Server {
	t.Helper()
	c := server.ReferenceConfig()
	if change != nil {
		change(&c)
	}
	s, err := server.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fixed injects 30ms before the rate check and 20ms after it.
func fixed(int, uint64) (in, out time.Duration) { return 30 * ms, 20 * ms }

func TestServe(t *testing.T) {
	known := server.DefaultKeys()[0]
	tests := []struct {
		name       string
		key, nonce string
		late       time.Duration
		latency    time.Duration
		want       server.Reply
		naps       []time.Duration
	}{
		{"in, verdict, out", known, "1", 0,
			50 * ms, server.Reply{Verdict: server.OK, Arrived: epoch.Add(30 * ms)}, []time.Duration{30 * ms, 20 * ms}},
		{"an error has its latency out too", known, "abc", 0,
			50 * ms, server.Reply{Verdict: server.BadNonce, Arrived: epoch.Add(30 * ms)}, []time.Duration{30 * ms, 20 * ms}},
		{"what the first sleep was late the second is short", known, "1", 3 * ms,
			50 * ms, server.Reply{Verdict: server.OK, Arrived: epoch.Add(33 * ms)}, []time.Duration{30 * ms, 17 * ms}}, // 50 - 33
		{"an answer that is overdue does not wait", known, "1", 25 * ms,
			50 * ms, server.Reply{Verdict: server.OK, Arrived: epoch.Add(55 * ms)}, []time.Duration{30 * ms, -5 * ms}}, // 50 - 55
		{"an unknown key spends no latency in", "nobody", "1", 0,
			20 * ms, server.Reply{Verdict: server.Unauthorized}, []time.Duration{20 * ms}},
		{"no key", "", "1", 0,
			20 * ms, server.Reply{Verdict: server.Unauthorized}, []time.Duration{20 * ms}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, func(c *server.Config) { c.Latency = fixed })
			clock := newFakeClock()
			clock.late = tt.late
			ex := srv.Open(tt.key, tt.nonce)
			if got := ex.Latency(); got != tt.latency {
				t.Errorf("latency %v, want %v", got, tt.latency)
			}
			got, err := ex.Serve(clock)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("reply (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.naps, clock.naps); diff != "" {
				t.Errorf("sleeps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReplyStatus(t *testing.T) {
	for verdict, want := range map[server.Verdict]int{
		server.OK: 200, server.BadNonce: 400, server.Unauthorized: 401, server.RateLimited: 429, server.Blocked: 429,
	} {
		if got := (server.Reply{Verdict: verdict}).Status(); got != want {
			t.Errorf("%v: status %d, want %d", verdict, got, want)
		}
	}
}

func TestServeWhileStopping(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1; c.Latency = fixed })
	clock := newFakeClock()
	clock.err = errors.New("stopping")
	for _, key := range []string{server.DefaultKeys()[0], "nobody"} {
		if _, err := srv.Open(key, "1").Serve(clock); err != clock.err {
			t.Errorf("error %v, want the clock's", err)
		}
	}
	clock.err = nil
	reply, err := srv.Open(server.DefaultKeys()[0], "1").Serve(clock)
	if err != nil || reply.Verdict != server.OK {
		t.Errorf("%v, %v; the request that did not arrive has taken a slot", reply.Verdict, err)
	}
}

// The latencies of a request depend on its number on its key alone, in the
// order of opening, whatever happens on other keys.
func TestOpenNumbersRequestsPerKey(t *testing.T) {
	type draw struct {
		key int
		n   uint64
	}
	var got []draw
	srv := newServer(t, func(c *server.Config) {
		c.Latency = func(key int, n uint64) (in, out time.Duration) {
			got = append(got, draw{key, n})
			return 0, 0
		}
	})
	keys := server.DefaultKeys()
	for _, key := range []string{keys[0], keys[4], keys[0], "x", keys[4], "y", keys[0]} {
		srv.Open(key, "1")
	}
	want := []draw{{0, 0}, {4, 0}, {0, 1}, {-1, 0}, {4, 1}, {-1, 1}, {0, 2}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(draw{})); diff != "" {
		t.Errorf("draws (-want +got):\n%s", diff)
	}
}

// A server says the same if it takes no locks, and of a key by its index, whether what it
// remembers of keys lies apart or not.
func TestWaysToOpen(t *testing.T) {
	second := policy.Window{Limit: 2, Length: time.Second}
	for _, limits := range [][]ledger.Limit{
		nil,
		{{Name: "keys", Policy: second}, {Name: "routes", Policy: second, Scope: ledger.ByKey | ledger.ByRoute}},
		{{Name: "all", Policy: policy.Window{Limit: 7, Length: time.Second}, Scope: ledger.ByAccount}, {Name: "keys", Policy: second}},
	} {
		replies := func(alone, byIndex bool) (all []server.Reply) {
			srv := newServer(t, func(c *server.Config) {
				c.Alone, c.Limits = alone, limits
				if limits == nil {
					c.Limit, c.BlockAfter = server.Limit{N: 2, Window: time.Second}, 3
				} else {
					c.Limit, c.BlockAfter = server.Limit{}, 0
				}
				c.Latency = func(key int, n uint64) (in, out time.Duration) { return 0, time.Duration(n) * ms }
			})
			clock := newFakeClock()
			for n := range 30 {
				var e server.Exchange
				key := n % 3 * 2
				if byIndex {
					srv.OpenKey(&e, key, int64(n))
				} else {
					e = srv.Open(server.DefaultKeys()[key], fmt.Sprint(n))
				}
				if n%4 == 0 {
					e.Describe(server.Request{Request: ledger.Request{Route: "read"}})
				}
				reply, err := e.Serve(clock)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, reply)
			}
			return all
		}
		want := replies(false, false)
		for _, way := range []struct{ alone, byIndex bool }{{true, false}, {false, true}, {true, true}} {
			if diff := cmp.Diff(want, replies(way.alone, way.byIndex)); diff != "" {
				t.Errorf("limits %v, %+v: it says something else (-want +got):\n%s", limits, way, diff)
			}
		}
	}
}

// An exchange that has been served serves another request as a new one would, at the same
// server or at another: nothing is left of what was said before.
func TestAnExchangeIsUsedAgain(t *testing.T) {
	second := policy.Window{Limit: 1, Length: time.Second}
	servers := func() (all []*server.Server) {
		for _, change := range []func(*server.Config){
			func(c *server.Config) { c.Limit, c.BlockAfter = server.Limit{N: 1, Window: time.Second}, 2 },
			func(c *server.Config) { c.Statements = server.Statements{Received: true, Budget: true, Limits: true} },
			func(c *server.Config) { c.Statements.Limits = true },
			func(c *server.Config) {
				c.Limit, c.BlockAfter = server.Limit{}, 0
				c.Limits = []ledger.Limit{
					{Name: "queue", Policy: policy.Queue{N: 1, Per: 30 * ms, Length: 3}},
					{Name: "second", Policy: second},
					{Name: "costs", Policy: policy.Window{Limit: 9, Length: time.Second}, Cost: "points", Settle: true},
				}
			},
		} {
			all = append(all, newServer(t, func(c *server.Config) {
				change(c)
				c.Latency = func(key int, n uint64) (in, out time.Duration) { return time.Duration(n) * ms, 2 * ms }
			}))
		}
		return all
	}
	replies := func(servers []*server.Server, again bool) (all []server.Reply) {
		clock := newFakeClock()
		var e server.Exchange
		for n := range 120 {
			if !again {
				e = server.Exchange{}
			}
			servers[n*7/3%len(servers)].OpenKey(&e, n%2, int64(n*5%17))
			if n%3 == 0 {
				e.Describe(server.Request{Request: ledger.Request{Costs: []ledger.Cost{{N: 1}, {Name: "points", N: 3, More: -1}}}})
			}
			for {
				wait, more := e.Step(clock)
				if !more {
					break
				}
				if err := clock.Sleep(wait); err != nil {
					t.Fatal(err)
				}
			}
			reply := *e.Reply()
			reply.States = slices.Clone(reply.States)
			all = append(all, reply)
		}
		return all
	}
	if diff := cmp.Diff(replies(servers(), false), replies(servers(), true)); diff != "" {
		t.Errorf("an exchange that is used again says something else (-new +again):\n%s", diff)
	}
}

// Who copies an exchange may use the first again while the copy is under way.
func TestACopyOfAnExchangeIsItsOwn(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Statements.Limits = true })
	clock := newFakeClock()
	arrive := func(e *server.Exchange, nonce int64) {
		srv.OpenKey(e, 0, nonce)
		e.Step(clock)
		e.Step(clock)
	}
	var e server.Exchange
	arrive(&e, 1)
	rest := e
	want := slices.Clone(rest.Reply().States)
	arrive(&e, 2)
	if got := rest.Reply().States; !slices.Equal(got, want) {
		t.Errorf("states are %v, want %v", got, want)
	}
}

func TestKeysAreIndependent(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1; c.BlockAfter = 1 })
	keys := server.DefaultKeys()
	serve := func(key, nonce string) server.Verdict {
		t.Helper()
		reply, err := srv.Open(key, nonce).Serve(stoppedClock{})
		if err != nil {
			t.Fatal(err)
		}
		return reply.Verdict
	}
	for _, want := range []server.Verdict{server.OK, server.RateLimited, server.Blocked} {
		if got := serve(keys[0], "9"); got != want {
			t.Errorf("first key: %v, want %v", got, want)
		}
	}
	if got := serve(keys[1], "1"); got != server.OK { // a slot, no block, and 1 is its first nonce
		t.Errorf("second key: %v, want ok", got)
	}
}

func TestServerSetLimit(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1 })
	if err := srv.SetLimit(server.Limit{N: 2, Window: time.Second}); err != nil {
		t.Fatal(err)
	}
	for _, key := range server.DefaultKeys() {
		for i, want := range []server.Verdict{server.OK, server.OK, server.RateLimited} {
			reply, err := srv.Open(key, string(rune('1'+i))).Serve(stoppedClock{})
			if err != nil || reply.Verdict != want {
				t.Errorf("request %d: %v, %v; want %v", i, reply.Verdict, err, want)
			}
		}
	}
	if err := srv.SetLimit(server.Limit{N: 1}); err == nil {
		t.Error("a limit without a window was accepted")
	}
}
