package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/load"
	"ratebench/harness/scenario/notation"
)

const ms = time.Millisecond

// asText compares distributions by their notation and grid, and limiters by
// their configuration, which has what their parameters are bound to.
var asText = cmp.Options{
	cmp.Transformer("text", func(d dist.Dist) string {
		if d == nil {
			return "none"
		}
		return d.String() + " on " + dist.FormatDuration(d.Step())
	}),
	cmpopts.IgnoreFields(client.Limiter{}, "Parameters"),
}

func TestDefaults(t *testing.T) {
	text := "version: 1\nduration: 25s\nstrategies: [{name: a, limiter: {kind: window}}]\n"
	got, err := testLoader().Parse("dir/my-blog.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Reference()
	want.Name = "my-blog"
	want.Path = "dir/my-blog.yaml"
	want.SHA256 = sum(text)
	want.Duration = 25 * time.Second
	want.Strategies = []Strategy{{
		Name:    "a",
		Limiter: client.Limiter{Kind: "window", Scope: client.ScopeKey, Share: client.ShareWhole, Config: &spacing{}},
		Client:  client.Client{WorkersPerKey: 1, Timeout: time.Second, Nonce: client.NonceTimestamp, Runtime: client.Runtime{Kind: client.RuntimeGoroutines}, Clock: client.Clock{Rate: 1}, Processes: 1},
	}}
	if diff := cmp.Diff(want, got, asText); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func sum(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

func TestReference(t *testing.T) {
	want := &Scenario{
		Name: "reference",
		Runs: 20,
		Seed: 1,
		Step: ms,
		Server: api.Server{
			Keys:       5,
			Limit:      Limit{N: 20, Window: time.Second},
			Incoming:   parseDist(t, "uniform(0ms, 50ms)", ms),
			Outgoing:   parseDist(t, "uniform(0ms, 50ms)", ms),
			Resolution: ms,
			BlockAfter: 10,
			Faults:     faults.Config{SpikeLatency: parseDist(t, "uniform(200ms, 800ms)", ms)},
		},
		Load: load.Generator{Step: ms, Every: parseDist(t, "uniform(0ms, 21ms)", ms), Burst: 1, TTL: time.Second},
	}
	got := Reference()
	if diff := cmp.Diff(want, got, asText); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := got.Server.Quota(), (limiter.Quota{Limit: 20, Window: time.Second, Resolution: ms}); got != want {
		t.Errorf("quota %+v, want %+v", got, want)
	}
}

func parseDist(t *testing.T, text string, step time.Duration) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text, step, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// full sets everything, in an order of sections that is not the order in
// which they depend on each other.
const full = `# a comment
expect:
  - {strategy: quick+1, metric: tps, over: slow_2.0, ratio: [0.5, 1.5e1]}
  - strategy: slow_2.0
    metric: 429
    between: [-1, 1]
strategies:
  - name: quick+1
    limiter: {kind: adaptive, poll: 2ms, headroom: {min: 10ms, factor: 2}, measure: send, jitter: true, seed: 7, limit: 3/10ms}
    guard: {in_flight: 2, order: true, latency: 60ms, penalty: 1s}
    retry: {max: 3, base: 10ms, cap: 0s, jitter: decorrelated}
    client: {nonce: timestamp}
    queue: {dead_letter: {}, backpressure: {max: 7}}
  - queue:
      dead_letter:
        max_retries: 0
      backpressure:
        pause: 1m
    retry: {}
    limiter:
      interval: 1s
      kind: fixed-interval
      scope: worker
      share: split
    name: "slow_2.0"
  - {name: polls, limiter: {kind: fixed-interval, poll: 0}}
client:
  workers_per_key: 3
  timeout: 2s
  nonce: counter
  runtime: {kind: event-loop, per_request: 3ms, per_wakeup: 100us, generator: 1ms}
  clock: {rate: 0.99, jumps: [{at: 10s, by: -2s}, {at: 1m, by: 1h}]}
load: {ttl: 1500ms, every: exponential(105us), step: 10us, burst: 4, count: 1000}
server:
  headers: {received_at: true, rate_limit: true}
  stages:
    - {at: 10s, limit: 5/1s}
    - {at: 80s, limit: 20/2s}
  faults:
    {error_500: 0.1, error_503: 0.2, spike: 0.05, hang: 0.01, reset_before: 0.02, reset_after: 0.03, malformed: 0.04,
     outages: [{at: 5s, for: 1s}, {at: 6s, for: 500ms, lose: true}]}
  block_after: 0
  resolution: 0
  latency: {outgoing: empirical(sample.csv), incoming: "uniform(0ms, 2500µs)"}
  limit: 7/1051ms
  keys: 100000
step: 500us
seed: 18446744073709551615
runs: 1
duration: 1m30s
question: >
  Which of two
  is better?
name: two
version: 1
`

func TestEveryField(t *testing.T) {
	fsys := fstest.MapFS{"sample.csv": {Data: []byte("1\n2\n")}}
	got, err := testLoader().Parse("full.yaml", []byte(full), fsys)
	if err != nil {
		t.Fatal(err)
	}
	step := 500 * time.Microsecond
	own := client.Client{WorkersPerKey: 3, Timeout: 2 * time.Second, Nonce: client.NonceCounter, Runtime: client.Runtime{Kind: client.RuntimeEventLoop, PerRequest: 3 * ms, PerWakeUp: 100 * time.Microsecond, Generator: ms},
		Clock: client.Clock{Rate: 0.99, Jumps: []client.Jump{{At: 10 * time.Second, By: -2 * time.Second}, {At: time.Minute, By: time.Hour}}}, Processes: 1}
	stamped := own
	stamped.Nonce = client.NonceTimestamp
	want := &Scenario{
		Name:     "two",
		Question: "Which of two is better?",
		Duration: 90 * time.Second,
		Runs:     1,
		Seed:     18446744073709551615,
		Step:     step,
		Server: api.Server{
			Keys:     100000,
			Limit:    Limit{N: 7, Window: 1051 * ms},
			Incoming: parseDist(t, "uniform(0ms, 2500µs)", step),
			Outgoing: got.Server.Outgoing, // below
			Headers:  api.Headers{ReceivedAt: true, RateLimit: true},
			Faults: faults.Config{
				Error500: 0.1, Error503: 0.2, Spike: 0.05, SpikeLatency: parseDist(t, "uniform(200ms, 800ms)", step),
				Hang: 0.01, ResetBefore: 0.02, ResetAfter: 0.03, Malformed: 0.04,
				Outages: []faults.Outage{{At: 5 * time.Second, For: time.Second}, {At: 6 * time.Second, For: 500 * ms, Lose: true}},
			},
			Stages: []api.Stage{{At: 10 * time.Second, Limit: Limit{N: 5, Window: time.Second}}, {At: 80 * time.Second, Limit: Limit{N: 20, Window: 2 * time.Second}}},
		},
		Load: load.Generator{Step: 10 * time.Microsecond, Every: parseDist(t, "exponential(105us)", 10*time.Microsecond), Burst: 4, Count: 1000, TTL: 1500 * ms},
		Strategies: []Strategy{
			{
				Name: "quick+1",
				Limiter: client.Limiter{Kind: "adaptive", Poll: 2 * ms, Scope: client.ScopeKey, Share: client.ShareWhole, Config: &everyType{
					Headroom: headroom{Start: 40 * ms, Min: 10 * ms, Max: 50 * ms, Factor: 2, Samples: 100},
					Measure:  "send",
					Jitter:   true,
					Seed:     7,
					Limit:    Limit{N: 3, Window: 10 * ms},
				}},
				Guard:  limiter.Guards{InFlight: 2, Order: true, Latency: 60 * ms, Penalty: time.Second},
				Client: stamped,
				Retry:  &client.Retry{Max: 3, Backoff: backoff.Rule{Base: 10 * ms, Jitter: backoff.JitterDecorrelated}},
				Queue:  client.Queue{DeadLetter: &client.DeadLetter{MaxRetries: 5}, Backpressure: &client.Backpressure{Max: 7, Pause: 500 * ms}},
			},
			{
				Name:    "slow_2.0",
				Limiter: client.Limiter{Kind: "fixed-interval", Poll: ms, Scope: client.ScopeWorker, Share: client.ShareSplit, Config: &spacing{Interval: time.Second}},
				Client:  own,
				Retry:   &client.Retry{Max: 5, Backoff: backoff.Rule{Base: 50 * ms, Cap: 2 * time.Second, Jitter: backoff.JitterFull}},
				Queue:   client.Queue{DeadLetter: &client.DeadLetter{MaxRetries: 0}, Backpressure: &client.Backpressure{Max: 100, Pause: time.Minute}},
			},
			{
				Name:    "polls",
				Limiter: client.Limiter{Kind: "fixed-interval", Scope: client.ScopeKey, Share: client.ShareWhole, Config: &spacing{Interval: 50 * ms}},
				Client:  own,
			},
		},
		Expect: []Expectation{
			{Strategy: "quick+1", Metric: "tps", Over: "slow_2.0", Ratio: &[2]float64{0.5, 15}, Line: 3},
			{Strategy: "slow_2.0", Metric: "429", Between: &[2]float64{-1, 1}, Line: 4},
		},
		SHA256: sum(full),
		Files:  map[string]string{"sample.csv": sum("1\n2\n")},
		Path:   "full.yaml",
	}
	if diff := cmp.Diff(want, got, asText); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := got.Server.Outgoing.String(), "empirical(sample.csv)"; got != want {
		t.Errorf("outgoing %s, want %s", got, want)
	}
}

// The same scenario as JSON, which YAML is meant to include, with Windows line
// ends and a byte order mark.
func TestJSON(t *testing.T) {
	text := "\ufeff{\"version\": 1, \"duration\": \"25s\",\r\n \"strategies\": [{\"name\": \"a\", \"limiter\": {\"kind\": \"window\"}}]}\r\n"
	s, err := testLoader().Parse("a.json", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Duration != 25*time.Second || len(s.Strategies) != 1 {
		t.Errorf("duration %v and %d strategies, want 25s and 1", s.Duration, len(s.Strategies))
	}
}

// A strategy's defaults are its own: what one sets must not reach another.
func TestStrategiesShareNothing(t *testing.T) {
	text := `version: 1
duration: 1s
strategies:
- {name: a, limiter: {kind: adaptive, measure: send}, client: {workers_per_key: 9}, queue: {dead_letter: {max_retries: 9}}}
- {name: b, limiter: {kind: adaptive}, queue: {dead_letter: {}}}
`
	s, err := testLoader().Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := s.Strategies[1]
	if c := b.Limiter.Config.(*everyType); c.Measure != "creation" || b.Client.WorkersPerKey != 1 || b.Queue.DeadLetter.MaxRetries != 5 {
		t.Errorf("second strategy has something of the first: %+v with limiter %+v", b, c)
	}
}

// A step that a default distribution does not suit is fine when there is no
// need for the default.
func TestStepWithOwnDistributions(t *testing.T) {
	text := `version: 1
duration: 1s
step: 7ms
server: {latency: {incoming: 14ms}}
load: {every: 21ms}
strategies: [{name: a, limiter: {kind: window}}]
`
	s, err := testLoader().Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Server.Outgoing.String(); got != "constant(14ms)" {
		t.Errorf("outgoing %s, want that of incoming, constant(14ms)", got)
	}
}

func TestNameAfterFile(t *testing.T) {
	text := []byte("version: 1\nduration: 1s\nstrategies: [{name: a, limiter: {kind: window}}]\n")
	_, err := testLoader().Parse("my scenario.yaml", text, nil)
	want := `my scenario.yaml:1:1: scenario has no name, and that of its file will not do: "my scenario" cannot name files`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s…", err, want)
	}
}

// A file's name that will not do as a folder's is refused with the reason, where
// nothing else names the scenario.
func TestNameAfterFileIsNotTaken(t *testing.T) {
	text := "version: 1\nduration: 1s\nstrategies: [{name: a, limiter: {kind: window}}]\n"
	for file, want := range map[string]string{
		"real.yaml":       "real is that of the folder of what is measured in real time",
		"index.html.yaml": "index.html is that of the page over all scenarios",
		"con.yaml":        "con cannot name files: to Windows it is the device CON",
	} {
		if _, err := testLoader().Parse(file, []byte(text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", file, err, want)
		}
		if _, err := testLoader().Parse(file, []byte("name: other\n"+text), nil); err != nil {
			t.Errorf("%s with another name: %v", file, err)
		}
	}
}

// Every limiter there is can be asked for with its defaults alone, and every
// parameter it declares has a notation.
func TestKinds(t *testing.T) {
	for _, k := range kinds.All() {
		text := "version: 1\nduration: 1s\nstrategies: [{name: a, limiter: {kind: " + k.Name + "}}]\n"
		s, err := Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		standard, _ := k.New()
		if diff := cmp.Diff(standard, s.Strategies[0].Limiter.Config, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Errorf("%s: not the defaults (-want +got):\n%s", k.Name, diff)
		}
	}
}

func TestUnknownParameterTypePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a parameter of a type without notation did not panic")
		}
	}()
	notation.Parameters{}.Fields("", []kinds.Parameter{{Name: "hosts", Value: new([]string)}})
}

// The scenarios of the repository load.
func TestLoad(t *testing.T) {
	paths, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		s, err := Loader{Kinds: kinds.All()}.Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Path != path {
			t.Errorf("path %s, want %s", s.Path, path)
		}
	}
}

func TestLoadReadsBesideScenario(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("sample.csv", "3ms\n5ms\n")
	path := write("x.yaml", "version: 1\nduration: 1s\nserver: {latency: {incoming: empirical(sample.csv)}}\nstrategies: [{name: a, limiter: {kind: window}}]\n")
	s, err := Loader{Kinds: kinds.All()}.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Server.Incoming.Mean(); got != 4*ms {
		t.Errorf("mean %v, want 4ms", got)
	}
}

// A limiter from outside can be asked for like those that come with the
// benchmark.
func TestKindFromOutside(t *testing.T) {
	outside := kinds.Kind{Name: "mine", Summary: "one of my own", New: func() (limiter.Config, []kinds.Parameter) {
		c := &spacing{Interval: time.Second}
		return c, []kinds.Parameter{{Name: "interval", Help: "least time between two departures", Value: &c.Interval}}
	}}
	loader := Loader{Kinds: append(kinds.All(), outside)}
	text := []byte("version: 1\nduration: 1s\nstrategies: [{name: a, limiter: {kind: mine, interval: 40ms}}, {name: b, limiter: {kind: paced}}]\n")
	s, err := loader.Parse("x.yaml", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Strategies[0].Limiter.Config.(*spacing).Interval; got != 40*ms {
		t.Errorf("interval %v, want 40ms", got)
	}
	if schema, err := loader.Schema(); err != nil || !strings.Contains(string(schema), `"limiter-mine"`) {
		t.Errorf("the schema does not have it: %v", err)
	}
	if _, err := (Loader{Kinds: kinds.All()}).Parse("x.yaml", text, nil); err == nil || !strings.Contains(err.Error(), `unknown limiter kind "mine"`) {
		t.Errorf("without it: %v", err)
	}
}
