package isolate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/clients/budget/redis/redistest"
	"ratebench/harness"
	"ratebench/harness/budgets/inredis"
	"ratebench/harness/events"
	"ratebench/harness/internal/punctual"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// loadShared loads a scenario of three processes that share 10 requests in any half
// second, each with more to send than that, in ways with names.
func loadShared(t *testing.T, duration string, budgets map[string]string) *scenario.Scenario {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
duration: %s
runs: 1
seed: 3
server:
  keys: 1
  limit: 10/500ms
  resolution: 0s
  block_after: 0
  nonces: false
  latency: {incoming: "uniform(0ms, 5ms)", outgoing: "uniform(0ms, 5ms)"}
load:
  step: 0s
  ttl: 5s
  sources: [{every: 10ms, number: 3}]
client: {processes: 3, workers_per_key: 8}
strategies:
`, duration)
	names := make([]string, 0, len(budgets))
	for name := range budgets {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "  - {name: %s, limiter: {kind: %s}, client: {budget: {%s}}}\n", name, limiterWith(budgets[name]), budgets[name])
	}
	path := filepath.Join(t.TempDir(), "shared.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// limiterWith is what paces beside a budget.
func limiterWith(budget string) string {
	if strings.Contains(budget, "split") || strings.Contains(budget, "independent") {
		return "ack-clocked"
	}
	return "none"
}

// slots is a budget that does without long pauses: J + W' is 950 ms, and what the
// wire takes.
func slots(more string) string {
	return "kind: slots, latency: 300ms, slack: 100ms, ahead: 50ms, silent: 400ms, " + more
}

// needsRedis skips a test where no redis-server is installed, and says so.
func needsRedis(t *testing.T) {
	t.Helper()
	if err := CheckStore(t.Context(), ""); err != nil {
		t.Skipf("skipped: %v", err)
	}
}

// punctually tries what holds as long as requests are held up by less than slots are
// told.
func punctually(t *testing.T, try func(o Options, wrong *punctual.Findings)) {
	t.Helper()
	const most = 40 * time.Millisecond
	punctual.Try(t, func(wrong *punctual.Findings) punctual.Machine {
		var under harness.Conditions
		try(Options{Command: clientCommand(), Options: harness.Options{Conditions: func(c harness.Conditions) { under = c }}}, wrong)
		return punctual.Machine{OnTime: under.Latest <= most && under.Wire.Longest <= most && !under.Busy(), Conditions: under}
	})
}

// checkShared wants a run of three processes that is complete, and returns its
// successes second by second.
func checkShared(t interface{ Errorf(string, ...any) }, r *metrics.Run) (perSecond []int) {
	if !r.Ledger.Balanced() || r.Ledger.Succeeded == 0 || len(r.Sources) != 3 {
		t.Errorf("%s: ledger %+v, %d sources", r.Strategy, r.Ledger, len(r.Sources))
	}
	for i, s := range r.Sources {
		if s.Generated == 0 || s.Succeeded == 0 {
			t.Errorf("%s: source %d generated %d, of which %d succeeded, want some", r.Strategy, i, s.Generated, s.Succeeded)
		}
	}
	for _, s := range r.Series {
		perSecond = append(perSecond, s.OK)
	}
	return perSecond
}

// Whatever they share through, what three processes do is put together.
func TestProcessesOfAllKinds(t *testing.T) {
	needsRedis(t)
	t.Parallel()
	sc := loadShared(t, "3s", map[string]string{
		"well-alone": "kind: independent", "well-split": "kind: split", "well-gcra": "kind: gcra",
		"well-grants": "kind: grants", "well-spread": "kind: grants+spread, spread: 100ms",
		"well-slots": slots("mode: pessimistic"), "well-leases": "kind: leases, batch: 4, " + slots("mode: pessimistic")[len("kind: slots, "):],
	})
	punctually(t, func(o Options, wrong *punctual.Findings) {
		draft, err := events.NewDraft(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = draft.Discard() }()
		reports := 0
		o.Events, o.Every = draft, 200*time.Millisecond
		o.Report = func(string, metrics.Progress, harness.QueueMeans) { reports++ }
		r, err := Run(t.Context(), sc, o)
		if err != nil || len(r.Runs) != 7 || len(r.Usage) != 7 || reports == 0 {
			t.Fatalf("%d runs, %d usages, %d reports: %v", len(r.Runs), len(r.Usage), reports, err)
		}
		for i := range r.Runs {
			run := &r.Runs[i]
			checkShared(wrong, run)
			checkSamples(t, &r.Usage[i])
			stored := run.Strategy != "well-alone" && run.Strategy != "well-split"
			if (run.StoreCalls != nil) != stored || run.StoreCPU != nil && !stored {
				t.Errorf("%s: %v calls of the store, which took %v", run.Strategy, run.StoreCalls, run.StoreCPU)
			}
			if stored && run.StoreCPU == nil { // it has not told in time
				wrong.Errorf("%s: it is not known what the store took", run.Strategy)
			} else if stored && (*run.StoreCalls < run.Ledger.Succeeded/4 || *run.StoreCPU <= 0) {
				wrong.Errorf("%s: %d calls of the store, which took %v, for %d successes", run.Strategy, *run.StoreCalls, *run.StoreCPU, run.Ledger.Succeeded)
			}
			if slices.Contains([]string{"well-slots", "well-leases", "well-split"}, run.Strategy) && run.Responses.RateLimited > 0 {
				wrong.Errorf("%s: %d answers 429, want none", run.Strategy, run.Responses.RateLimited)
			}
			if run.Strategy == "well-alone" && run.Responses.RateLimited == 0 {
				wrong.Errorf("processes that share nothing have had no 429, want many")
			}
			counted := map[string]int{}
			path := filepath.Join(draft.Path(), events.FileName(run.Strategy, run.Seed))
			if err := readEvents(path, counted); err != nil || counted["generated"] != run.Ledger.Generated {
				t.Errorf("%s: %d of %d generated are in the events: %v", run.Strategy, counted["generated"], run.Ledger.Generated, err)
			}
		}
	})
}

func readEvents(path string, counted map[string]int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = events.Read(f, func(l events.Line) { counted[l.Event]++ })
	return err
}

// checkSamples wants samples of three processes, at the start and at the end at least.
func checkSamples(t *testing.T, u *metrics.Usage) {
	t.Helper()
	if len(u.Samples) < 2 || u.Samples[0].Goroutines < 3 {
		t.Fatalf("%s: samples %+v", u.Strategy, u.Samples)
	}
}

// The Redis is killed with SIGKILL in the middle of a run and comes back with nothing
// in it. In mode safe there is no 429: the processes fall silent, live off their
// shares, and come back.
func TestStoreIsKilled(t *testing.T) {
	needsRedis(t)
	t.Parallel()
	sc := loadShared(t, "6500ms", map[string]string{
		"well-killed": slots("mode: safe, store: {outages: [{at: 2s, for: 2s, lose: true}]}"),
	})
	punctually(t, func(o Options, wrong *punctual.Findings) {
		r, err := Run(t.Context(), sc, o)
		if err != nil || len(r.Runs) != 1 {
			t.Fatalf("%d runs: %v", len(r.Runs), err)
		}
		run := &r.Runs[0]
		per := checkShared(wrong, run)
		t.Logf("successes second by second: %v; %d calls of the store", per, *run.StoreCalls)
		if n := run.Responses; n.RateLimited > 0 || n.OK == 0 {
			wrong.Errorf("responses %+v, want no 429", n)
		}
		before, meanwhile, after := per[1], per[3], 0
		for _, n := range per[5:] {
			after += n
		}
		if before == 0 || meanwhile == 0 || after == 0 {
			wrong.Errorf("%d successes before the outage, %d in it, %d after it, want some each time: %v", before, meanwhile, after, per)
		}
	})
}

// A process is killed with SIGKILL. What it held is back after J + W', and, in mode
// safe, what it could have lived off when Alone has passed too: then the others get
// all there is. No 429 at any time. The run is told as far as it is known.
func TestProcessIsKilled(t *testing.T) {
	needsRedis(t)
	t.Parallel()
	sc := loadShared(t, "6s", map[string]string{
		"mortal-pessimistic": slots("mode: pessimistic"), "mortal-safe": slots("mode: safe, alone: 300ms"),
	})
	punctually(t, func(o Options, wrong *punctual.Findings) {
		r, err := Run(t.Context(), sc, o)
		if err == nil || strings.Count(err.Error(), "process 1: the client's process ended with signal: killed") != 2 {
			t.Errorf("error %v, want one of process 1 of each strategy", err)
		}
		if len(r.Runs) != 2 {
			t.Fatalf("%d runs, want what is known of both", len(r.Runs))
		}
		for i := range r.Runs {
			run := &r.Runs[i]
			per := checkShared(wrong, run)
			t.Logf("%s: successes second by second: %v", run.Strategy, per)
			if n := run.Responses; n.RateLimited > 0 {
				wrong.Errorf("%s: responses %+v, want no 429", run.Strategy, n)
			}
			// A third of 20 a second would be missing if a share were lost.
			if best := slices.Max(per[4:]); best < 15 {
				wrong.Errorf("%s: %d successes in the best second after J + W', want those of all 10 slots: %v", run.Strategy, best, per)
			}
		}
	})
}

// At somebody else's Redis nothing stays behind, and a run that is interrupted ends
// its processes.
func TestSomebodyElsesStore(t *testing.T) {
	server := redistest.Start(t)
	url := "redis://" + server.Addr
	if err := CheckStore(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	sc := loadShared(t, "1m", map[string]string{"well-slots": slots("mode: pessimistic"), "well-grants": "kind: grants", "well-gcra": "kind: gcra"})
	ctx, cancel := context.WithCancel(t.Context())
	reported := 0
	r, err := Run(ctx, sc, Options{Command: clientCommand(), Store: url, Options: harness.Options{
		Every: 300 * time.Millisecond,
		Report: func(_ string, p metrics.Progress, _ harness.QueueMeans) {
			if reported++; reported == 6 {
				cancel()
			}
		},
	}})
	if !errors.Is(err, context.Canceled) || len(r.Runs) != 3 {
		t.Fatalf("%d runs, error %v, want three that were interrupted", len(r.Runs), err)
	}
	for _, run := range r.Runs {
		if !run.Interrupted || run.Duration > 30*time.Second || !run.Ledger.Balanced() {
			t.Errorf("%s: interrupted %v after %v, ledger %+v", run.Strategy, run.Interrupted, run.Duration, run.Ledger)
		}
		if run.StoreCPU != nil {
			t.Errorf("%s: the store took %v, which nobody can know: three share it", run.Strategy, *run.StoreCPU)
		}
	}
	client, err := inredis.NewClient(url, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if keys, err := client.Keys(t.Context(), "*").Result(); err != nil || len(keys) > 0 {
		t.Errorf("%v is left in Redis: %v", keys, err)
	}
}

// A run that is interrupted leaves no process behind, neither of its clients nor a
// Redis.
func TestInterruptedProcesses(t *testing.T) {
	needsRedis(t)
	sc := loadShared(t, "1m", map[string]string{"well-slots": slots("mode: safe"), "well-gcra": "kind: gcra"})
	ctx, cancel := context.WithCancel(t.Context())
	var meanwhile []string
	r, err := Run(ctx, sc, Options{Command: clientCommand(), Options: harness.Options{
		Every: 200 * time.Millisecond,
		Report: func(string, metrics.Progress, harness.QueueMeans) {
			if ctx.Err() == nil {
				meanwhile = children(t)
				cancel()
			}
		},
	}})
	if !errors.Is(err, context.Canceled) || len(r.Runs) != 2 || !r.Runs[0].Interrupted {
		t.Errorf("%d runs, error %v, want two that were interrupted", len(r.Runs), err)
	}
	if left := children(t); len(left) > 0 || len(meanwhile) != 8 && runtime.GOOS == "linux" {
		t.Errorf("processes %v, of which %v are left, want 6 clients and 2 Redis, and none", meanwhile, left)
	}
}

// children are the processes that this one has started, where the system tells.
func children(t *testing.T) (pids []string) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // a thread may end
			t.Fatal(err)
		}
		pids = append(pids, strings.Fields(string(text))...)
	}
	return pids
}

// What the command line gives another value in the scenario holds in the processes,
// of a sweep too.
func TestProcessesOfASweep(t *testing.T) {
	sc := loadShared(t, "1s", map[string]string{"well-split": "kind: split"})
	text, err := os.ReadFile(sc.Path)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "sweep: [{name: workers, set: client.workers_per_key, to: [1, 2]}]\n"...)
	if err := os.WriteFile(sc.Path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	sc, err = scenario.Loader{Kinds: kinds.All(), Set: []string{"client.processes=2"}}.Load(sc.Path)
	if err != nil {
		t.Fatal(err)
	}
	punctually(t, func(o Options, wrong *punctual.Findings) {
		r, err := Run(t.Context(), sc, o)
		if err != nil || len(r.Runs) != 2 {
			t.Fatalf("%d runs: %v", len(r.Runs), err)
		}
		for i := range r.Runs {
			checkShared(wrong, &r.Runs[i]) // two processes have three sources
		}
	})
}

// A Redis that answers is not yet one that processes can share a limit through.
func TestStoreThatIsOfNoUse(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, err := inredis.NewClient("redis://"+server.Addr, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for user, rule := range map[string]string{"writes": "-set", "no-scripts": "-evalsha", "no-info": "-info", "no-publish": "-publish", "no-subscribe": "-subscribe"} {
		if err := client.Do(t.Context(), "ACL", "SETUSER", user, "on", ">p", "~*", "&*", "+@all", rule).Err(); err != nil {
			t.Skipf("skipped: this redis-server has no users: %v", err)
		}
		err := CheckStore(t.Context(), "redis://"+user+":p@"+server.Addr)
		if useful := user == "writes"; useful != (err == nil) {
			t.Errorf("%s: error %v", user, err)
		} else if !useful && !strings.HasPrefix(err.Error(), "processes cannot share a limit through the Redis at --store redis://"+user+":xxxxx@") {
			t.Errorf("%s: error %v, want one that says which Redis", user, err)
		}
	}
	if left := client.Keys(t.Context(), "*").Val(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := client.Do(t.Context(), "REPLICAOF", "127.0.0.1", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := CheckStore(t.Context(), "redis://"+server.Addr); err == nil || !strings.Contains(err.Error(), "READONLY") {
		t.Errorf("a replica: error %v, want one that says READONLY", err)
	}
}

func TestCheckStore(t *testing.T) {
	for url, want := range map[string]string{
		"redis://127.0.0.1:1":      "no Redis answers at --store redis://127.0.0.1:1: dial tcp",
		"redis://:p@127.0.0.1:1/0": "no Redis answers at --store redis://:xxxxx@127.0.0.1:1/0",
	} {
		if err := CheckStore(t.Context(), url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", url, err, want)
		}
	}
	for url, want := range map[string]string{
		"127.0.0.1:6379":             `is "127.0.0.1:6379": not the URL of a Redis, want redis://HOST:PORT`,
		"http://:p@127.0.0.1":        `is "http://:xxxxx@127.0.0.1": not the URL of a Redis, want redis://HOST:PORT`,
		"redis://:p@127.0.0.1:port":  `is "redis://xxxxx@127.0.0.1:port": not a URL`,
		"redis://u:p/w@127.0.0.1:1":  `is "redis://xxxxx@127.0.0.1:1": not a URL`,
		"redis://:p@127.0.0.1/first": `is "redis://:xxxxx@127.0.0.1/first": redis: invalid database number`,
	} {
		if err := CheckStoreURL(url); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", url, err, want)
		}
	}
	t.Setenv("PATH", "")
	if err := CheckStore(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "--store redis://HOST:PORT") {
		t.Errorf("error %v, want one that says what to do where no redis-server is installed", err)
	}
}
