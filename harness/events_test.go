package harness

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/harness/events"
	"ratebench/harness/faults"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/virtual"
)

// runWithEvents runs a scenario and returns, with the runs, the folder of their
// events.
func runWithEvents(ctx context.Context, dir string, sc *scenario.Scenario, o Options) (runs []metrics.Run, folder string, err error) {
	if o.Events, err = events.NewDraft(dir); err != nil {
		return nil, "", err
	}
	runs, failed := Run(ctx, sc, o)
	if err := o.Events.Commit(dir, runs); err != nil {
		return nil, "", err
	}
	return runs, filepath.Join(dir, events.Folder), failed
}

// readEvents returns what a file of events says.
func readEvents(path string) (h events.Header, lines []events.Line, err error) {
	f, err := os.Open(path)
	if err != nil {
		return h, nil, err
	}
	defer f.Close()
	h, err = events.Read(f, func(l events.Line) { lines = append(lines, l) })
	return h, lines, err
}

// A replay makes the events of a run out of the lines about them.
type replay struct{ kinds map[string]clients.Kind }

func newReplay() replay {
	r := replay{map[string]clients.Kind{}}
	for k := clients.Generated; k <= clients.Buried; k++ {
		r.kinds[k.String()] = k
	}
	return r
}

// since is so many milliseconds after the start of a run.
func since(ms float64) time.Time { return virtual.Epoch.Add(duration(ms)) }

func duration(ms float64) time.Duration { return time.Duration(math.Round(ms * 1e6)) }

func (r replay) event(l events.Line) clients.Event {
	e := clients.Event{
		Time: since(l.T), Kind: r.kinds[l.Event], Cause: r.kinds[l.Cause], Key: clients.NoKey,
		Request: clients.Request{ID: l.ID, Retries: l.Retries},
	}
	if l.Key != nil {
		e.Key = *l.Key
	}
	if a := l.Answer; a != nil {
		e.Request.First = e.Time.Add(-duration(a.Latency))
		e.Outcome = limiter.Outcome{Status: a.Status, Blocked: a.Response == "blocked", Sent: e.Time.Add(-duration(a.Service))}
		switch {
		case a.Response == "timeout":
			e.Outcome.Err = clients.ErrTimeout
		case a.Error != "":
			e.Outcome.Err = errors.New(a.Error)
		}
	}
	return e
}

// run records the events once more, and checks the life of every request.
func (r replay) run(t fataler, h events.Header, lines []events.Line, d time.Duration) metrics.Run {
	t.Helper()
	recorder := metrics.NewRecorder(virtual.Epoch, true)
	last, ended := map[int64]clients.Kind{}, map[int64]bool{}
	for i, l := range lines {
		e := r.event(l)
		if !slices.Contains(next[last[l.ID]], e.Kind) || ended[l.ID] {
			t.Fatalf("event %d: %v of request %d after %v, ended %v", i+1, e.Kind, l.ID, last[l.ID], ended[l.ID])
		}
		last[l.ID], ended[l.ID] = e.Kind, isEnd(&e)
		recorder.Observe(&e)
	}
	for id := range int64(len(last)) {
		if last[id] == 0 {
			t.Fatalf("%d requests, and none has the number %d", len(last), id)
		}
	}
	run := recorder.Finish(virtual.Epoch.Add(d))
	run.Strategy, run.Seed = h.Strategy, h.Seed
	open := 0
	for _, end := range ended {
		if !end {
			open++
		}
	}
	if left := run.Ledger.Queued + run.Ledger.InFlight; open != left {
		t.Fatalf("%d requests without an end, %d in the queues and in flight", open, left)
	}
	return run
}

// fataler is a test, of rapid too.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// broken has everything that a request can meet with: every kind of answer,
// retries on the spot, expiry, a dead letter queue, blocked keys.
const broken = `
duration: 8s
runs: 2
server:
  block_after: 3
  headers: {received_at: true, rate_limit: true}
  faults: {error_500: 0.02, error_503: 0.02, spike: 0.02, hang: 0.02, reset_before: 0.02, reset_after: 0.02, malformed: 0.02}
load: {every: "uniform(0ms, 18ms)", ttl: 300ms}
client: {timeout: 200ms}
`

// What a file says is all that there is to say: recorded again, it makes the
// run that it is of, down to every second of the series and every figure of the
// histograms.
func TestEventsReplay(t *testing.T) {
	for name, head := range map[string]string{
		"as the reference": "duration: 8s\nruns: 2\n",
		"broken":           broken,
		"continuous":       "duration: 4s\nruns: 1\nstep: 0ms\nserver: {latency: {incoming: 'exponential(40ms)'}}\n",
		"count":            "duration: 1m\nruns: 1\nload: {count: 300}\n",
	} {
		t.Run(name, func(t *testing.T) {
			sc := parse(t, head)
			sc.Strategies[0].Retry = &client.Retry{Max: 2, Backoff: backoff.Rule{Base: 20 * time.Millisecond, Cap: time.Second, Jitter: backoff.JitterFull}}
			runs, folder, err := runWithEvents(t.Context(), t.TempDir(), sc, Options{Graveyard: true})
			if err != nil {
				t.Fatal(err)
			}
			said := map[string]int{}
			for _, want := range runs {
				h, lines, err := readEvents(filepath.Join(folder, events.FileName(want.Strategy, want.Seed)))
				if err != nil {
					t.Fatal(err)
				}
				if h.Scenario.Name != sc.Name || h.Scenario.SHA256 != sc.SHA256 || h.Clock != "virtual" {
					t.Errorf("header %+v", h)
				}
				if diff := cmp.Diff(want, newReplay().run(t, h, lines, want.Duration), sameRun); diff != "" {
					t.Errorf("%s, seed %d: run (-) and events (+) differ\n%s", want.Strategy, want.Seed, diff)
				}
				count(said, lines)
			}
			if name != "broken" {
				return
			}
			for _, what := range []string{
				"generated", "taken", "expired", "sent", "answered", "retried", "dropped", "dead-lettered", "requeued", "buried",
				"200", "400", "429", "blocked", "timeout", "error", faults.ErrReset.Error(), faults.ErrMalformed.Error(), "received", "remaining",
			} {
				if said[what] == 0 {
					t.Errorf("no %s in %v", what, said)
				}
			}
		})
	}
}

// count adds what lines say to what others have said.
func count(said map[string]int, lines []events.Line) {
	for _, l := range lines {
		said[l.Event]++
		if l.Answer == nil {
			continue
		}
		said[l.Response]++
		said[l.Error]++
		if l.Received != nil {
			said["received"]++
		}
		if l.Remaining != nil {
			said["remaining"]++
		}
	}
}

func TestRandomEventsReplay(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		text := randomScenario(rt)
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("random.yaml", []byte(text), fstest.MapFS{})
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		runs, folder, err := runWithEvents(context.Background(), dir, sc, Options{Graveyard: true})
		if err != nil {
			rt.Fatal(err)
		}
		h, lines, err := readEvents(filepath.Join(folder, events.FileName(runs[0].Strategy, runs[0].Seed)))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(runs[0], newReplay().run(rt, h, lines, runs[0].Duration), sameRun); diff != "" {
			rt.Fatalf("run (-) and events (+) differ\n%s\nof\n%s", diff, text)
		}
	})
}

func TestSameSeedSameEventsOnAnyNumberOfCores(t *testing.T) {
	sc := parse(t, broken)
	files := func() map[string]string {
		_, folder, err := runWithEvents(t.Context(), t.TempDir(), sc, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return contents(t, folder)
	}
	want := files()
	if n := len(sc.Strategies) * sc.Runs; len(want) != n {
		t.Fatalf("%d files, want %d", len(want), n)
	}
	for _, cores := range []int{1, 5} {
		before := runtime.GOMAXPROCS(cores)
		got := files()
		runtime.GOMAXPROCS(before)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("on %d cores: %s differs", cores, name)
			}
		}
	}
}

// contents returns the files in a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// In real time events come from many goroutines, and add up all the same.
func TestEventsInRealTime(t *testing.T) {
	t.Parallel()
	sc := parse(t, "duration: 1m\nruns: 2\nserver: {limit: 10/1s, block_after: 3}\nload: {count: 60}\n")
	runs, folder, err := runWithEvents(t.Context(), t.TempDir(), sc, Options{Real: true, Graveyard: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 2*len(sc.Strategies) {
		t.Fatalf("%d runs of %d strategies", len(runs), len(sc.Strategies))
	}
	checkRealEvents(t, runs, folder)
}

// What there is when a run is interrupted is complete for what it is.
func TestEventsOfAnInterruptedRun(t *testing.T) {
	sc := parse(t, "duration: 1m\nruns: 3\n")
	begun := map[string]bool{}
	ctx, cancel := context.WithCancel(t.Context())
	runs, folder, err := runWithEvents(ctx, t.TempDir(), sc, Options{Real: true, Every: 50 * time.Millisecond, Report: func(strategy string, p metrics.Progress, _ QueueMeans) {
		if p.Ledger.Generated > 0 {
			begun[strategy] = true
		}
		if len(begun) == len(sc.Strategies) {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(runs) != len(sc.Strategies) {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	checkRealEvents(t, runs, folder)
}

// checkRealEvents wants files of these runs and no other, with their figures.
// Which of two events at the same time came first, and so the peaks of the
// queues, may be seen differently by those who count and those who write.
func checkRealEvents(t *testing.T, runs []metrics.Run, folder string) {
	t.Helper()
	if files := contents(t, folder); len(files) != len(runs) {
		t.Errorf("%d files of %d runs", len(files), len(runs))
	}
	for _, want := range runs {
		h, lines, err := readEvents(filepath.Join(folder, events.FileName(want.Strategy, want.Seed)))
		if err != nil {
			t.Fatal(err)
		}
		if h.Clock != "real" || want.Ledger.Generated == 0 {
			t.Errorf("header %+v, ledger %+v", h, want.Ledger)
		}
		got := newReplay().run(t, h, lines, want.Duration)
		got.Series, got.Main, got.DLQ, got.Interrupted = want.Series, want.Main, want.DLQ, want.Interrupted
		got.Failures = want.Failures // words are in no event
		if diff := cmp.Diff(want, got, sameRun); diff != "" {
			t.Errorf("%s, seed %d: run (-) and events (+) differ\n%s", want.Strategy, want.Seed, diff)
		}
	}
}

// A virtual run that is cut short is no result, and leaves no file.
func TestEventsOfInterruptedVirtualRuns(t *testing.T) {
	sc := parse(t, "duration: 2s\nruns: 100\n")
	ctx, cancel := context.WithCancel(t.Context())
	runs, folder, err := runWithEvents(ctx, t.TempDir(), sc, Options{Progress: func(float64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if files := contents(t, folder); len(files) != len(runs) || len(runs) == 0 {
		t.Errorf("%d files of %d runs", len(files), len(runs))
	}
	h, lines, err := readEvents(filepath.Join(folder, events.FileName(runs[0].Strategy, runs[0].Seed)))
	if err != nil {
		t.Fatal(err)
	}
	newReplay().run(t, h, lines, runs[0].Duration)
}

// The file of a strategy that panics is not kept.
func TestEventsOfAPanic(t *testing.T) {
	for _, real := range []bool{false, true} {
		sc := parse(t, "duration: 1m\nruns: 1\nload: {count: 20}\n")
		sc.Strategies = sc.Strategies[:3]
		sc.Strategies[1].Limiter.Config = faulty{}
		runs, folder, err := runWithEvents(t.Context(), t.TempDir(), sc, Options{Real: real})
		if err == nil || len(runs) != 2 {
			t.Errorf("real %v: %d runs, error %v", real, len(runs), err)
		}
		if files := contents(t, folder); len(files) != 2 || files[events.FileName(sc.Strategies[1].Name, sc.Seed)] != "" {
			t.Errorf("real %v: %d files", real, len(files))
		}
	}
}

// Events that cannot be written end all runs at once: none is a result.
func TestEventsThatCannotBeWritten(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	for _, real := range []bool{false, true} {
		sc := parse(t, "duration: 1h\nruns: 1\nserver: {block_after: 0}\n")
		dir := t.TempDir()
		draft, err := events.NewDraft(dir)
		if err != nil {
			t.Fatal(err)
		}
		name := events.FileName(sc.Strategies[0].Name, sc.Seed)
		if err := os.WriteFile(filepath.Join(draft.Path(), name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		runs, err := Run(t.Context(), sc, Options{Real: real, Events: draft})
		failed, ok := errors.AsType[*events.Error](err)
		if !ok || failed.Path != filepath.Join(dir, "events", name) || strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("real %v: error %v", real, err)
		}
		if len(runs) > 0 {
			t.Errorf("real %v: %d runs", real, len(runs))
		}
	}
	eventually(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= goroutines })
}
