package server_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// limited is the reference with other limits and without nonces.
func limited(t testing.TB, change func(*server.Config), limits ...ledger.Limit) *server.Server {
	t.Helper()
	return newServer(t, func(c *server.Config) {
		c.Limit, c.BlockAfter, c.Limits, c.NoNonces = server.Limit{}, 0, limits, true
		if change != nil {
			change(c)
		}
	})
}

func perSecond(n int64) policy.Window { return policy.Window{Limit: n, Length: time.Second} }

func serve(t testing.TB, srv *server.Server, clock server.Clock, r ledger.Request) server.Reply {
	t.Helper()
	reply, err := srv.OpenRequest(server.Request{Request: r}).Serve(clock)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// The reference is one limit and one penalty of the same mechanism: told so, it
// judges alike.
func TestReferenceIsALimitLikeAnyOther(t *testing.T) {
	reference := newServer(t, nil)
	same := newServer(t, func(c *server.Config) {
		c.Limit, c.BlockAfter = server.Limit{}, 0
		c.Limits = []ledger.Limit{{Name: "requests", Policy: perSecond(20)}}
		c.Penalty = ledger.Penalty{Penalty: policy.Penalty{After: 10}}
	})
	clock := newFakeClock()
	for i := range 2000 {
		_ = clock.Sleep(time.Duration(i*i%97) * time.Millisecond)
		key, nonce := server.DefaultKeys()[i%5], benchNonces[i%len(benchNonces)]
		want, err := reference.Open(key, nonce).Serve(clock)
		if err != nil {
			t.Fatal(err)
		}
		got, err := same.Open(key, nonce).Serve(clock)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("request %d (-reference +limits):\n%s", i, diff)
		}
	}
	if reference.Blocked() != same.Blocked() {
		t.Errorf("%d blocked, want %d", same.Blocked(), reference.Blocked())
	}
}

// A limit by address is shared by keys, one by key is not.
func TestSharedLimits(t *testing.T) {
	srv := limited(t, nil,
		ledger.Limit{Name: "key", Policy: perSecond(2)},
		ledger.Limit{Name: "ip", Policy: perSecond(3), Scope: ledger.ByIP})
	keys := server.DefaultKeys()
	for i, tt := range []struct {
		key, ip string
		want    server.Verdict
		limit   int
	}{
		{keys[0], "1", server.OK, 0},
		{keys[0], "1", server.OK, 0},
		{keys[0], "1", server.RateLimited, 0},
		{keys[1], "1", server.OK, 0},
		{keys[1], "1", server.RateLimited, 1},
		{keys[1], "2", server.OK, 0},
	} {
		r := serve(t, srv, stoppedClock{}, ledger.Request{Key: tt.key, IP: tt.ip})
		if r.Verdict != tt.want || r.Limit != tt.limit {
			t.Errorf("request %d: %v by limit %d, want %v by %d", i, r.Verdict, r.Limit, tt.want, tt.limit)
		}
	}
}

func TestStatesOfAReply(t *testing.T) {
	srv := limited(t, func(c *server.Config) { c.Statements.Limits = true; c.Latency = fixed },
		ledger.Limit{Name: "requests", Policy: perSecond(2), Fixed: 1},
		ledger.Limit{Name: "tokens", Policy: policy.Bucket{Capacity: 100, N: 100, Per: time.Second}, Cost: "tokens", Settle: true},
		ledger.Limit{Name: "puts", Policy: perSecond(1), Routes: []string{"put"}})
	clock := newFakeClock()
	r := ledger.Request{Key: validKey, Route: "get", Costs: []ledger.Cost{{Name: "tokens", N: 60, More: -40}}}
	// The answer goes out 20 ms after the arrival: 60 taken, 2 refilled, 40 given back.
	want := []ledger.State{
		{State: policy.State{Limit: 2, Remaining: 1, Window: time.Second, Reset: 981 * ms, Full: 981 * ms}, Limit: 0},
		{State: policy.State{Limit: 100, Remaining: 82, Window: time.Second, Reset: 10 * ms, Full: 180 * ms}, Limit: 1},
	}
	got := serve(t, srv, clock, r)
	if diff := cmp.Diff(want, got.States); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
	got = serve(t, srv, clock, r)
	got = serve(t, srv, clock, r)
	if got.Verdict != server.RateLimited || got.Limit != 0 || got.Retry != 901*ms || !got.States[0].Refused || got.States[1].Refused {
		t.Errorf("the third: %+v", got)
	}
}

// With the memory the last nonce is forgotten: one that was too small is good.
func TestNoncesAreForgotten(t *testing.T) {
	srv := newServer(t, nil)
	for i, want := range []server.Verdict{server.OK, server.BadNonce, server.OK, server.BadNonce} {
		if i == 2 {
			srv.Forget()
		}
		reply, err := srv.Open(validKey, []string{"5", "4", "4", "4"}[i]).Serve(stoppedClock{})
		if err != nil || reply.Verdict != want {
			t.Errorf("request %d: %v, %v; want %v", i, reply.Verdict, err, want)
		}
	}
}

// How long a request waits in a queue is part of what the server has it wait.
func TestQueuedRequestsAreObserved(t *testing.T) {
	var injected []time.Duration
	api := newAPI(t, func(c *server.Config) {
		c.Limit, c.BlockAfter, c.Latency = server.Limit{}, 0, fixed
		c.Limits = []ledger.Limit{{Name: "queue", Policy: policy.Queue{N: 1, Per: time.Second, Length: 1}}}
	}, newFakeClock(), server.APIConfig{Observe: func(h server.Handled) { injected = append(injected, h.Injected) }})
	for _, nonce := range []string{"1", "2"} {
		query(api, "api_key="+validKey+"&nonce="+nonce)
	}
	if want := []time.Duration{50 * ms, 50*ms + 950*ms}; !slices.Equal(injected, want) {
		t.Errorf("waits of %v, want %v", injected, want)
	}
}

func TestQueuedRequestsAreDelayed(t *testing.T) {
	srv := limited(t, func(c *server.Config) { c.Latency = fixed },
		ledger.Limit{Name: "queue", Policy: policy.Queue{N: 1, Per: time.Second, Length: 1}})
	clock := newFakeClock()
	for _, want := range []struct {
		left  time.Duration // once it has been judged
		delay time.Duration
	}{
		{20 * ms, 0},
		{990 * ms, 970 * ms}, // it comes 30 ms later, and has its 20 ms after the queue
	} {
		x := srv.OpenRequest(server.Request{Request: ledger.Request{Key: validKey}})
		in, _ := x.Step(clock)
		_ = clock.Sleep(in)
		if left, more := x.Step(clock); !more || left != want.left {
			t.Errorf("%v left, want %v", left, want.left)
		}
		if r := x.Reply(); r.Verdict != server.OK || r.Delay != want.delay {
			t.Errorf("%+v, want a delay of %v", r, want.delay)
		}
	}
	if !srv.Delays() || newServer(t, nil).Delays() {
		t.Error("who delays does not say so, or who does not does")
	}
}

// Strangers are told apart where limits do, and welcome only if all keys are.
func TestAnyKey(t *testing.T) {
	for _, welcome := range []bool{false, true} {
		srv := limited(t, func(c *server.Config) { c.AnyKey = welcome; c.Latency = fixed },
			ledger.Limit{Name: "key", Policy: perSecond(1)})
		for _, key := range []string{"stranger", "another", ""} {
			x := srv.OpenRequest(server.Request{Request: ledger.Request{Key: key}})
			want, latency := server.Unauthorized, 20*ms
			if welcome {
				want, latency = server.OK, 50*ms
			}
			if x.Latency() != latency {
				t.Errorf("welcome %v: a latency of %v, want %v", welcome, x.Latency(), latency)
			}
			if r, err := x.Serve(stoppedClock{}); err != nil || r.Verdict != want {
				t.Errorf("welcome %v: key %q: %v, %v; want %v", welcome, key, r.Verdict, err, want)
			}
		}
		if !welcome {
			continue
		}
		if r := serve(t, srv, stoppedClock{}, ledger.Request{Key: "stranger"}); r.Verdict != server.RateLimited {
			t.Errorf("the second of a stranger: %v", r.Verdict)
		}
		srv.Forget()
		if r := serve(t, srv, stoppedClock{}, ledger.Request{Key: "stranger"}); r.Verdict != server.OK {
			t.Errorf("after all is forgotten: %v", r.Verdict)
		}
	}
}

// Unknown keys are errors; where those count, they get their address banned.
func TestUnknownKeysAreErrors(t *testing.T) {
	srv := limited(t, func(c *server.Config) {
		c.Penalty = ledger.Penalty{Scope: ledger.ByIP, Strikes: ledger.Errors, Penalty: policy.Penalty{
			After: 3, Within: time.Minute, For: []time.Duration{time.Hour},
		}}
	}, ledger.Limit{Name: "key", Policy: perSecond(1)})
	for i, tt := range []struct {
		key, ip string
		want    server.Verdict
	}{
		{"x", "1", server.Unauthorized},
		{"y", "1", server.Unauthorized},
		{"z", "2", server.Unauthorized},
		{validKey, "1", server.OK},
		{validKey, "1", server.RateLimited}, // the third error of this address
		{validKey, "1", server.Blocked},
		{"x", "1", server.Blocked},
		{"x", "2", server.Unauthorized},
	} {
		r := serve(t, srv, stoppedClock{}, ledger.Request{Key: tt.key, IP: tt.ip})
		if r.Verdict != tt.want {
			t.Errorf("request %d: %v, want %v", i, r.Verdict, tt.want)
		}
		if r.Verdict == server.Blocked && r.Retry != time.Hour {
			t.Errorf("request %d: retry after %v, want 1h", i, r.Retry)
		}
	}
	if n := srv.Blocked(); n != 0 {
		t.Errorf("%d are blocked for ever, want 0", n)
	}
}

func TestServerAdjust(t *testing.T) {
	srv := limited(t, nil,
		ledger.Limit{Name: "a", Policy: perSecond(9)},
		ledger.Limit{Name: "b", Policy: policy.Bucket{Capacity: 1, N: 1, Per: time.Second}})
	if err := srv.Adjust(epoch, "b", policy.Bucket{Capacity: 3, N: 1, Per: time.Second}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []server.Verdict{server.OK, server.OK, server.OK, server.RateLimited} {
		if r := serve(t, srv, stoppedClock{}, ledger.Request{Key: validKey}); r.Verdict != want {
			t.Errorf("request %d: %v, want %v", i, r.Verdict, want)
		}
	}
	bucket := limited(t, nil, ledger.Limit{Name: "b", Policy: policy.Bucket{Capacity: 1, N: 1, Per: time.Second}})
	for name, err := range map[string]error{
		`server: there is no limit "c"`:                  srv.Adjust(epoch, "c", perSecond(1)),
		"server: window: Limit is 0":                     srv.Adjust(epoch, "a", perSecond(0)),
		"server: SetLimit on a server whose first limit": bucket.SetLimit(server.Limit{N: 1, Window: 1}),
		"server: a limit is changed to a policy.Bucket":  srv.Adjust(epoch, "a", policy.Bucket{Capacity: 1, N: 1, Per: 1}),
		"server: limit: got N 0, want at least 1":        srv.SetLimit(server.Limit{}),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

func TestServeWithLimitsDoesNotAllocate(t *testing.T) {
	srv := limited(t, func(c *server.Config) {
		c.AnyKey = true
		c.Statements = server.Statements{Received: true, Limits: true}
	},
		ledger.Limit{Name: "second", Policy: perSecond(5), Scope: ledger.ByKey | ledger.ByRoute},
		ledger.Limit{Name: "tokens", Policy: policy.Bucket{Capacity: 100, N: 10, Per: time.Second}, Cost: "tokens", Settle: true, Scope: ledger.ByAll},
		ledger.Limit{Name: "parallel", Policy: policy.Concurrency{Limit: 3}})
	clock := &driftingClock{now: epoch}
	r := server.Request{Request: ledger.Request{Key: "stranger", Route: "get", Costs: []ledger.Cost{{Name: "tokens", N: 7, More: -3}}}}
	r.States = make([]ledger.State, 0, 3)
	seen := map[server.Verdict]int{}
	once := func() {
		reply, err := srv.OpenRequest(r).Serve(clock)
		if err != nil || len(reply.States) != 3 {
			t.Fatalf("%+v, %v", reply, err)
		}
		seen[reply.Verdict]++
	}
	for range 1000 {
		once()
	}
	if n := testing.AllocsPerRun(1000, once); n != 0 {
		t.Errorf("%v allocations per request, want 0", n)
	}
	if seen[server.OK] == 0 || seen[server.RateLimited] == 0 {
		t.Errorf("verdicts %v, want both", seen)
	}
}

// However many ask at a time, and under however many keys, a limit for all of them
// lets its number pass, and what was under way is given back.
func TestSharedLimitsUnderConcurrency(t *testing.T) {
	srv := limited(t, func(c *server.Config) { c.AnyKey, c.Statements.Limits, c.MaxEntries = true, true, 3 },
		ledger.Limit{Name: "all", Policy: policy.Window{Limit: 1000, Length: time.Hour}, Scope: ledger.ByAll},
		ledger.Limit{Name: "key", Policy: policy.Window{Limit: 1000, Length: time.Hour}},
		ledger.Limit{Name: "parallel", Policy: policy.Concurrency{Limit: 100}, Scope: ledger.ByAll})
	var passed atomic.Int64
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 300 {
				reply, err := srv.OpenRequest(server.Request{Request: ledger.Request{Key: strconv.Itoa(w * i)}}).Serve(stoppedClock{})
				if err != nil {
					t.Error(err)
				}
				if reply.Verdict == server.OK {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if passed.Load() != 1000 {
		t.Errorf("%d of 2400 pass, want 1000", passed.Load())
	}
	r := serve(t, srv, stoppedClock{}, ledger.Request{Key: "the last"})
	if parallel := r.States[2]; parallel.Used() != 0 {
		t.Errorf("%d are under way when nobody is", parallel.Used())
	}
}
