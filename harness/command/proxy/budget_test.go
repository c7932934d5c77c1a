package proxy

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ratebench/clients/budget/redis/redistest"
	"ratebench/harness/proxy"
	"ratebench/server"
	"ratebench/server/servertest"
)

// Two proxies share the limit of a key through a Redis: whatever their clients
// ask for, the API refuses nothing, both get something, and together nearly all
// there is, once the store, which has no memory, knows that nothing is under way.
// The key is not in the Redis.
func TestBudgetOfTwoProxies(t *testing.T) {
	const secret = "UT4NHL1J796WCHULA1750MXYF9F5JYA6"
	t.Parallel()
	store := redistest.Start(t)
	limit := server.Limit{N: 20, Window: 500 * time.Millisecond}
	api := servertest.New(t, server.Config{Keys: []string{secret}, Limit: limit, NoNonces: true})
	var wg sync.WaitGroup
	var mu sync.Mutex
	answered := map[string]int{}
	begun := time.Now()
	for _, name := range []string{"one", "two"} {
		c, err := configOf(t, "--upstream", api.URL, "--limit", "20/500ms", "--key", "query:api_key",
			"--budget", "redis://"+store.Addr, "--process", name, "--latency", "50ms")
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
				for time.Since(begun) < 6*time.Second {
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
	api.Log().WantRefused(t, 0)
	api.Log().WantAtMost(t, limit.N, limit.Window)
	if n := len(api.Log().Accepted()); n < 3*limit.N {
		t.Errorf("%d requests were let go, want %d at least", n, 3*limit.N)
	}
	for _, name := range []string{"one", "two"} {
		if answered[name+" 200 OK"] == 0 || len(answered) != 2 {
			t.Errorf("answered %v, want 200 to both and nothing else", answered)
		}
	}
	b := &budgets{upstream: api.URL}
	if name := b.name(secret); strings.Contains(name, secret) || name != b.name(secret) || name == b.name("other") {
		t.Errorf("the budget is called %s", name)
	}
	t.Logf("answered %v", answered)
}
