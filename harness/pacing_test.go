package harness

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/backend"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/scenarios/apis"
	"ratebench/server/servertest"
)

// presetWith is a scenario of a preset with one strategy.
func presetWith(t *testing.T, api, strategy string) *scenario.Scenario {
	t.Helper()
	text := "version: 1\nduration: 1m\napi: " + api + "\nstrategies: [{name: a, " + strategy + "}]\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("test.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// requestsOf are a method and a path for each kind of request of a scenario.
func requestsOf(sc *scenario.Scenario) (all []string) {
	for _, k := range sc.Load.Mix {
		for _, pattern := range k.Match {
			method, path, found := strings.Cut(pattern, " ")
			if !found {
				method, path = http.MethodGet, pattern
			}
			all = append(all, method+" "+strings.NewReplacer("{", "", "}", "").Replace(path))
		}
	}
	if len(all) == 0 {
		all = []string{"GET /things"}
	}
	return all
}

// Programs that ask for more than an API grants, with several keys and all kinds
// of requests, are refused nothing when a strategy for all its limits stands in
// between; whatever the limits are, and whoever shares them. And they do get
// something.
func TestPacingOfAPIs(t *testing.T) {
	t.Parallel()
	for _, name := range apis.Names() {
		t.Run(name, func(t *testing.T) {
			sc := presetWith(t, name, "limiter: {kind: bucket-paced, spread: 50ms}")
			p, err := NewPacing(sc, &sc.Strategies[0])
			if err != nil {
				if !strings.Contains(err.Error(), "holds for each resource") {
					t.Error(err)
				}
				return
			}
			synctest.Test(t, func(t *testing.T) {
				if !sc.Server.NoNonces {
					return // a protocol of its own
				}
				c, api := backend.OpenConfig(sc, 1, false)
				served := servertest.StartInMemory(t, servertest.Config{Server: c, HTTP: api})
				transport := &pace.Transport{
					Base:       served.Client().Transport,
					Key:        func(r *http.Request) string { return r.Header.Get("Authorization") },
					NewLimiter: func(string) (limiter.Limiter, error) { return p.Limiter() },
					Shared:     p.Shared, Costs: p.Costs,
				}
				d := 2 * time.Minute
				if testing.Short() {
					d = 20 * time.Second
				}
				ask(t, transport, requestsOf(sc), d)
				served.Log().WantRefused(t, 0)
				if n := len(served.Log().Accepted()); n < 20 {
					t.Errorf("%d requests prove little", n)
				}
			})
		})
	}
}

// ask sends requests of all kinds on three keys, each as fast as it is answered,
// for so long.
func ask(t *testing.T, transport http.RoundTripper, requests []string, d time.Duration) {
	end := time.Now().Add(d)
	var wg sync.WaitGroup
	for i := range 3 * 2 * len(requests) {
		wg.Go(func() {
			for n := 0; time.Now().Before(end) && n < 500; n++ {
				method, path, _ := strings.Cut(requests[i%len(requests)], " ")
				req, err := http.NewRequestWithContext(t.Context(), method, "http://api.example.com"+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Authorization", fmt.Sprintf("Bearer key-%d", i/len(requests)%3))
				resp, err := transport.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
}

// A request takes of each limit what the scenario says, and of all that may count
// it what it costs when its kind is not known.
func TestPacingCosts(t *testing.T) {
	sc := presetWith(t, "github", "limiter: {kind: paced, spread: 50ms}")
	p, err := NewPacing(sc, &sc.Strategies[0])
	if err != nil {
		t.Fatal(err)
	}
	// core, points of reads, points of writes, content, content-hourly, concurrency
	for request, want := range map[string]string{
		"GET /repos":    "[1 1 0 0 0 1]",
		"POST /repos":   "[1 0 5 1 1 1]",
		"TRACE /repos":  "[1 1 1 0 0 1]",
		"DELETE /x/y/z": "[1 0 5 1 1 1]",
	} {
		method, path, _ := strings.Cut(request, " ")
		r, err := http.NewRequest(method, "https://api.github.com"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Costs(r)); got != want {
			t.Errorf("%s costs %s, want %s", request, got, want)
		}
	}
}

func TestPacingRefuses(t *testing.T) {
	for strategy, want := range map[string]string{
		"limiter: {kind: paced, scope: worker}": "has scope worker, want key",
	} {
		sc := presetWith(t, "github", strategy)
		if _, err := NewPacing(sc, &sc.Strategies[0]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", strategy, err, want)
		}
	}
	sc := presetWith(t, "kraken", "limiter: {kind: paced}")
	if _, err := NewPacing(sc, &sc.Strategies[0]); err == nil || !strings.Contains(err.Error(), "2, want a limiter that lets so much go at a time: paced does not") {
		t.Errorf("kraken: %v", err)
	}
	sc = presetWith(t, "discord", "limiter: {kind: paced}")
	if _, err := NewPacing(sc, &sc.Strategies[0]); err == nil || !strings.Contains(err.Error(), `limit "messages" holds for each resource`) {
		t.Errorf("discord: %v", err)
	}
}
