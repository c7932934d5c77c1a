package harness

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/harness/backend"
	"ratebench/harness/live"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
	"ratebench/server/memnet"
)

// eventLog keeps every event.
type eventLog struct{ events *[]clients.Event }

func (l *eventLog) Observe(e *clients.Event) { *l.events = append(*l.events, *e) }

// lockedLog is an eventLog for many goroutines.
type lockedLog struct {
	mu sync.Mutex
	eventLog
}

func (l *lockedLog) Observe(e *clients.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eventLog.Observe(e)
}

// A record is one event without what differs between worlds for good reason:
// the epoch.
type record struct {
	ID      int64
	At      time.Duration
	Kind    string
	Key     int
	Retries int
	Status  int
	Blocked bool
	Timeout bool
}

// byRequest orders events by request; those of one request stay in order.
func byRequest(events []clients.Event) []record { return recordsSince(virtual.Epoch, events) }

func recordsSince(start time.Time, events []clients.Event) []record {
	records := make([]record, len(events))
	for i, e := range events {
		records[i] = record{
			ID: e.Request.ID, At: e.Time.Sub(start), Kind: e.Kind.String(), Key: e.Key, Retries: e.Request.Retries,
			Status: e.Outcome.Status, Blocked: e.Outcome.Blocked, Timeout: e.Outcome.Err == clients.ErrTimeout,
		}
	}
	slices.SortStableFunc(records, func(a, b record) int { return cmp.Compare(a.ID, b.ID) })
	return records
}

// oneByOne starts processes in the order in which they are asked for, as the
// kernel does: each runs until it blocks before the next one starts.
type oneByOne struct{ *live.Runtime }

func (r oneByOne) Go(name string, f func()) {
	r.Runtime.Go(name, f)
	synctest.Wait()
}

// The HTTP handler, the HTTP client and the live runtime, on the fake clock of
// a bubble, against the kernel: every event of every request is the same.
// Two events at one instant have no order that both worlds would have to agree
// on. Latencies are continuous here for that reason, and where expired requests
// would come back together, with one new deadline, the TTL is long.
func TestHTTPAgreesWithTheKernel(t *testing.T) {
	const head = `
duration: 6s
step: 0ms
server: {latency: {incoming: "uniform(0ms, 50ms)", outgoing: "exponential(25ms)"}}
client: {timeout: 120ms}
`
	agreeWithEitherTTL(t, head)
}

// The same with everything breaking that can break. The server's clock is
// continuous, too, and nonces do not wait for the next millisecond: some faults
// are answered at once, and by whole milliseconds many requests leave at one
// instant.
func TestFaultsAgreeInBothWorlds(t *testing.T) {
	const head = `
duration: 6s
step: 0ms
server:
  resolution: 0ms
  latency: {incoming: "uniform(0ms, 50ms)", outgoing: "exponential(25ms)"}
  stages: [{at: 3s, limit: 15/1s}, {at: 5s, limit: 20/1s}]
  faults:
    {error_500: 0.03, error_503: 0.03, spike: 0.03, spike_latency: "uniform(50ms, 300ms)", hang: 0.02,
     reset_before: 0.03, reset_after: 0.03, malformed: 0.03,
     outages: [{at: 2s, for: 500ms}, {at: 4s, for: 300ms, lose: true}]}
client: {timeout: 200ms, nonce: increasing}
`
	agreeWithEitherTTL(t, head)
}

// The same by other policies, which other dialects tell.
func TestPoliciesAgreeInBothWorlds(t *testing.T) {
	for name, server := range map[string]string{
		"github, several limits": `
  limits:
    - {name: core, window: 60/3s, count: first}
    - {name: second, window: 25/1s, count: counter, hidden: true, counts: all}
  dialect: github`,
		"shopify": `
  limits: [{name: app, bucket: 20, refill: 18/1s}]
  penalty: {after: 5, within: 1s, ban: [300ms, 700ms]}
  dialect: shopify`,
		"openai, in order": `
  limits:
    - {name: requests, bucket: 12, refill: 16/1s, every: 100ms}
    - {name: parallel, concurrency: 1, scope: [key, route]}
  charge: in-order
  dialect: openai`,
		"kraken": `
  limits: [{name: counter, bucket: 20, refill: 15/1s}]
  penalty: {after: 3, within: 1s, ban: [500ms], extend: true, scope: ip}
  answers: {status: 200, retry_after: none, body: '{"error":["EAPI:Rate limit exceeded"]}'}`,
	} {
		t.Run(name, func(t *testing.T) {
			agreeOnServer(t, server)
		})
	}
}

// A queue delays requests, some of them for longer than clients wait.
func TestQueuesAgreeInBothWorlds(t *testing.T) {
	agreeOnServer(t, `
  limits: [{name: slow, queue: 17/1s, length: 5}]
  dialect: none`)
}

// Requests of several kinds are the same in both worlds, and so is what each is
// charged with and turns out to cost.
func TestKindsAgreeInBothWorlds(t *testing.T) {
	for name, limits := range map[string]string{
		"by route": `[{window: 25/1s}, {window: 14/1s, scope: [key, route]}, {window: 5/1s, routes: [write]}]`,
		"by cost":  `[{window: 40/1s}, {bucket: 60, refill: 50/1s, cost: points, settle: true}]`,
		"by thing": `[{window: 60/1s}, {window: 3/1s, routes: [write], scope: [key, resource]}, {concurrency: 3}]`,
		"told":     `[{name: requests, bucket: 12, refill: 16/1s, every: 100ms}, {name: tokens, bucket: 60, refill: 50/1s, cost: points, settle: true}], dialect: openai`,
	} {
		t.Run(name, func(t *testing.T) {
			head := `
duration: 6s
step: 0ms
server: {resolution: 0ms, nonces: false, latency: {incoming: "uniform(0ms, 50ms)", outgoing: "exponential(25ms)"}, block_after: 0, limits: ` + limits + `}
client: {timeout: 200ms, nonce: increasing}
load:
  mix:
    - {route: read, share: 70%, cost: {points: 1}}
    - {route: write, share: 20%, cost: {points: "uniform(1, 9)"}, settled: {points: 3}, resource: 4}
    - {route: search, share: 10%, cost: 3}
`
			agree(t, few(parse(t, head+"  ttl: 400ms\n")), few(parse(t, head+"  ttl: 5s\n")))
		})
	}
}

// Limits of every kind change at the same time in both worlds.
func TestStagesAgreeInBothWorlds(t *testing.T) {
	for name, server := range map[string]string{
		"windows": `
  limits: [{name: a, window: 60/3s, count: first}, {name: b, window: 25/1s, count: counter}, {name: c, window: 20/1s}, {name: d, window: 30/1s, count: aligned}]
  stages: [{at: 2s, limits: [{name: c, window: 14/1s}]}, {at: 3500ms, limits: [{name: a, window: 30/3s}, {name: d, window: 12/500ms}]}, {at: 5s, limits: [{name: b, window: 10/1s}]}]`,
		"buckets": `
  limits: [{name: a, bucket: 20, refill: 18/1s}, {name: b, bucket: 40, refill: 40/1s, every: 100ms}]
  stages: [{at: 2s, limits: [{name: a, refill: 12/1s}]}, {at: 4s, limits: [{name: a, bucket: 30, refill: 25/1s}, {name: b, every: 500ms, refill: 15/1s}]}]
  dialect: shopify`,
		"concurrency": `
  limits: [{name: a, concurrency: 3}, {name: b, window: 40/1s}]
  stages: [{at: 3s, limits: [{name: a, concurrency: 1}]}]`,
		"queue": `
  limits: [{name: a, queue: 17/1s, length: 5}]
  stages: [{at: 3s, limits: [{name: a, queue: 10/1s, length: 2}]}]
  dialect: none`,
	} {
		t.Run(name, func(t *testing.T) {
			agreeOnServer(t, "\n  block_after: 0"+server)
		})
	}
}

// Requests of several kinds are so, too, to an API that is open to any client, which
// would else go by the path.
func TestKindsAgreeWithAnOpenAPI(t *testing.T) {
	head := `
duration: 6s
step: 0ms
server:
  resolution: 0ms
  nonces: false
  block_after: 0
  latency: {incoming: "uniform(0ms, 50ms)", outgoing: "exponential(25ms)"}
  limits: [{window: 25/1s}, {window: 5/1s, routes: [write]}, {bucket: 60, refill: 50/1s, cost: points, settle: true}]
client: {timeout: 200ms}
load:
  mix: [{route: read, share: 70%, cost: {points: 1}, match: [/read]}, {route: write, share: 30%, cost: {points: "uniform(1, 9)"}, settled: {points: 3}}]
`
	open := func(sc *scenario.Scenario, seed uint64) (*backend.Backend, error) {
		return backend.NewOpen(sc, seed, true)
	}
	agreeWith(t, open, few(parse(t, head+"  ttl: 400ms\n")), few(parse(t, head+"  ttl: 5s\n")))
}

// agreeOnServer is agree on a server without nonces of which more is said.
func agreeOnServer(t *testing.T, server string) {
	head := `
duration: 6s
step: 0ms
server:
  resolution: 0ms
  nonces: false
  latency: {incoming: "uniform(0ms, 50ms)", outgoing: "exponential(25ms)"}` + server + `
client: {timeout: 200ms, nonce: increasing}
`
	agree(t, few(parse(t, head+"load: {ttl: 400ms}\n")), few(parse(t, head+"load: {ttl: 5s}\n")))
}

// few leaves of a scenario, under -short, a strategy that drops what is refused and
// one that puts it back: all of them go through HTTPAgreesWithTheKernel.
func few(sc *scenario.Scenario) *scenario.Scenario {
	if testing.Short() {
		sc.Strategies = slices.DeleteFunc(sc.Strategies, func(st scenario.Strategy) bool {
			return st.Name != "headroom" && st.Name != "adaptive-queue"
		})
	}
	return sc
}

// agreeWithEitherTTL is agree on a scenario whose load is yet to be said.
func agreeWithEitherTTL(t *testing.T, head string) {
	agree(t, parse(t, head+"load: {ttl: 400ms}\n"), parse(t, head+"load: {ttl: 5s}\n"))
}

// agree compares the worlds, strategy by strategy. Those that put expired
// requests back are compared on the patient scenario.
func agree(t *testing.T, hurried, patient *scenario.Scenario) {
	agreeWith(t, backend.New, hurried, patient)
}

// agreeWith is agree with a backend of one's own behind HTTP.
func agreeWith(t *testing.T, newBackend func(*scenario.Scenario, uint64) (*backend.Backend, error), hurried, patient *scenario.Scenario) {
	for i := range hurried.Strategies {
		sc := hurried
		if sc.Strategies[i].Queue.DeadLetter != nil {
			sc = patient
		}
		st := &sc.Strategies[i]
		t.Run(st.Name, func(t *testing.T) {
			var inKernel []clients.Event
			if _, err := (virtualRun{scenario: sc, strategy: st, seed: 7, observer: &eventLog{&inKernel}, skipIdle: true}).run(sc.Duration); err != nil {
				t.Fatal(err)
			}
			var overHTTP []clients.Event
			var start time.Time
			synctest.Test(t, func(t *testing.T) {
				// The kernel's epoch and the bubble's differ; ticks of the
				// clocks agree because both are whole seconds.
				b, err := newBackend(sc, 7)
				if err != nil {
					t.Fatal(err)
				}
				ln := memnet.Listen()
				local, err := backend.ServeOn(ln, b)
				if err != nil {
					t.Fatal(err)
				}
				rt := live.New(context.Background())
				start = rt.Start()
				local.Begin(rt)
				transport := &http.Transport{DialContext: ln.Dial, MaxIdleConnsPerHost: 100}
				log := &lockedLog{eventLog: eventLog{&overHTTP}}
				caller := newLiveCaller(rt, transport, "http://server", sc, 7)
				w := world{runtime: oneByOne{rt}, caller: func(int) clients.Caller { return caller }, observer: log, delayed: true}
				if err := w.startClient(sc, st, 7); err != nil {
					t.Fatal(err)
				}
				if err := rt.Run(sc.Duration); err != nil {
					t.Error(err)
				}
				transport.CloseIdleConnections()
				local.Close()
			})
			// What happens at the very end is not part of the run in virtual
			// time, and a matter of chance in real time.
			overHTTP = slices.DeleteFunc(overHTTP, func(e clients.Event) bool { return e.Time.Sub(start) >= sc.Duration })
			want, got := byRequest(inKernel), recordsSince(start, overHTTP)
			if len(want) < 1500 {
				t.Errorf("%d events prove little", len(want))
			}
			if !slices.Equal(want, got) { // which is found out sooner than how
				t.Errorf("kernel (-) and HTTP (+) differ:\n%.4000s", gocmp.Diff(want, got))
			}
		})
	}
}
