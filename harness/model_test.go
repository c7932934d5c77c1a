package harness

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
	"ratebench/harness/theory"
	"ratebench/harness/virtual"
	"ratebench/server"
)

// randomScenario writes a scenario of any kind that makes sense, and many that
// do not: overloads, faults, wrong clocks, costs, every limiter.
func randomScenario(rt *rapid.T) string {
	pick := func(label string, options ...string) string { return rapid.SampledFrom(options).Draw(rt, label) }
	number := func(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(rt, label) }
	latency := func(label string) string {
		return pick(label, "uniform(0ms, 50ms)", "constant(0ms)", "exponential(30ms)", "lognormal(20ms, 1)", "normal(200ms, 3ms)")
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1\nduration: %dms\nruns: 1\nstep: %s", number("duration", 1, 4000), pick("step", "0ms", "1ms", "1ms"))
	line("server:\n  keys: %d\n  limit: %d/%s\n  block_after: %d", number("keys", 1, 4), number("limit", 1, 25), pick("window", "100ms", "1s"), number("block", 0, 12))
	line("  resolution: %s", pick("resolution", "0ms", "1ms", "10ms"))
	line("  latency: {incoming: %q, outgoing: %q}", latency("in"), latency("out"))
	line("  headers: {received_at: %s, rate_limit: %s}", pick("received", "true", "false"), pick("budget", "true", "false"))
	line("  faults: {error_503: %s, spike: %s, hang: %s, reset_before: %s, reset_after: %s, malformed: %s}",
		pick("503", "0", "0.1"), pick("spike", "0", "0.1"), pick("hang", "0", "0.05"), pick("before", "0", "0.1"), pick("after", "0", "0.1"), pick("malformed", "0", "0.1"))
	line("load: {every: %q, burst: %d, count: %d, ttl: %s}", pick("every", "uniform(0ms, 21ms)", "constant(5ms)", "exponential(3ms)"),
		number("burst", 1, 5), pick0(rt, number("count", 1, 300)), pick("ttl", "1ms", "200ms", "1s", "10s"))
	line("client:\n  workers_per_key: %d\n  timeout: %s\n  nonce: %s", number("workers", 1, 6), pick("timeout", "1ms", "60ms", "1s"),
		pick("nonce", "timestamp", "increasing", "counter", "random"))
	line("  runtime: {kind: %s, per_request: %s, per_wakeup: %s, generator: %s}", pick("runtime", "event-loop", "threads"),
		pick("cost", "0ms", "2ms"), pick("wake", "0ms", "100us"), pick("generator", "0ms", "1ms"))
	line("  clock: {rate: %s, jumps: [{at: 500ms, by: %s}]}", pick("rate", "1", "0.9", "1.1"), pick("jump", "-1s", "1s"))
	all := kinds.All()
	line("strategies:\n- name: a\n  limiter: {kind: %s, poll: %s, scope: %s}", all[number("kind", 0, len(all)-1)].Name,
		pick("poll", "0ms", "0ms", "1ms", "7ms"), pick("scope", "key", "worker"))
	line("  guard: {in_flight: %d, order: %s, penalty: %s}", number("in flight", 0, 3), pick("order", "true", "false"), pick("penalty", "0ms", "50ms"))
	if rapid.Bool().Draw(rt, "retry") {
		line("  retry: {max: %d, jitter: %s}", number("retries", 1, 4), pick("jitter", "none", "full", "equal", "decorrelated"))
	}
	if rapid.Bool().Draw(rt, "queue") {
		line("  queue: {dead_letter: {max_retries: %d}, backpressure: {max: %d, pause: 20ms}}", number("dead letters", 0, 3), number("depth", 1, 50))
	}
	return b.String()
}

// pick0 is n or, as often, 0.
func pick0(rt *rapid.T, n int) int {
	if rapid.Bool().Draw(rt, "endless") {
		return 0
	}
	return n
}

// arrivals checks a server's verdicts against a count of what it has accepted.
type arrivals struct {
	rt       *rapid.T
	sc       *scenario.Scenario
	accepted map[int][]time.Time
}

func (a arrivals) judged(key int, r server.Reply) {
	if r.Verdict != server.OK && r.Verdict != server.BadNonce {
		return
	}
	a.accepted[key] = append(a.accepted[key], r.Arrived)
}

func (a arrivals) check() {
	limit, tick := a.sc.Server.Limit, a.sc.Server.Resolution
	for key, all := range a.accepted {
		for i := range all {
			at := all[i].Truncate(tick)
			n := 0
			for _, other := range all {
				if age := at.Sub(other.Truncate(tick)); age >= 0 && age <= limit.Window {
					n++
				}
			}
			if n > limit.N {
				a.rt.Fatalf("key %d: %d accepted within %v of %v, limit %v", key, n, limit.Window, all[i].Sub(virtual.Epoch), limit)
			}
		}
	}
}

// bytesOf is everything that a run leaves behind.
func bytesOf(rt *rapid.T, sc *scenario.Scenario, r metrics.Run) string {
	m := result.MetaOf(sc)
	m.Clock = "virtual"
	var b bytes.Buffer
	if err := table.Write(&b, result.Build(m, []metrics.Run{r}), table.JSON, table.Width); err != nil {
		rt.Fatal(err)
	}
	return b.String() + fmt.Sprint(r.Series, r.Ledger, r.Responses, r.Blocks)
}

func TestRandomScenarios(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := randomScenario(rt)
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("random.yaml", []byte(text), fstest.MapFS{})
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		st, seed := &sc.Strategies[0], uint64(rapid.IntRange(1, 1000).Draw(rt, "seed"))
		oracle := arrivals{rt: rt, sc: sc, accepted: map[int][]time.Time{}}
		recorder := metrics.NewRecorder(virtual.Epoch, false)
		kernel, err := virtualRun{scenario: sc, strategy: st, seed: seed, observer: recorder, judged: oracle.judged, skipIdle: true}.run(sc.Duration)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		r := recorder.Finish(kernel.Now())
		r.Strategy, r.Seed = st.Name, seed
		oracle.check()
		checkRun(rt, r)
		checkBound(rt, sc, theory.NewBounds(sc), r)

		again, err := runVirtual(context.Background(), sc, st, seed, Options{})
		if err != nil {
			rt.Fatal(err)
		}
		if a, b := bytesOf(rt, sc, r), bytesOf(rt, sc, again); a != b {
			rt.Fatalf("one seed, two results:\n%s\n%s\nof\n%s", a, b, text)
		}
	})
}

// checkRun checks what holds for any run.
func checkRun(rt *rapid.T, r metrics.Run) {
	if !r.Ledger.Balanced() {
		rt.Fatalf("ledger %+v", r.Ledger)
	}
	answers := r.Responses
	if n := answers.OK + answers.BadNonce + answers.Unauthorized + answers.RateLimited + answers.Blocked + answers.Timeout + answers.Error; answers.OK != r.Ledger.Succeeded || n < answers.OK {
		rt.Fatalf("responses %+v, ledger %+v", answers, r.Ledger)
	}
	p50, p99, top := r.Latency.Quantile(0.5), r.Latency.Quantile(0.99), r.Latency.Max()
	if p50 < 0 || p50 > p99 || p99 > top {
		rt.Fatalf("latency: p50 %v, p99 %v, max %v", p50, p99, top)
	}
	if r.Duration < 0 || r.Main.Mean < 0 || r.DLQ.Mean < 0 || r.Service.Mean() < 0 {
		rt.Fatalf("negative: duration %v, queues %v and %v, service %v", r.Duration, r.Main.Mean, r.DLQ.Mean, r.Service.Mean())
	}
	sum := 0
	for _, s := range r.Series {
		sum += s.OK
	}
	if sum != answers.OK {
		rt.Fatalf("%d successes in the series, %d in all", sum, answers.OK)
	}
}

// A user's limiter that panics takes its own strategy down, in both worlds,
// and the others are reported.
func TestAPanicEndsOneStrategy(t *testing.T) {
	for _, real := range []bool{false, true} {
		sc := parse(t, "duration: 1m\nruns: 1\nload: {count: 20}\n")
		sc.Strategies = sc.Strategies[:3]
		sc.Strategies[1].Limiter.Config = faulty{}
		runs, err := Run(context.Background(), sc, Options{Real: real})
		if err == nil || !strings.Contains(err.Error(), sc.Strategies[1].Name) || !strings.Contains(err.Error(), "a mistake in a limiter") {
			t.Errorf("real %v: got %.200v", real, err)
		}
		if len(runs) != 2 || runs[0].Strategy != sc.Strategies[0].Name || runs[1].Strategy != sc.Strategies[2].Name {
			t.Errorf("real %v: %d runs, want those of the other two strategies", real, len(runs))
		}
	}
}

// faulty is a limiter that panics at its third departure.
type faulty struct{}

func (faulty) Validate(limiter.Quota) error               { return nil }
func (faulty) New(limiter.Quota) (limiter.Limiter, error) { return &faultyLimiter{}, nil }

type faultyLimiter struct{ sent limiter.Ticket }

func (f *faultyLimiter) Next(now time.Time, _ int64) time.Time { return now }

func (f *faultyLimiter) Sent(time.Time, int64) limiter.Ticket {
	if f.sent++; f.sent == 3 {
		panic("a mistake in a limiter")
	}
	return f.sent - 1
}

func (f *faultyLimiter) Done(time.Time, limiter.Ticket, limiter.Outcome) {}
