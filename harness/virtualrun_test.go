package harness

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

func runsOf(t *testing.T, sc *scenario.Scenario) []metrics.Run {
	t.Helper()
	runs, err := Run(context.Background(), sc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// comparable leaves out what go-cmp cannot look into; the histograms' figures
// follow from the same events as the rest.
var sameRun = cmp.Transformer("figures", func(h metrics.Histogram) []time.Duration {
	return []time.Duration{time.Duration(h.Count()), h.Mean(), h.Quantile(0.5), h.Quantile(0.99), h.Max()}
})

func TestSameSeedSameRunOnAnyNumberOfCores(t *testing.T) {
	sc := parse(t, "duration: 10s\nruns: 3\n")
	want := runsOf(t, sc)
	for _, cores := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(cores)
		got := runsOf(t, sc)
		runtime.GOMAXPROCS(before)
		if diff := cmp.Diff(want, got, sameRun); diff != "" {
			t.Fatalf("on %d cores:\n%s", cores, diff)
		}
	}
}

func TestAnotherSeedIsAnotherRun(t *testing.T) {
	sc := parse(t, "duration: 10s\nruns: 2\n")
	runs := runsOf(t, sc)
	for i := 0; i < len(runs); i += 2 {
		if cmp.Equal(runs[i].Series, runs[i+1].Series) {
			t.Errorf("%s: seeds %d and %d gave the same", runs[i].Strategy, runs[i].Seed, runs[i+1].Seed)
		}
	}
}

// Strategies with one seed meet the same load: common random numbers.
func TestStrategiesMeetTheSameLoad(t *testing.T) {
	sc := parse(t, "duration: 5s\nruns: 1\n")
	var want []int
	for _, r := range runsOf(t, sc) {
		if r.Strategy == "adaptive-queue" {
			continue // backpressure holds its load back
		}
		var got []int
		for _, s := range r.Series {
			got = append(got, s.Generated)
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", r.Strategy, diff)
		}
	}
}

// A poll that cannot succeed may be left out: the outcome is the same. (With
// continuous latencies; on a grid, workers that look at one instant come in an
// order that has no meaning.)
func TestIdlePollsChangeNothing(t *testing.T) {
	sc := parse(t, "duration: 10s\nruns: 1\nstep: 0ms\nserver: {block_after: 0}\n")
	for _, name := range []string{"fixed-interval+buffer", "buffer-only", "dead-letter"} {
		st := strategy(t, sc, name)
		var events [2][]clients.Event
		var switches [2]uint64
		for i, skip := range []bool{false, true} {
			k, err := virtualRun{scenario: sc, strategy: st, seed: 1, observer: &eventLog{&events[i]}, skipIdle: skip}.run(sc.Duration)
			if err != nil {
				t.Fatal(err)
			}
			switches[i] = k.Events()
		}
		if diff := cmp.Diff(byRequest(events[0]), byRequest(events[1])); diff != "" {
			t.Errorf("%s: polling in full (-) and skipping (+) differ\n%s", name, diff)
		}
		if switches[1] >= switches[0] {
			t.Errorf("%s: %d events with skipping, %d without: nothing was skipped", name, switches[1], switches[0])
		}
	}
}

// ledgerCheck accounts for every request by itself and compares at each event.
type ledgerCheck struct {
	t        *testing.T
	recorder *metrics.Recorder
	place    map[int64]clients.Kind // the last event of each request
	want     metrics.Ledger
	cause    map[int64]clients.Kind
	events   int
	last     time.Time
}

// next says which events may follow which.
var next = map[clients.Kind][]clients.Kind{
	0:                    {clients.Generated},
	clients.Generated:    {clients.Taken},
	clients.Taken:        {clients.Expired, clients.Sent},
	clients.Sent:         {clients.Answered},
	clients.Expired:      {clients.Dropped, clients.DeadLettered},
	clients.Answered:     {clients.Retried, clients.Dropped, clients.DeadLettered},
	clients.Retried:      {clients.Expired, clients.Sent},
	clients.DeadLettered: {clients.Requeued, clients.Buried},
	clients.Requeued:     {clients.Taken},
}

func (c *ledgerCheck) Observe(e *clients.Event) {
	c.recorder.Observe(e)
	c.events++
	if e.Time.Before(c.last) {
		c.t.Fatalf("time went back from %v to %v", c.last, e.Time)
	}
	c.last = e.Time
	id := e.Request.ID
	before := c.place[id]
	if !slices.Contains(next[before], e.Kind) {
		c.t.Fatalf("request %d: %v after %v", id, e.Kind, before)
	}
	c.place[id] = e.Kind
	if e.Kind == clients.Expired || e.Kind == clients.Answered {
		c.cause[id] = e.Kind
	}
	if e.Kind == clients.Dropped && e.Cause != c.cause[id] {
		c.t.Fatalf("request %d: dropped because %v, but it was %v", id, e.Cause, c.cause[id])
	}
	c.move(before, -1, e)
	c.move(e.Kind, +1, e)
	got := c.recorder.Progress(e.Time).Ledger
	if got != c.want || !got.Balanced() {
		c.t.Fatalf("event %d, %v of request %d: ledger %+v, want %+v", c.events, e.Kind, id, got, c.want)
	}
}

// move counts a request in or out of the place where an event of this kind
// puts it.
func (c *ledgerCheck) move(k clients.Kind, n int, e *clients.Event) {
	w := &c.want
	switch k {
	case 0:
		w.Generated++
	case clients.Generated, clients.Requeued, clients.DeadLettered:
		w.Queued += n
	case clients.Taken, clients.Sent, clients.Expired, clients.Retried:
		w.InFlight += n
	case clients.Answered:
		switch {
		case n > 0 && e.Outcome.OK():
			w.Succeeded++
		default:
			w.InFlight += n
		}
	case clients.Dropped:
		if e.Cause == clients.Expired {
			w.Expired++
		} else {
			w.Failed++
		}
	case clients.Buried:
		w.Graveyard++
	}
}

func TestLedgerBalancesAtEveryEvent(t *testing.T) {
	for _, head := range []string{
		"duration: 20s\n", // the reference, blocking on
		"duration: 8s\nload: {every: 'uniform(0ms, 14ms)', ttl: 300ms}\n",               // overload
		"duration: 8s\nclient: {timeout: 60ms}\nserver: {block_after: 0}\n",             // timeouts
		"duration: 8s\nstep: 0ms\nserver: {latency: {incoming: 'exponential(40ms)'}}\n", // continuous
	} {
		sc := parse(t, head)
		for i := range sc.Strategies {
			st := &sc.Strategies[i]
			for seed := uint64(1); seed <= 2; seed++ {
				c := &ledgerCheck{
					t: t, recorder: metrics.NewRecorder(virtual.Epoch, false),
					place: map[int64]clients.Kind{}, cause: map[int64]clients.Kind{},
				}
				if _, err := (virtualRun{scenario: sc, strategy: st, seed: seed, observer: c, skipIdle: true}).run(sc.Duration); err != nil {
					t.Fatal(err)
				}
				if c.want.Succeeded == 0 || c.events < 1000 {
					t.Errorf("%s: %d events and %d successes test nothing", st.Name, c.events, c.want.Succeeded)
				}
			}
		}
	}
}

// The figures that the physics of the limit lead to, for an ideal client.
func TestIdealClientFigures(t *testing.T) {
	sc := parse(t, "duration: 60s\nruns: 3\nserver: {block_after: 0}\n")
	got := map[string]metrics.Run{}
	for _, r := range runsOf(t, sc) {
		sum := got[r.Strategy]
		sum.Duration += r.Duration
		sum.Ledger.Succeeded += r.Ledger.Succeeded
		sum.Responses.RateLimited += r.Responses.RateLimited
		sum.Responses.BadNonce += r.Responses.BadNonce
		sum.Expirations += r.Expirations
		got[r.Strategy] = sum
	}
	for _, c := range []struct {
		strategy             string
		ok, limited, expired float64 // per second
	}{
		{"fixed-interval+buffer", 84.7, 0, 8.5},
		{"buffer-only", 91.0, 2.6, 0.3},
		{"headroom", 91.0, 0, 2.7},
		{"spaced", 95.0, 0, 0},
	} {
		r := got[c.strategy]
		s := r.Duration.Seconds()
		near(t, c.strategy+" ok/s", r.TPS(), c.ok, 1)
		near(t, c.strategy+" 429/s", float64(r.Responses.RateLimited)/s, c.limited, 0.5)
		near(t, c.strategy+" expired/s", float64(r.Expirations)/s, c.expired, 1)
	}
	if spaced := got["spaced"].Responses; spaced.RateLimited > 0 || spaced.BadNonce > 0 {
		t.Errorf("spaced by more than J: %d 429s and %d 400s, want none", spaced.RateLimited, spaced.BadNonce)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.2f, want %.2f ± %v", what, got, want, tolerance)
	}
}

func TestBufferOnlyLosesItsKeys(t *testing.T) {
	sc := parse(t, "duration: 60s\nruns: 8\n")
	sc.Strategies = []scenario.Strategy{*strategy(t, sc, "buffer-only")}
	keys, tps, n := 0, 0.0, 0
	for _, r := range runsOf(t, sc) {
		n++
		keys += r.KeysBlocked
		tps += r.TPS()
	}
	near(t, "keys blocked per run", float64(keys)/float64(n), 5, 0.2)
	near(t, "ok/s", tps/float64(n), 30.4, 2)
}

func BenchmarkBlog(b *testing.B) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load("../scenarios/blog.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for i := range sc.Strategies {
		st := &sc.Strategies[i]
		b.Run(st.Name, func(b *testing.B) {
			b.ReportAllocs()
			var events uint64
			for b.Loop() {
				r := metrics.NewRecorder(virtual.Epoch, false)
				k, err := virtualRun{scenario: sc, strategy: st, seed: 1, observer: r, skipIdle: true}.run(25 * time.Second)
				if err != nil {
					b.Fatal(err)
				}
				r.Finish(k.Now())
				events += k.Events()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/run")
		})
	}
}
