package isolate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/harness"
	"ratebench/harness/events"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// load writes a scenario of one limiter under several names to a file, and
// loads it. A strategy polls if its name says so.
func load(t *testing.T, duration string, strategies ...string) *scenario.Scenario {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nduration: %s\nruns: 1\nseed: 3\nserver: {block_after: 0}\nclient: {timeout: 1m}\nstrategies:\n", duration)
	for _, name := range strategies {
		poll := "0ms"
		if strings.HasSuffix(name, "-polling") {
			poll = "1ms"
		}
		fmt.Fprintf(&b, "  - {name: %s, limiter: {kind: fixed-interval, interval: 60ms, poll: %s}}\n", name, poll)
	}
	path := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// loadFew is a scenario whose run ends when five requests have, however long that
// takes.
func loadFew(t *testing.T, strategies ...string) *scenario.Scenario {
	t.Helper()
	return load(t, "1m\nload: {count: 5}", strategies...)
}

// eventually waits for a condition that others bring about.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
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

func TestRun(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	sc := load(t, "1500ms", "well-polling", "well-exact")
	reports, done := map[string]int{}, 0.0
	var under harness.Conditions
	r, err := Run(t.Context(), sc, Options{Command: clientCommand(), Options: harness.Options{
		Every:      100 * time.Millisecond,
		Conditions: func(c harness.Conditions) { under = c },
		Report: func(strategy string, p metrics.Progress, means harness.QueueMeans) {
			reports[strategy]++
			if !p.Ledger.Balanced() || p.Ledger.Generated == 0 {
				t.Errorf("%s: progress %+v", strategy, p)
			}
		},
		Progress: func(share float64) { done = share },
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Runs) != 2 || len(r.Usage) != 2 {
		t.Fatalf("%d runs with %d usages, want 2", len(r.Runs), len(r.Usage))
	}
	onTime := under.Latest < 200*time.Millisecond && !under.Busy()
	for i, st := range sc.Strategies {
		checkRun(t, st.Name, &r.Runs[i], onTime)
		checkUsage(t, st.Name, &r.Usage[i])
		if reports[st.Name] == 0 {
			t.Errorf("%s: no report", st.Name)
		}
	}
	if done == 0 || done > 1 {
		t.Errorf("progress ended at %v", done)
	}
	if p := r.Usage[0].Samples; p[len(p)-1].Processor != nil {
		polling, exact := last(&r.Usage[0]).Processor, last(&r.Usage[1]).Processor
		// A poll every millisecond of five workers is thousands of switches more, unless
		// somebody else has the processor when it is due.
		if polling.Voluntary < exact.Voluntary+200 && onTime {
			t.Errorf("%d switches with polling, %d without; %v", polling.Voluntary, exact.Voluntary, under)
		}
	}
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}

func last(u *metrics.Usage) metrics.UsageSample { return u.Samples[len(u.Samples)-1] }

// checkRun wants a run that is complete.
func checkRun(t *testing.T, name string, r *metrics.Run, onTime bool) {
	t.Helper()
	l := r.Ledger
	if r.Strategy != name || r.Seed != 3 || r.Interrupted || !l.Balanced() {
		t.Errorf("run of %s with seed %d, interrupted %v, ledger %+v", r.Strategy, r.Seed, r.Interrupted, l)
	}
	// About 140 are offered; a busy machine may be slow with them.
	if onTime && l.Succeeded < 20 || r.Responses.Error > 0 || int(r.Latency.Count()) != l.Succeeded || int(r.Service.Count()) != l.Succeeded {
		t.Errorf("%s: ledger %+v, %d latencies, responses %+v", name, l, r.Latency.Count(), r.Responses)
	}
	if len(r.Series) == 0 || r.Duration < 1500*time.Millisecond {
		t.Errorf("%s: %d seconds in %v", name, len(r.Series), r.Duration)
	}
}

// checkUsage wants samples that follow a process, at its start and at its end at least.
func checkUsage(t *testing.T, name string, u *metrics.Usage) {
	t.Helper()
	if u.Strategy != name || u.Seed != 3 || len(u.Samples) < 2 {
		t.Fatalf("usage of %s with seed %d, %d samples", u.Strategy, u.Seed, len(u.Samples))
	}
	for i, s := range u.Samples[1:] {
		before := u.Samples[i]
		if s.At <= before.At || s.Goroutines < 1 || s.Heap < 1 {
			t.Errorf("%s: sample %+v after %+v", name, s, before)
		}
		if p, b := s.Processor, before.Processor; p != nil && (p.CPU < b.CPU || p.Voluntary < b.Voluntary || p.Involuntary < b.Involuntary) {
			t.Errorf("%s: counters go back from %+v to %+v", name, b, p)
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	s := last(u)
	if s.Processor == nil || s.Processor.CPU <= 0 || s.Resident == nil || *s.Resident <= 0 || u.Peak == nil || *u.Peak < 1<<20 {
		t.Errorf("%s: last sample %+v, peak %v", name, s, u.Peak)
	}
}

// A client that goes wrong is an error with its name; the other one is
// reported.
func TestClientGoesWrong(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"dies", "exit status 2:\n\tpanic: out of luck"},
		{"babbles", "cannot understand the client's process: invalid character 'h'"},
		{"leaves", "ended without a result"},
		{"sleeps", "not ready within 500ms"},
		{"fails", "exit status 1:\n\tthe wire is cut\n\tin two"},
		{"stops", "ended without a result"},
		{"repeats", `found a message "ready", expected report or result`},
		{"mistakes", `found the result of strategy "another" with seed 3`},
		{"lingers", "had not ended 300ms after its run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, err := newBench(load(t, "300ms", c.name, "well-behaved"), Options{Command: clientCommand()})
			if err != nil {
				t.Fatal(err)
			}
			// Only who is late is hurried: others may be held up.
			switch c.name {
			case "sleeps":
				b.limits = timeLimits{ready: 500 * time.Millisecond, late: time.Minute, stop: 100 * time.Millisecond}
			case "lingers":
				b.limits = timeLimits{ready: time.Minute, late: 300 * time.Millisecond, stop: 100 * time.Millisecond}
			}
			r, err := b.run(t.Context())
			want := "strategy " + c.name + ": "
			if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s… %s", err, want, c.want)
			}
			if c.name != "lingers" && c.name != "sleeps" && (len(r.Runs) != 1 || r.Runs[0].Strategy != "well-behaved" || len(r.Usage) != 1) {
				t.Errorf("%d runs", len(r.Runs))
			}
		})
	}
}

func TestFailedStrategyDoesNotRunAgain(t *testing.T) {
	sc := load(t, "200ms", "well-behaved", "fails")
	sc.Runs = 2
	r, err := Run(t.Context(), sc, Options{Command: clientCommand()})
	if err == nil || strings.Count(err.Error(), "strategy fails") != 1 {
		t.Errorf("error %v, want one of strategy fails", err)
	}
	if len(r.Runs) != 2 || r.Runs[0].Seed != 3 || r.Runs[1].Seed != 4 {
		t.Errorf("%d runs", len(r.Runs))
	}
}

func TestCommandCannotBeStarted(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	r, err := Run(t.Context(), load(t, "1s", "a", "b"), Options{Command: []string{missing}})
	if err == nil || !strings.Contains(err.Error(), "strategy a: ") || !strings.Contains(err.Error(), "strategy b: ") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if len(r.Runs) > 0 {
		t.Errorf("%d runs", len(r.Runs))
	}
}

func TestManyStrategiesCannotShareATarget(t *testing.T) {
	_, err := Run(t.Context(), load(t, "1s", "a", "b"), Options{Options: harness.Options{Target: "http://127.0.0.1:1"}})
	if err == nil || !strings.Contains(err.Error(), "--strategy") {
		t.Errorf("got %v", err)
	}
}

func TestScenarioHasChanged(t *testing.T) {
	sc := load(t, "1s", "well-behaved")
	sc.SHA256 = "0"
	_, err := Run(t.Context(), sc, Options{Command: clientCommand()})
	if err == nil || !strings.Contains(err.Error(), "test.yaml has changed since the benchmark began") {
		t.Errorf("got %v", err)
	}
}

// What there is when a run is interrupted comes back.
func TestInterruptedRun(t *testing.T) {
	sc := load(t, "1m", "well-behaved", "well-again")
	sc.Runs = 3
	ctx, cancel := context.WithCancel(t.Context())
	reported := map[string]bool{}
	r, err := Run(ctx, sc, Options{Command: clientCommand(), Options: harness.Options{
		Every: 50 * time.Millisecond,
		Report: func(strategy string, _ metrics.Progress, _ harness.QueueMeans) {
			if reported[strategy] = true; len(reported) == 2 {
				cancel()
			}
		},
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
	if len(r.Runs) != 2 || len(r.Usage) != 2 {
		t.Fatalf("%d runs with %d usages, want the first seed's", len(r.Runs), len(r.Usage))
	}
	for i, run := range r.Runs {
		if !run.Interrupted || !run.Ledger.Balanced() || run.Duration > 30*time.Second || len(r.Usage[i].Samples) < 2 {
			t.Errorf("%s: interrupted %v after %v, ledger %+v", run.Strategy, run.Interrupted, run.Duration, run.Ledger)
		}
	}
}

// A run that is interrupted before it begins has nothing to show, and nothing
// to complain of. One that does not listen is killed.
func TestInterruptedBeforeItBegins(t *testing.T) {
	for name, stop := range map[string]time.Duration{"well-behaved": time.Minute, "sleeps": 200 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			b, err := newBench(load(t, "1m", name), Options{Command: clientCommand()})
			if err != nil {
				t.Fatal(err)
			}
			b.limits.stop = stop
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			r, err := b.run(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "strategy") {
				t.Errorf("error %v", err)
			}
			for _, run := range r.Runs { // a quick machine
				if !run.Interrupted {
					t.Error("not interrupted")
				}
			}
		})
	}
}

// The server that a client meets is broken as the scenario says.
func TestFaults(t *testing.T) {
	sc := loadFew(t, "well-behaved")
	sc.Server.Faults.Error503 = 1
	r, err := Run(t.Context(), sc, Options{Command: clientCommand()})
	if err != nil || len(r.Runs) != 1 {
		t.Fatalf("%d runs, %v", len(r.Runs), err)
	}
	if n := r.Runs[0].Responses; n.Error == 0 || n.OK > 0 {
		t.Errorf("responses %+v, want errors alone", n)
	}
}

// The client's process sends forms if it is told to, and what its requests met
// with comes back with the run.
func TestForm(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"error_msg":"query (%s), %s"}`, r.URL.RawQuery, r.Header.Get("Content-Type"))
	}))
	defer srv.Close()
	r, err := Run(t.Context(), loadFew(t, "well-behaved"), Options{
		Command: clientCommand(),
		Options: harness.Options{Target: srv.URL, Form: true},
	})
	if err != nil || len(r.Runs) != 1 {
		t.Fatalf("%d runs, %v", len(r.Runs), err)
	}
	for reason := range r.Runs[0].Failures {
		if reason != `401 query (), application/x-www-form-urlencoded` {
			t.Errorf("failed with %s", reason)
		}
	}
	if len(r.Runs[0].Failures) == 0 {
		t.Error("nothing is said of why it failed")
	}
}

// When the parent is killed its clients end, too.
func TestNoOrphans(t *testing.T) {
	var connections, requests atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = fmt.Fprint(w, `{"req_id":"0","status":"OK"}`)
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed:
			connections.Add(-1)
		}
	}
	srv.Start()
	defer srv.Close()
	sc := load(t, "1m", "well-behaved")
	parent := exec.Command(clientCommand()[0], asParent, sc.Path, srv.URL)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = parent.Wait() }()
	eventually(t, "requests come", func() bool { return requests.Load() > 10 })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "connections end", func() bool { return connections.Load() == 0 })
}

// The clients write their events themselves: complete files with the figures of
// the runs.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	draft, err := events.NewDraft(dir)
	if err != nil {
		t.Fatal(err)
	}
	sc := load(t, "500ms", "well-polling", "well-exact")
	sc.Runs = 2
	r, err := Run(t.Context(), sc, Options{Command: clientCommand(), Options: harness.Options{Events: draft}})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Commit(dir, r.Runs); err != nil {
		t.Fatal(err)
	}
	if len(r.Runs) != 4 {
		t.Fatalf("%d runs, want 4", len(r.Runs))
	}
	for _, run := range r.Runs {
		f, err := os.Open(filepath.Join(dir, events.Folder, events.FileName(run.Strategy, run.Seed)))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		n := map[string]int{}
		h, err := events.Read(f, func(l events.Line) {
			n[l.Event]++
			if l.Answer != nil {
				n[l.Response]++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if h.Strategy != run.Strategy || h.Seed != run.Seed || h.Clock != "real" || h.Scenario.SHA256 != sc.SHA256 {
			t.Errorf("%s, seed %d: header %+v", run.Strategy, run.Seed, h)
		}
		if n["generated"] != run.Ledger.Generated || n["200"] != run.Responses.OK || n["429"] != run.Responses.RateLimited || n["dropped"] != run.Ledger.Expired+run.Ledger.Failed {
			t.Errorf("%s, seed %d: %v in the events of %+v", run.Strategy, run.Seed, n, run.Ledger)
		}
	}
}

// A client that cannot write its events ends all runs: none is a result.
func TestEventsCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	draft, err := events.NewDraft(dir)
	if err != nil {
		t.Fatal(err)
	}
	sc := load(t, "1m", "well-behaved", "well-again")
	name := events.FileName("well-again", sc.Seed)
	if err := os.WriteFile(filepath.Join(draft.Path(), name), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), sc, Options{Command: clientCommand(), Options: harness.Options{Events: draft}})
	if failed, ok := errors.AsType[*events.Error](err); !ok || failed.Path != filepath.Join(dir, events.Folder, name) {
		t.Errorf("error %v", err)
	}
	if len(r.Runs) > 0 {
		t.Errorf("%d runs", len(r.Runs))
	}
}
