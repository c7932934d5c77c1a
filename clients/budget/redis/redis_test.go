package redis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis"
	"ratebench/clients/budget/redis/redistest"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

const ms = time.Millisecond

func config(process string) budget.Config {
	return budget.Config{
		Process: process, Quota: limiter.Quota{Limit: 10, Window: 200 * ms}, Latency: 50 * ms,
		Slack: 100 * ms, Silent: 400 * ms,
	}
}

// patience is how long is waited for what has to come, on however busy a machine.
const patience = time.Minute

// until waits for what others bring about.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * ms)
	defer tick.Stop()
	late := time.After(patience)
	for !condition() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func newStore(t *testing.T, client goredis.UniversalClient) *redis.Store {
	t.Helper()
	s, err := redis.New(redis.Config{Client: client, Name: "test", Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, addr string) *goredis.Client {
	client := goredis.NewClient(&goredis.Options{Addr: addr, ReadTimeout: patience, WriteTimeout: patience})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newGate returns the gate of a budget that is closed when the test ends.
func newGate(t *testing.T, c budget.Config, s budget.Store) *pace.Gate {
	t.Helper()
	b, err := budget.Open(c, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() }) // the store may be gone
	g, err := pace.NewGate(pace.GateConfig{Limiter: b})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// arrivals are those at a server, by its clock.
type arrivals struct {
	mu    sync.Mutex
	times []time.Time
}

// add notes that something has arrived which was let go at some time, and may take
// so long. On a machine that has too much to do it may take longer, of which no
// promise holds: as far as the quota goes it has then arrived after that time.
func (a *arrivals) add(granted time.Time, latency time.Duration) {
	at := time.Now()
	if last := granted.Add(latency); at.After(last) {
		at = last
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.times = append(a.times, at)
}

// grantedField tells of a request when it was let go, in nanoseconds since 1970.
const grantedField = "X-Granted"

// tellGranted is a Prepare that tells it.
func tellGranted(r *http.Request, p pace.Permit) (*http.Request, error) {
	r.Header.Set(grantedField, strconv.FormatInt(p.Granted.UnixNano(), 10))
	return r, nil
}

// ServeHTTP notes the requests of another process, which take overSockets at most.
func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	granted, err := strconv.ParseInt(r.Header.Get(grantedField), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.add(time.Unix(0, granted), overSockets)
}

func (a *arrivals) since(t time.Time) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, at := range a.times {
		if at.After(t) {
			n++
		}
	}
	return n
}

// check finds more arrivals than the quota allows in any window.
func (a *arrivals) check(t *testing.T, q limiter.Quota) {
	t.Helper()
	slices.SortFunc(a.times, time.Time.Compare)
	for i := range a.times {
		if i < q.Limit {
			continue
		}
		if apart := a.times[i].Sub(a.times[i-q.Limit]); apart <= q.Window {
			t.Errorf("%d arrivals within %v, want at most %d within %v", q.Limit+1, apart, q.Limit, q.Window)
		}
	}
}

// send sends through a gate until the context ends, one request at a time that
// takes 1 ms in and 1 ms back.
func send(ctx context.Context, g *pace.Gate, a *arrivals) (n int) {
	for ; ; n++ {
		p, err := g.Wait(ctx, 1)
		if err != nil {
			return n
		}
		time.Sleep(ms)
		a.add(p.Granted, config("").Latency)
		time.Sleep(ms)
		g.Done(p, limiter.Outcome{Status: 200})
	}
}

// In a bubble, on miniredis: three processes share what there is, one of them
// crashes, and Redis restarts with nothing in it.
func TestBudgetsOnMiniredis(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := miniredis.NewMiniRedis()
		defer m.Close()
		client := goredis.NewClient(&goredis.Options{
			Addr:   "127.0.0.1:6379", // not asked for
			Dialer: func(context.Context, string, string) (net.Conn, error) { return m.Dial() },
		})
		defer client.Close()
		length := 30 * time.Second
		if testing.Short() {
			length = 12 * time.Second
		}
		ctx, cancel := context.WithTimeout(t.Context(), length)
		defer cancel()
		var a arrivals
		var sent [3]int
		var all sync.WaitGroup
		for i := range sent {
			b, err := budget.Open(config(fmt.Sprint(i)), newStore(t, client))
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			g, err := pace.NewGate(pace.GateConfig{Limiter: b})
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() { sent[i] = send(ctx, g, &a) })
		}
		time.Sleep(length / 3)
		m.FlushAll()
		forgotten := time.Now()
		time.Sleep(length / 3)
		client.ScriptFlush(ctx)
		all.Wait()
		a.check(t, config("").Quota)
		for i, n := range sent {
			if least := 13 * int(length.Seconds()); n < least { // of 50 per second in all
				t.Errorf("process %d sent %d, want at least %d: %v", i, n, least, sent)
			}
		}
		pause := a.times[slices.IndexFunc(a.times, func(at time.Time) bool { return at.After(forgotten.Add(100 * ms)) })].Sub(forgotten)
		if least := config("").Terms().Recovery(); pause < least {
			t.Errorf("after Redis forgot everything, the next request came after %v, want %v or more", pause, least)
		}
	})
}

// A real server is killed and comes back with nothing in it; meanwhile the
// processes live off their shares.
func TestRedisServerIsKilled(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := dial(t, server.Addr)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var a arrivals
	var all sync.WaitGroup
	for i := range 3 {
		g := newGate(t, config(fmt.Sprint(i)), newStore(t, client))
		all.Go(func() { send(ctx, g, &a) })
	}
	some := func(when string, since time.Time) {
		t.Helper()
		until(t, "some requests "+when, func() bool { return a.since(since) >= 5 })
	}
	some("before the server is killed", time.Time{})
	server.Kill()
	some("without it", time.Now().Add(config("").Terms().Recovery())) // when what was granted before counts no more
	server.Restart()
	some("after that", time.Now().Add(config("").Terms().Recovery()))
	cancel()
	all.Wait()
	a.check(t, config("").Quota)
}

const crasher = "RATEBENCH_TEST_CRASHER"

// overSockets is how long a request takes at most from one process to another, on
// a machine that has too much to do.
const overSockets = time.Second

// TestMain runs a process that is there to be killed: it sends to an API as often
// as a budget lets it.
func TestMain(m *testing.M) {
	if to := os.Getenv(crasher); to != "" {
		crash(to)
	}
	if to := os.Getenv(leaser); to != "" {
		lease(to)
		return
	}
	goredis.SetLogger(silent{}) // of dials that fail, as they should
	os.Exit(m.Run())
}

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func crash(to string) {
	addr, url, _ := strings.Cut(to, " ")
	s, err := redis.New(redis.Config{Client: goredis.NewClient(&goredis.Options{Addr: addr}), Name: "test"})
	if err != nil {
		panic(err)
	}
	c := config("crasher")
	c.Mode, c.Latency = budget.Pessimistic, overSockets
	client := &http.Client{Transport: &pace.Transport{NewLimiter: func(string) (limiter.Limiter, error) { return budget.Open(c, s) }, Prepare: tellGranted}}
	for {
		resp, err := client.Get(url)
		if err != nil {
			panic(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

// A process is killed with its slots: they are back when their holds have run out.
func TestProcessIsKilled(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var a arrivals
	api := httptest.NewServer(&a)
	defer api.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), crasher+"="+server.Addr+" "+api.URL)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill() }() // if it is alive
	until(t, "requests of the other process", func() bool { return a.since(time.Time{}) >= 35 })
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed

	c := config("heir")
	c.Mode, c.Latency = budget.Pessimistic, overSockets
	g := newGate(t, c, newStore(t, dial(t, server.Addr)))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	p, err := g.Wait(ctx, int64(c.Quota.Limit)) // all of them at once
	if err != nil {
		t.Fatalf("the slots of a process that was killed never came back: %v", err)
	}
	for range c.Quota.Limit {
		a.add(p.Granted, c.Latency)
	}
	g.Done(p, limiter.Outcome{Status: 200})
	a.check(t, c.Quota)
}

// newCluster starts a cluster of one node, which has all slots.
func newCluster(t *testing.T) (node *goredis.Client, cluster *goredis.ClusterClient) {
	t.Helper()
	node = newNode(t)
	if err := node.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	until(t, "a cluster", func() bool {
		return strings.Contains(node.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	})
	cluster = goredis.NewClusterClient(&goredis.ClusterOptions{Addrs: []string{node.Options().Addr}, MaxRedirects: 20})
	t.Cleanup(func() { _ = cluster.Close() })
	return node, cluster
}

// newNode starts a node that knows no others.
func newNode(t *testing.T) *goredis.Client {
	t.Helper()
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir()) // where it writes what it knows of the others
	return dial(t, server.Addr)
}

// In a cluster all keys of a budget are on one node, and nobody asks another.
func TestBudgetInACluster(t *testing.T) {
	t.Parallel()
	node, cluster := newCluster(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var a arrivals
	var all sync.WaitGroup
	for i := range 2 {
		g := newGate(t, config(fmt.Sprint(i)), newStore(t, cluster))
		all.Go(func() { send(ctx, g, &a) })
	}
	until(t, "30 requests", func() bool { return a.since(time.Time{}) >= 30 })
	cancel()
	all.Wait()
	a.check(t, config("").Quota)
	keys, err := node.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 || len(keys) > 4 {
		t.Errorf("Redis has the keys %q, %v, want 1 to 4", keys, err)
	}
	for _, key := range keys {
		if node.TTL(t.Context(), key).Val() == -1 { // -2: it is gone by now
			t.Errorf("%s has no time to live, want one", key)
		}
	}
}

// The keys of a budget move to another node, one at a time, while two processes go on:
// what was held on the old node is held on the new one.
func TestBudgetMovesInACluster(t *testing.T) {
	t.Parallel()
	from, cluster := newCluster(t)
	to := newNode(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	do := func(node *goredis.Client, args ...any) *goredis.Cmd {
		t.Helper()
		cmd := node.Do(ctx, args...)
		if cmd.Err() != nil {
			t.Fatalf("%v: %v", args, cmd.Err())
		}
		return cmd
	}
	host, port, err := net.SplitHostPort(to.Options().Addr)
	if err != nil {
		t.Fatal(err)
	}
	do(from, "CLUSTER", "MEET", host, port)
	until(t, "two nodes that know each other", func() bool {
		return strings.Contains(to.ClusterInfo(ctx).Val(), "cluster_state:ok")
	})

	var a arrivals
	var all sync.WaitGroup
	for i := range 2 {
		g := newGate(t, config(fmt.Sprint(i)), newStore(t, cluster))
		all.Go(func() { send(ctx, g, &a) })
	}
	until(t, "requests before the move", func() bool { return a.since(time.Time{}) >= 20 })
	slot := do(from, "CLUSTER", "KEYSLOT", "{ratebench:test}:state").Val()
	fromID, toID := do(from, "CLUSTER", "MYID").Val(), do(to, "CLUSTER", "MYID").Val()
	do(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", fromID)
	do(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", toID)
	for moved := 0; ; moved++ {
		keys := do(from, "CLUSTER", "GETKEYSINSLOT", slot, 1).Val().([]any)
		if len(keys) == 0 {
			if moved < 3 { // the line may be empty
				t.Errorf("%d keys moved, want 3 or 4", moved)
			}
			break
		}
		do(from, "MIGRATE", host, port, keys[0], 0, patience.Milliseconds())
	}
	do(to, "CLUSTER", "SETSLOT", slot, "NODE", toID)
	do(from, "CLUSTER", "SETSLOT", slot, "NODE", toID)
	moved := time.Now()
	until(t, "requests after the move", func() bool {
		return a.since(moved.Add(config("").Terms().Recovery())) >= 20
	})
	cancel()
	all.Wait()
	a.check(t, config("").Quota)
	if n := from.DBSize(t.Context()).Val(); n > 0 {
		t.Errorf("%d keys were left behind, want none", n)
	}
}

// Processes that are configured differently are told.
func TestTermsDiffer(t *testing.T) {
	m := miniredis.RunT(t)
	s := newStore(t, dial(t, m.Addr()))
	terms := config("a").Terms()
	if _, err := s.Call(t.Context(), budget.Call{Process: "a", Terms: terms}); err != nil {
		t.Fatal(err)
	}
	terms.Slots++
	if _, err := s.Call(t.Context(), budget.Call{Process: "b", Terms: terms}); !errors.Is(err, budget.ErrTerms) {
		t.Errorf("with one more slot: %v, want ErrTerms", err)
	}
}

// Who may not ask which server this is would not see a failover: calls fail, rather
// than promise what does not hold.
func TestUserWithoutInfo(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	if err := dial(t, server.Addr).Do(t.Context(), "ACL", "SETUSER", "poor", "on", ">p", "~*", "&*", "+@all", "-info").Err(); err != nil {
		t.Skipf("skipped: this redis-server has no users: %v", err)
	}
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr, Username: "poor", Password: "p"})
	t.Cleanup(func() { _ = client.Close() })
	_, err := newStore(t, client).Call(t.Context(), budget.Call{Process: "a", Terms: config("a").Terms()})
	if err == nil || !strings.Contains(err.Error(), "INFO server, which shows a failover") {
		t.Errorf("got %v, want an error that says what is missing", err)
	}
	if n := client.DBSize(t.Context()).Val(); n > 0 {
		t.Errorf("%d keys were written, want none", n)
	}
}

// A server that takes connections and never answers ends no call late.
func TestCallsEndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := goredis.NewClient(&goredis.Options{
			Addr: "127.0.0.1:6379", // not asked for
			Dialer: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, theirs) }()
				return ours, nil
			},
		})
		s, err := redis.New(redis.Config{Client: client, Name: "test", Timeout: 200 * ms})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err = s.Call(t.Context(), budget.Call{Process: "a", Terms: config("a").Terms()})
		if took := time.Since(begun); err == nil || took != 200*ms {
			t.Errorf("a call took %v: %v, want an error after 200ms", took, err)
		}
		_ = client.Close()
	})
}

func TestConfigIsValidated(t *testing.T) {
	client := goredis.NewClient(&goredis.Options{})
	defer client.Close()
	for _, tt := range []struct {
		config redis.Config
		want   string
	}{
		{redis.Config{Name: "a"}, "no Client"},
		{redis.Config{Client: client}, "Name is \"\""},
		{redis.Config{Client: client, Name: "{a}"}, "without braces"},
		{redis.Config{Client: client, Name: "a", Timeout: -1}, "Timeout is -1ns"},
	} {
		if _, err := redis.New(tt.config); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want it to say %q", err, tt.want)
		}
	}
}
