package client

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients/backoff"
	"ratebench/clients/budget"
	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/dist"
	"ratebench/harness/scenario/stream"
	"ratebench/harness/yamlfile"
)

const ms = time.Millisecond

// decode reads a text by a notation.
func decode(t *testing.T, n yamlfile.Notation, key, text string) error {
	t.Helper()
	source, err := yamlfile.NewSource("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.SyntaxTree(source, key, "a: 1")
	if err != nil {
		t.Fatal(err)
	}
	d := yamlfile.Decoder{Source: source}
	n.Decode(&d, yamlfile.Value{Key: key, Node: root})
	return d.Err()
}

// readClient reads a client of so many keys over the default.
func readClient(t *testing.T, keys int, text string) (Client, error) {
	c := Default()
	err := decode(t, Notation(&c, &keys), "client", text)
	return c, err
}

func TestDefault(t *testing.T) {
	want := Client{WorkersPerKey: 1, Timeout: time.Second, Nonce: "timestamp", Runtime: Runtime{Kind: "goroutines"}, Clock: Clock{Rate: 1}, Processes: 1}
	if diff := cmp.Diff(want, Default()); diff != "" {
		t.Error(diff)
	}
}

func TestReadClient(t *testing.T) {
	c, err := readClient(t, 1000, `{workers_per_key: 1000, timeout: 2s, nonce: counter, processes: 1000,
  runtime: {kind: threads, per_request: 1ms, per_wakeup: 2ms, generator: 1m},
  clock: {rate: 0.5, drift: 100000, jumps: [{at: 1s, by: -2s}, {at: 3s, by: 4s}]},
  crashes: {every: 1h, for: 2s},
  budget: {kind: leases, latency: 1s, slack: 2s, ahead: 3s, batch: 4, linger: 5ms, mode: optimistic, silent: 100ms, alone: 24h,
    store: {latency: 1ms, rate: 2, outages: [{at: 1s, for: 2s, every: 3s, lose: true, behind: 4s}]}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Crashes.Every.Mean() != time.Hour || c.Crashes.For.Mean() != 2*time.Second || c.Budget.Store.Latency.Mean() != ms {
		t.Errorf("crashes %+v, budget %+v", c.Crashes, c.Budget)
	}
	c.Crashes, c.Budget.Store.Latency = nil, nil
	want := Client{
		WorkersPerKey: 1000, Timeout: 2 * time.Second, Nonce: NonceCounter, Processes: 1000,
		Runtime: Runtime{Kind: RuntimeThreads, PerRequest: ms, PerWakeUp: 2 * ms, Generator: time.Minute},
		Clock:   Clock{Rate: 0.5, Drift: 100_000, Jumps: []Jump{{time.Second, -2 * time.Second}, {3 * time.Second, 4 * time.Second}}},
		Budget: &budgets.Config{
			Kind: budgets.Leases, Latency: time.Second, Slack: 2 * time.Second, Ahead: 3 * time.Second, Batch: 4, Linger: 5 * ms,
			Mode: budget.Optimistic, Silent: 100 * ms, Alone: 24 * time.Hour,
			Store: budgets.StoreConfig{Rate: 2, Outages: []budgets.Outage{{At: time.Second, For: 2 * time.Second, Every: 3 * time.Second, Lose: true, Behind: 4 * time.Second}}},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultBudget(t *testing.T) {
	c, err := readClient(t, 1, "{budget: {kind: slots}}")
	if err != nil {
		t.Fatal(err)
	}
	b := *c.Budget
	if lo, hi := b.Store.Latency.Support(); lo != 100*time.Microsecond || hi != ms {
		t.Errorf("the way to the store takes %v to %v", lo, hi)
	}
	b.Store.Latency = nil
	if diff := cmp.Diff(budgets.Config{Kind: budgets.Slots, Silent: 3 * time.Second, Alone: time.Minute, Store: budgets.StoreConfig{Rate: 1}}, b); diff != "" {
		t.Error(diff)
	}
}

func TestReadClientBad(t *testing.T) {
	for _, c := range []struct {
		keys       int
		text, want string
	}{
		{1001, "{workers_per_key: 1000}", "c.yaml:1:19: workers_per_key makes 1001000 workers for 1001 keys, want at most 1000000"},
		{1, "{workers_per_key: 0}", "1 to 1000"},
		{1, "{workers_per_key: 1001}", "1 to 1000"},
		{1, "{timeout: 0s}", "more than 0"},
		{1, "{nonce: uuid}", "uuid"},
		{1, "{processes: 0}", "1 to 1000"},
		{1, "{processes: 1001}", "1 to 1000"},
		{1, "{runtime: {per_wakeup: 1ms}}", "c.yaml:1:11: runtime of kind goroutines has per_wakeup 1ms, want that with event-loop or threads only"},
		{1, "{runtime: {per_request: 61s}}", "0ms to 1m"},
		{1, "{runtime: {generator: -1ms}}", "0ms to 1m"},
		{1, "{runtime: {kind: threads, per_wakeup: 61s}}", "0ms to 1m"},
		{1, "{clock: {rate: 0.09}}", "0.1 to 10"},
		{1, "{clock: {rate: 10.1}}", "0.1 to 10"},
		{1, "{clock: {drift: -1}}", "0 to 100000"},
		{1, "{clock: {drift: 100001}}", "0 to 100000"},
		{1, "{clock: {jumps: [{at: 0s, by: 1s}]}}", "more than 0"},
		{1, "{clock: {jumps: [{at: 1s}]}}", "jump has no by, want by: -2s"},
		{1, "{clock: {jumps: [{by: 1s}]}}", "jump has no at, want at: 10s"},
		{1, "{crashes: {every: 1s}}", "crashes has no for"},
		{1, "{crashes: {for: 1s}}", "crashes has no every"},
		{1, "{budget: {silent: 1s}}", "budget has no kind, want kind: slots"},
		{1, "{budget: {kind: none}}", "none"},
		{1, "{budget: {kind: none, batch: 2}}", "unknown kind \"none\""},
		{1, "{runtime: {kind: treads, per_wakeup: 1ms}}", "did you mean threads?"},
		{1, "{budget: {kind: slots, silent: 99ms}}", "100ms to 1h"},
		{1, "{budget: {kind: slots, alone: 0s}}", "more than 0"},
		{1, "{budget: {kind: slots, alone: 25h}}", "24h"},
		{1, "{budget: {kind: slots, mode: bold}}", "bold"},
		{1, "{budget: {kind: slots, spread: 1s}}", "c.yaml:1:32: spread is of a budget of kind grants+spread, and the kind is slots"},
		{1, "{budget: {kind: slots, batch: 1}}", "batch is of a budget of kind leases, and the kind is slots"},
		{1, "{budget: {kind: slots, linger: 1s}}", "linger is of a budget of kind leases, and the kind is slots"},
		{1, "{budget: {kind: gcra, latency: 1s}}", "latency is of a budget of kind slots or leases, and the kind is gcra"},
		{1, "{budget: {kind: gcra, slack: 1s}}", "slack is of a budget of kind slots or leases"},
		{1, "{budget: {kind: gcra, ahead: 1s}}", "ahead is of a budget of kind slots or leases"},
		{1, "{budget: {kind: gcra, mode: safe}}", "mode is of a budget of kind slots or leases"},
		{1, "{budget: {kind: leases, batch: 1001}}", "0 to 1000"},
		{1, "{budget: {kind: leases, batch: -1}}", "0 to 1000"},
		{1, "{budget: {kind: grants+spread, spread: 61m}}", "0ms to 1h"},
		{1, "{budget: {kind: slots, store: {rate: 0}}}", "0.1 to 10"},
		{1, "{budget: {kind: slots, store: {outages: [{at: 0s, for: 1s}]}}}", "more than 0"},
		{1, "{budget: {kind: slots, store: {outages: [{at: 1s, for: 0s}]}}}", "more than 0"},
		{1, "{budget: {kind: slots, store: {outages: [{at: 1s}]}}}", "outage has no for, want for: 10s"},
	} {
		_, err := readClient(t, c.keys, c.text)
		oneProblem(t, c.text, c.want, err)
	}
}

func oneProblem(t *testing.T, text, want string, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one with %q", text, err, want)
	} else if n := strings.Count(err.Error(), "c.yaml:"); n != 1 {
		t.Errorf("%s: %d problems, want one:\n%v", text, n, err)
	}
}

// As many workers as there can be are no mistake, nor are those of a client that says
// nothing of them.
func TestMostWorkers(t *testing.T) {
	if _, err := readClient(t, 1000, "{workers_per_key: 1000}"); err != nil {
		t.Error(err)
	}
	c, keys := Default(), 2000
	c.WorkersPerKey = 1000
	if err := decode(t, Notation(&c, &keys), "client", "{timeout: 1s}"); err != nil {
		t.Error(err)
	}
	c.Runtime.PerWakeUp = ms // from elsewhere
	if err := decode(t, Notation(&c, &keys), "client", "{timeout: 1s}"); err != nil {
		t.Error(err)
	}
}

// Keys of one kind of budget are not written with another.
func TestBudgetFields(t *testing.T) {
	for kind, want := range map[string]string{
		budgets.Independent: "", budgets.GCRA: "", budgets.GrantsSpread: "spread",
		budgets.Slots: "latency slack ahead mode", budgets.Leases: "latency slack ahead batch linger mode",
	} {
		var own []string
		for _, f := range budgetFields(&budgets.Config{Kind: kind, Mode: budget.Pessimistic}) {
			if f.Unset != nil && strings.Contains("spread latency slack ahead batch linger mode", f.Key) && !f.Unset() {
				own = append(own, f.Key)
			}
			if f.Key == "mode" && f.Text() != "pessimistic" {
				t.Errorf("the mode is written %s", f.Text())
			}
		}
		if got := strings.Join(own, " "); got != want {
			t.Errorf("a budget of kind %s has %q, want %q", kind, got, want)
		}
	}
	c := Default()
	for _, f := range processFields(&c) {
		if s := f.Describe(); f.Key == "budget" {
			for _, of := range keysOfKinds {
				if p := s.Properties.Of(of.key); p.Default != nil {
					t.Errorf("%s has the default %v", of.key, p.Default)
				}
			}
			if len(s.Dependent) != 7 || s.Dependent[4].Name != "batch" || !reflect.DeepEqual(s.Dependent[4].Schema.Properties.Of("kind").Enum, []any{"leases"}) {
				t.Errorf("keys depend on the kind so: %+v", s.Dependent)
			}
		}
	}
	for drift, want := range map[float64]bool{0: true, 1: false} {
		n := c
		n.Clock.Drift, n.Processes = drift, 1+int(drift)
		var unset [2]bool
		for _, f := range Fields(&n) {
			switch f.Key {
			case "processes":
				unset[0] = f.Unset()
			case "clock":
				unset[1] = f.Fields[1].Unset()
			}
		}
		if unset != [2]bool{want, want} {
			t.Errorf("processes and drift are unset: %v, want %v", unset, want)
		}
	}
}

func TestRetry(t *testing.T) {
	var r *Retry
	if err := decode(t, RetryNotation(&r), "retry", "{max: 7}"); err != nil {
		t.Fatal(err)
	}
	want := Retry{Max: 7, Backoff: backoff.Rule{Base: 50 * ms, Cap: 2 * time.Second, Jitter: backoff.JitterFull}}
	if *r != want || defaultRetry().Max != 5 {
		t.Errorf("%+v, want %+v", *r, want)
	}
	draw := r.Jitters(42)
	for _, at := range []struct {
		id int64
		n  int
	}{{0, 0}, {0, 1}, {1, 0}, {7, 1023}} {
		if got, want := draw(at.id, at.n), dist.U(42, stream.Retry, uint64(at.id)*1024+uint64(at.n)); got != want {
			t.Errorf("try %d of %d draws %v, want %v", at.n, at.id, got, want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"{max: 0}", "1 to 1000"},
		{"{max: 1001}", "1 to 1000"},
		{"{base: 0s}", "more than 0"},
		{"{cap: -1s}", "cap"},
		{"{cap: 49ms}", "c.yaml:1:1: retry: "},
		{"{jitter: some}", "some"},
	} {
		oneProblem(t, c.text, c.want, decode(t, RetryNotation(&r), "retry", c.text))
	}
	if err := decode(t, RetryNotation(&r), "retry", "{max: 1000, base: 50ms, cap: 50ms, jitter: none}"); err != nil {
		t.Error(err)
	}
}

func TestQueue(t *testing.T) {
	var q Queue
	if err := decode(t, QueueNotation(&q), "queue", "{dead_letter: {}, backpressure: {}}"); err != nil {
		t.Fatal(err)
	}
	if *q.DeadLetter != (DeadLetter{MaxRetries: 5}) || *q.Backpressure != (Backpressure{Max: 100, Pause: 500 * ms}) {
		t.Errorf("%+v, %+v", *q.DeadLetter, *q.Backpressure)
	}
	if err := decode(t, QueueNotation(&q), "queue", "{dead_letter: {max_retries: 0}, backpressure: {max: 1, pause: 1ns}}"); err != nil {
		t.Fatal(err)
	}
	if *q.DeadLetter != (DeadLetter{}) || *q.Backpressure != (Backpressure{Max: 1, Pause: 1}) {
		t.Errorf("%+v, %+v", *q.DeadLetter, *q.Backpressure)
	}
	for _, c := range []struct{ text, want string }{
		{"{dead_letter: {max_retries: -1}}", "0 to 1000000"},
		{"{dead_letter: {max_retries: 1000001}}", "0 to 1000000"},
		{"{backpressure: {max: 0}}", "1 to 1000000000"},
		{"{backpressure: {max: 1000000001}}", "1 to 1000000000"},
		{"{backpressure: {pause: 0s}}", "more than 0"},
	} {
		oneProblem(t, c.text, c.want, decode(t, QueueNotation(&q), "queue", c.text))
	}
}

func TestGuard(t *testing.T) {
	var g limiter.Guards
	if err := decode(t, GuardNotation(&g), "guard", "{in_flight: 1000000, latency: 50ms, order: true, penalty: 1s}"); err != nil {
		t.Fatal(err)
	}
	if g.InFlight != 1_000_000 || !g.Order || g.Latency != 50*ms || g.Penalty != time.Second {
		t.Errorf("%+v", g)
	}
	for _, c := range []struct{ text, want string }{
		{"{in_flight: -1}", "0 to 1000000"},
		{"{in_flight: 1000001}", "0 to 1000000"},
		{"{latency: -1ms, order: true}", "latency"},
		{"{penalty: -1ms}", "penalty"},
		{"{latency: 5ms}", "c.yaml:1:11: latency is what order: true waits for, and order is off"},
	} {
		g = limiter.Guards{}
		oneProblem(t, c.text, c.want, decode(t, GuardNotation(&g), "guard", c.text))
	}
	for _, order := range []bool{false, true} {
		g = limiter.Guards{Order: order}
		n := GuardNotation(&g)
		if unset := n.Fields[2].Unset(); unset == order {
			t.Errorf("with order %v the latency is unset: %v", order, unset)
		}
		var s yamlfile.Schema
		n.Refine(&s)
		if s.Properties.Of("latency").Default != nil || s.Dependent[0].Schema.Required[0] != "order" {
			t.Errorf("the schema is %+v", s)
		}
	}
}
