package proxy

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis/redistest"
	"ratebench/harness"
	"ratebench/harness/proxy"
	"ratebench/server"
	"ratebench/server/servertest"
)

// Two proxies share the limit of a key through a Redis: whatever their clients
// ask for, the API refuses nothing, both get something, and together nearly all
// there is, once the store, which has no memory, knows that nothing is under way.
// The key is not in the Redis. No promise holds for a request that takes longer to
// the API than the proxies were told: of a machine that held one up it is not asked.
func TestBudgetOfTwoProxies(t *testing.T) {
	const secret = "UT4NHL1J796WCHULA1750MXYF9F5JYA6"
	t.Parallel()
	store := redistest.Start(t)
	limit := server.Limit{N: 20, Window: 500 * time.Millisecond}
	api := servertest.New(t, server.Config{Keys: []string{secret}, Limit: limit, NoNonces: true})
	var wg sync.WaitGroup
	var mu sync.Mutex
	answered := map[string]int{}
	enough := func() bool { return len(api.Log().Accepted()) >= 3*limit.N }
	late := time.Now().Add(time.Minute)
	const latency = time.Second
	watch := harness.StartWatch()
	for _, name := range []string{"one", "two"} {
		c, err := configOf(t, "--upstream", api.URL, "--limit", "20/500ms", "--key", "query:api_key",
			"--budget", "redis://"+store.Addr, "--process", name, "--latency", latency.String())
		if err != nil {
			t.Fatal(err)
		}
		p, err := proxy.New(c)
		if err != nil {
			t.Fatal(err)
		}
		base := "http://" + serveOn(t, p.Serve)
		for range 10 {
			wg.Go(func() {
				for !enough() && time.Now().Before(late) {
					resp, err := http.Get(base + server.Path + "?api_key=" + secret)
					if err != nil {
						t.Error(err)
						return
					}
					_ = resp.Body.Close()
					mu.Lock()
					answered[name+" "+resp.Status]++
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if under := watch.Finish(); under.Latest < latency/2 {
		api.Log().WantRefused(t, 0)
		api.Log().WantAtMost(t, limit.N, limit.Window)
		if len(answered) != 2 {
			t.Errorf("answered %v, want 200 and nothing else", answered)
		}
	} else {
		t.Logf("whether any were refused is not looked at: %v", under)
	}
	if !enough() {
		t.Errorf("%d requests were let go, want %d at least", len(api.Log().Accepted()), 3*limit.N)
	}
	for _, name := range []string{"one", "two"} {
		if answered[name+" 200 OK"] == 0 {
			t.Errorf("answered %v, want 200 to both", answered)
		}
	}
	b := &budgets{upstream: api.URL}
	if name := b.name(secret); strings.Contains(name, secret) || name != b.name(secret) || name == b.name("other") {
		t.Errorf("the budget is called %s", name)
	}
	t.Logf("answered %v", answered)
}

// Whether the Redis answers is said when that changes, not at each call.
func TestRedisIsGoneOnce(t *testing.T) {
	var log strings.Builder
	b := &budgets{log: slog.New(slog.NewTextHandler(&log, nil))}
	calls := noted{&failing{nil, errors.New("refused"), errors.New("refused"), nil, nil}, b}
	for range 5 {
		_, _ = calls.Call(t.Context(), budget.Call{})
	}
	gone, ended := context.WithCancel(t.Context())
	ended()
	_, _ = (noted{&failing{errors.New("cancelled")}, b}).Call(gone, budget.Call{})
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "does not answer") || !strings.Contains(lines[0], "error=refused") || !strings.Contains(lines[1], "answers again") {
		t.Errorf("log:\n%s\nwant that Redis is gone, and that it is back", log.String())
	}
}

// failing is a store whose calls fail one after the other with what is in it.
type failing []error

// Call implements budget.Store.
func (f *failing) Call(context.Context, budget.Call) (budget.Reply, error) {
	err := (*f)[0]
	*f = (*f)[1:]
	return budget.Reply{}, err
}

// Listen implements budget.Store.
func (f *failing) Listen(string, func(budget.Push)) (stop func()) { return func() {} }
