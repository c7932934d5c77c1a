package serving

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/faults"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/server"
	"ratebench/server/memnet"
)

// A served is a service under test, in a synctest bubble.
type served struct {
	t      *testing.T
	ln     *memnet.Listener
	client *http.Client
	log    bytes.Buffer
	signal context.CancelFunc
	ended  chan error
}

// startService serves what the scenario's server section says.
func startService(t *testing.T, section string) *served {
	t.Helper()
	text := "version: 1\nduration: 1h\nserver: " + section + "\nstrategies:\n  - {name: a, limiter: {kind: window}}\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("test.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, ln: memnet.Listen(), ended: make(chan error, 1)}
	s.client = &http.Client{Transport: &http.Transport{DialContext: s.ln.Dial, DisableKeepAlives: true}}
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	service, err := NewService(sc, ServiceConfig{Log: log, MaxConcurrent: 100})
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, s.signal = context.WithCancel(t.Context())
	go func() { s.ended <- service.Serve(ctx, s.ln) }()
	synctest.Wait()
	return s
}

// get sends a GET; the status is 0 if the server cannot be reached.
func (s *served) get(path string) (status int, body string) {
	s.t.Helper()
	res, err := s.client.Get("http://localhost" + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Error(err)
	}
	return res.StatusCode, string(b)
}

func apiPath(key, nonce int) string {
	return fmt.Sprintf("%s?api_key=%s&nonce=%d", server.Path, server.DefaultKeys()[key], nonce)
}

func TestServeDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(4s), outgoing: constant(0s)}}")
		begin := time.Now()
		var under sync.WaitGroup
		under.Go(func() {
			if status, body := s.get(apiPath(0, 1)); status != http.StatusOK {
				t.Errorf("the request under way: %d %s, want 200", status, body)
			}
		})
		idle, err := s.ln.Dial(t.Context(), "", "") // asks nothing, and holds up nothing
		if err != nil {
			t.Fatal(err)
		}
		defer idle.Close()
		synctest.Wait()
		if status, _ := s.get("/healthz"); status != http.StatusOK {
			t.Errorf("before the signal: /healthz is %d, want 200", status)
		}
		s.signal()
		synctest.Wait()
		for path, want := range map[string]int{"/healthz": 503, apiPath(1, 1): 503, "/metrics": 200} {
			if status, body := s.get(path); status != want {
				t.Errorf("while draining: %s is %d %s, want %d", path, status, body, want)
			}
		}
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took < 4*time.Second || took > 4*time.Second+HangUpTime {
			t.Errorf("ended after %v, want 4s", took)
		}
		under.Wait()
		if status, _ := s.get("/healthz"); status != 0 {
			t.Errorf("afterwards: /healthz is %d, want nobody to answer", status)
		}
	})
}

// Whoever keeps a connection is told that the server goes, whether it asks
// while requests are under way or just after; nobody finds the connection
// closed who asks before HangUpTime is over.
func TestServeDrainsKeptConnections(t *testing.T) {
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second, 2*time.Second + HangUpTime/2} {
		synctest.Test(t, func(t *testing.T) {
			s := startService(t, "{latency: {incoming: constant(2s), outgoing: constant(0s)}}")
			kept := &http.Client{Transport: &http.Transport{DialContext: s.ln.Dial}}
			defer kept.CloseIdleConnections()
			ask := func(nonce int) (status int, last bool) {
				t.Helper()
				res, err := kept.Get("http://localhost" + apiPath(0, nonce))
				if err != nil {
					t.Fatalf("%v after the signal: %v", wait, err)
				}
				defer res.Body.Close()
				if _, err := io.Copy(io.Discard, res.Body); err != nil {
					t.Fatal(err)
				}
				return res.StatusCode, res.Close
			}
			if status, last := ask(1); status != http.StatusOK || last {
				t.Fatalf("before the signal: %d, last %v", status, last)
			}
			var under sync.WaitGroup
			under.Go(func() {
				if status, body := s.get(apiPath(1, 1)); status != http.StatusOK {
					t.Errorf("the request under way: %d %s, want 200", status, body)
				}
			})
			synctest.Wait()
			s.signal()
			time.Sleep(wait)
			synctest.Wait()
			if status, last := ask(2); status != http.StatusServiceUnavailable || !last {
				t.Errorf("%v after the signal: %d, last %v; want 503 and the end of the connection", wait, status, last)
			}
			if err := <-s.ended; err != nil {
				t.Error(err)
			}
			under.Wait()
		})
	}
}

// An answer to a request that was under way says that the connection ends, so
// that nobody uses it again.
func TestServeEndsConnectionsWithTheirAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(2s), outgoing: constant(0s)}}")
		kept := &http.Client{Transport: &http.Transport{DialContext: s.ln.Dial}}
		time.AfterFunc(time.Second, s.signal)
		begin := time.Now()
		res, err := kept.Get("http://localhost" + apiPath(0, 1))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK || !res.Close {
			t.Errorf("status %d, the last on its connection: %v", res.StatusCode, res.Close)
		}
		if err := <-s.ended; err != nil || time.Since(begin) != 2*time.Second {
			t.Errorf("ended after %v, %v; want 2s", time.Since(begin), err)
		}
	})
}

func TestServeGivesUpDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(1m), outgoing: constant(0s)}}")
		var under sync.WaitGroup
		under.Go(func() {
			if status, body := s.get(apiPath(0, 1)); status != 0 {
				t.Errorf("the request under way: %d %s, want that it is cut off", status, body)
			}
		})
		synctest.Wait()
		s.signal()
		begin := time.Now()
		err := <-s.ended
		if want := "requests were still under way after 5s"; err == nil || err.Error() != want || time.Since(begin) != DrainTime {
			t.Errorf("error %v after %v, want %s", err, time.Since(begin), want)
		}
		under.Wait()
	})
}

// The limit changes on time, and the log says so.
func TestServeStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, `
  latency: {incoming: constant(0ms), outgoing: constant(0ms)}
  limit: 1/10m
  stages:
    - {at: 10s, limit: 3/10m}
    - {at: 20s, limit: 4/10m}`)
		start := time.Now()
		nonce := 0
		burst := func() (statuses []int) {
			for range 3 {
				nonce++
				status, _ := s.get(apiPath(0, nonce))
				statuses = append(statuses, status)
			}
			return statuses
		}
		for _, stage := range []struct {
			at   time.Duration
			want []int
		}{
			{10*time.Second - 1, []int{200, 429, 429}},
			{10*time.Second + 1, []int{200, 200, 429}}, // 3 in all
			{20*time.Second + 1, []int{200, 429, 429}}, // 4 in all
		} {
			time.Sleep(time.Until(start.Add(stage.at)))
			if diff := cmp.Diff(stage.want, burst()); diff != "" {
				t.Errorf("at %v: statuses (-want +got):\n%s", stage.at, diff)
			}
		}
		s.signal()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		for _, want := range []string{`msg="the limit is now 3/10m"`, `msg="the limit is now 4/10m"`} {
			if !strings.Contains(s.log.String(), want) {
				t.Errorf("no %s in\n%s", want, &s.log)
			}
		}
	})
}

// What a scenario breaks in a run it breaks when it is served, with the same
// seed and request by request, and outages come on time. Health and metrics are
// spared, and there is no word left out in the log.
func TestServeFaultsAndOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, `
  latency: {incoming: constant(0ms), outgoing: constant(0ms)}
  limit: 1000/1s
  faults:
    error_500: 0.2
    error_503: 0.2
    reset_before: 0.2
    outages: [{at: 10s, for: 5s}, {at: 20s, for: 5s, lose: true}]`)
		start := time.Now()
		plan := faults.NewPlan(faults.Config{
			Error500: 0.2, Error503: 0.2, ResetBefore: 0.2,
			Outages: []faults.Outage{{At: 10 * time.Second, For: 5 * time.Second}, {At: 20 * time.Second, For: 5 * time.Second}},
		}, 0)
		seen := map[int]int{}
		sent := uint64(0)
		ask := func(at time.Duration, nonce int, want func(faults.Fate) int) {
			t.Helper()
			time.Sleep(time.Until(start.Add(at)))
			fate, _ := plan.Fate(sent, at)
			sent++
			status, body := s.get(apiPath(0, nonce))
			if status != want(fate) {
				t.Errorf("at %v, %v: %d %s, want %d", at, fate, status, body, want(fate))
			}
			seen[status]++
		}
		usual := func(f faults.Fate) int {
			return map[faults.Fate]int{faults.Error500: 500, faults.Error503: 503, faults.None: 200}[f]
		}
		for i := range 100 {
			ask(time.Duration(i)*250*time.Millisecond, i+1, usual)
		}
		// It has forgotten the nonces. What happens at one instant has no order.
		for i := 1; i <= 10; i++ {
			ask(25*time.Second+time.Duration(i)*time.Millisecond, i, usual)
		}
		for _, status := range []int{0, 200, 500, 503} {
			if seen[status] < 5 {
				t.Errorf("status %d: %d times, which proves little", status, seen[status])
			}
		}
		_, metrics := s.get("/metrics")
		if want := "\nratebench_faults_total{fate=\"down\"} 40\n"; !strings.Contains(metrics, want) {
			t.Errorf("no %q in the metrics", want)
		}
		s.signal()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
		for _, want := range []string{
			"60% of the requests will be broken on purpose, and there will be 2 outages",
			"the server is down for 5s", "the server is back\"", "the server is back and has forgotten everything",
		} {
			if !strings.Contains(s.log.String(), want) {
				t.Errorf("no %s in\n%s", want, &s.log)
			}
		}
	})
}

// While the service drains, everybody is told, and not every second one.
func TestServeBreaksNothingWhileDraining(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{latency: {incoming: constant(4s), outgoing: constant(0s)}, faults: {hang: 0.5, reset_before: 0.5}}")
		var under sync.WaitGroup
		for key := range 5 { // of which some hang
			under.Go(func() { s.get(apiPath(key, 1)) })
		}
		synctest.Wait()
		s.signal()
		synctest.Wait()
		for key := range 5 {
			if status, body := s.get(apiPath(key, 2)); status != http.StatusServiceUnavailable {
				t.Errorf("while draining: %d %s, want 503", status, body)
			}
		}
		<-s.ended
		under.Wait()
	})
}

// A signal ends the stages that are still to come.
func TestServeEndsBeforeItsStages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startService(t, "{stages: [{at: 30m, limit: 1/1s}]}")
		begin := time.Now()
		s.signal()
		if err := <-s.ended; err != nil || time.Since(begin) != 0 {
			t.Errorf("ended after %v, %v; want at once", time.Since(begin), err)
		}
	})
}
