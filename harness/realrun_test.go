package harness

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/punctual"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/wire"
)

// eventually waits for a condition that other goroutines bring about.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for !condition() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not in time: %s", what)
		}
	}
}

func TestRealRun(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	sc := parse(t, "duration: 1m\nruns: 1\nload: {count: 140}\n") // as many as there are in 1.5 s
	reports := 0
	runs, err := Run(context.Background(), sc, Options{
		Real: true, Every: 200 * time.Millisecond,
		Report: func(_ string, p metrics.Progress, means QueueMeans) {
			reports++
			if !p.Ledger.Balanced() || means.Main < 0 {
				t.Errorf("progress %+v, means %+v", p, means)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != len(sc.Strategies) {
		t.Fatalf("%d runs, want one for each of %d strategies", len(runs), len(sc.Strategies))
	}
	for i, r := range runs {
		if r.Strategy != sc.Strategies[i].Name || r.Interrupted || !r.Ledger.Balanced() {
			t.Errorf("run %d: %s, interrupted %v, ledger %+v", i, r.Strategy, r.Interrupted, r.Ledger)
		}
		// A busy machine may be slow with those that are offered.
		if r.Ledger.Generated != 140 || r.Ledger.Succeeded < 20 || r.Responses.Error > 0 || r.Responses.Unauthorized > 0 {
			t.Errorf("%s: %d of %d succeeded, responses %+v", r.Strategy, r.Ledger.Succeeded, r.Ledger.Generated, r.Responses)
		}
	}
	if reports == 0 {
		t.Error("no report")
	}
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// A server that reads the query alone, as Flask does on Werkzeug 2 and later,
// understands the clients, unless they are to send forms; then the run says
// why nothing came of it.
func TestServerThatReadsTheQueryAlone(t *testing.T) {
	t.Parallel()
	for _, form := range []bool{false, true} {
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Query().Get("api_key") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = io.WriteString(w, `{"error_msg":"invalid api key","status":"error"}`+"\n")
				return
			}
			_, _ = io.WriteString(w, `{"req_id":null,"status":"OK"}`+"\n")
		}))
		defer api.Close()
		sc := parse(t, "duration: 1m\nruns: 1\nload: {count: 10}\n")
		sc.Strategies = sc.Strategies[:1]
		runs, err := Run(t.Context(), sc, Options{Real: true, Target: api.URL, Form: form})
		if err != nil {
			t.Fatal(err)
		}
		ok, refused, said := runs[0].Responses.OK, runs[0].Responses.Unauthorized, runs[0].Failures
		if form && (ok > 0 || refused == 0 || !maps.Equal(said, map[string]int{"401 invalid api key": refused})) {
			t.Errorf("with forms: %d succeeded, %d answered 401, failures %v", ok, refused, said)
		}
		if !form && (ok == 0 || refused > 0 || said != nil) {
			t.Errorf("with queries: %d succeeded, %d answered 401, failures %v", ok, refused, said)
		}
	}
}

func TestInterruptedRealRun(t *testing.T) {
	sc := parse(t, "duration: 1m\nruns: 3\n")
	ctx, cancel := context.WithCancel(context.Background())
	runs, err := Run(ctx, sc, Options{Real: true, Progress: func(done float64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	if len(runs) != len(sc.Strategies) {
		t.Fatalf("%d runs, want the first seed's", len(runs))
	}
	for _, r := range runs {
		if !r.Interrupted || !r.Ledger.Balanced() || r.Duration >= sc.Duration {
			t.Errorf("%s: interrupted %v after %v, ledger %+v", r.Strategy, r.Interrupted, r.Duration, r.Ledger)
		}
	}
}

func TestInterruptedVirtualRun(t *testing.T) {
	sc := parse(t, "duration: 2s\nruns: 100\n")
	ctx, cancel := context.WithCancel(context.Background())
	runs, err := Run(ctx, sc, Options{Progress: func(done float64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	if len(runs) == 0 || len(runs) == len(sc.Strategies)*sc.Runs {
		t.Errorf("%d runs, want some and not all", len(runs))
	}
	for _, r := range runs {
		if !r.Interrupted || r.Strategy == "" || r.Duration != sc.Duration {
			t.Errorf("%s, seed %d: interrupted %v after %v", r.Strategy, r.Seed, r.Interrupted, r.Duration)
		}
	}
}

func TestManyStrategiesCannotShareATarget(t *testing.T) {
	sc := parse(t, "duration: 1s\nruns: 1\n")
	_, err := Run(context.Background(), sc, Options{Real: true, Target: "http://127.0.0.1:1"})
	if err == nil || !strings.Contains(err.Error(), "--strategy") {
		t.Errorf("got %v", err)
	}
}

// A run that is out of time is no failure of a strategy.
func TestVirtualRunOutOfTime(t *testing.T) {
	sc := parse(t, "duration: 24h\nruns: 2\nserver: {block_after: 0}\n")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	runs, err := Run(ctx, sc, Options{})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "strategy") {
		t.Errorf("error %v, want that of the context alone", err)
	}
	for _, r := range runs {
		if !r.Interrupted {
			t.Errorf("a run of %s is not marked as interrupted", r.Strategy)
		}
	}
}

// Over HTTP, too, strategies that never risk a 429 get none, and no 400: their
// limiters are told of what the way to the server adds, here 100 ms and more.
// Paced has no order guard: it leaves 57.5 ms between departures of a key, of which
// the latencies take 50, so that a request that is held up by 7.5 ms longer than the
// next is overtaken, and answered 400.
func TestCarefulStrategiesOverHTTP(t *testing.T) {
	t.Parallel()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load("../scenarios/native.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sc.Duration, sc.Runs = 2*time.Second, 1
	sc.Strategies = slices.DeleteFunc(sc.Strategies, func(st scenario.Strategy) bool {
		return st.Name != "paced" && st.Name != "ack-clocked" && st.Name != "server-time"
	})
	const most = 7500 * time.Microsecond
	punctual.Try(t, func(wrong *punctual.Findings) punctual.Machine {
		var under Conditions
		runs, err := Run(t.Context(), sc, Options{Real: true, Wire: &wire.Times{Longest: 50 * time.Millisecond}, Conditions: func(c Conditions) { under = c }})
		if err != nil || len(runs) != 3 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		for _, r := range runs {
			if n := r.Responses; n.RateLimited+n.BadNonce+n.Blocked > 0 || n.OK == 0 {
				wrong.Errorf("%s: %+v", r.Strategy, n)
			}
		}
		return punctual.Machine{OnTime: under.Latest <= most && !under.Busy(), Conditions: under}
	})
}
