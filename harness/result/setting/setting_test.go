package setting_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/kinds"
	"ratebench/harness/result/setting"
	"ratebench/harness/scenario"
)

const example = `
version: 1
name: example
duration: 60s
server:
  keys: 2
  limits: [{window: 20/1s}, {bucket: 40, refill: 2/1s}]
load:
  every: constant(10ms)
  stages: [{at: 20s, every: constant(5ms)}, {at: 40s, every: constant(10ms)}]
client: {workers_per_key: 3}
strategies:
  - {name: plain, limiter: {kind: none}}
  - name: back
    label: set back by 2 s
    limiter: {kind: paced, spread: 40ms}
    client: {clock: {jumps: [{at: 30s, by: -2s}]}}
`

func read(t *testing.T, yaml string) setting.Setting {
	t.Helper()
	path := filepath.Join(t.TempDir(), "example.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := setting.Text(sc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := setting.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	s := read(t, example)
	for key, want := range map[string]string{
		"keys":             "2",
		"latency.incoming": "uniform(0ms, 50ms)",
		"block_after":      "10",
	} {
		if got := setting.Value(s.Server, key); got != want {
			t.Errorf("server.%s is %q, want %q", key, got, want)
		}
	}
	if got := setting.Value(s.Server, "limits"); !strings.HasPrefix(got, "[{") || !strings.Contains(got, "window: 20/1s") || !strings.Contains(got, "bucket: 40") {
		t.Errorf("limits are %q", got)
	}
	back, ok := s.Find("back")
	if !ok || back.Label != "set back by 2 s" {
		t.Errorf("back is %+v", back)
	}
	for key, want := range map[string]string{"kind": "paced", "spread": "40ms", "client.workers_per_key": "3", "guard.penalty": "0ms"} {
		if got := setting.Value(back.Rows, key); got != want {
			t.Errorf("%s of back is %q, want %q", key, got, want)
		}
	}
	events := []setting.Event{
		{Kind: setting.Load, From: 20, To: 40, What: "a request every constant(5ms)"},
		{Kind: setting.Clock, From: 30, To: 30, Strategy: "back", What: "clock jumps by -2s"},
	}
	if diff := cmp.Diff(events, s.Events); diff != "" {
		t.Errorf("events: want (-), got (+)\n%s", diff)
	}
}

func TestStoreThatIsDownAgainAndAgain(t *testing.T) {
	s := read(t, `
version: 1
duration: 60s
client: {processes: 2, budget: {kind: slots, store: {latency: 1ms, outages: [{at: 10s, for: 2s, every: 20s}, {at: 55s, for: 1s}]}}}
server: {nonces: false}
strategies: [{name: a, limiter: {kind: none}}]
`)
	var from []float64
	for _, e := range s.Events {
		if e.Kind != setting.Store || e.Strategy != "a" {
			t.Errorf("found %+v, expected the store of a", e)
		}
		from = append(from, e.From)
	}
	if diff := cmp.Diff([]float64{10, 30, 50, 55}, from); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
}

func TestSweepHasNoPoints(t *testing.T) {
	s := read(t, `
version: 1
duration: 5s
sweep: [{name: cost, set: client.runtime.per_request, to: [0ms, 3ms]}]
strategies: [{name: a, limiter: {kind: none}}]
`)
	if diff := cmp.Diff([]string{"client.runtime.per_request"}, s.Sweep); diff != "" {
		t.Error(diff)
	}
	if len(s.Strategies) != 1 || s.Strategies[0].Name != "a" {
		t.Errorf("strategies are %+v", s.Strategies)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:                  "found no JSON",
		`[]`:                "found no JSON",
		`{}`:                "found neither server nor strategies",
		`{"strategies": 3}`: "found no scenario",
		`{"duration": "1s", "strategies": [{"name": "a"}, {"name": "a"}]}`:                                                   `"a" twice`,
		`{"duration": "1s", "strategies": [{"name": ""}]}`:                                                                   "without a name",
		`{"duration": "x", "strategies": [{"name": "a"}]}`:                                                                   "duration: ",
		`{"duration": "1s", "strategies": [{"name": "a", "client": {"clock": {"jumps": [{"at": "-3s"}]}}}]}`:                 "strategy a: found -3s",
		`{"duration": "1s", "load": {"every": "1ms", "stages": [{"at": "1", "every": "x"}]}, "strategies": [{"name": "a"}]}`: "load.stages: ",
	} {
		if _, err := setting.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func TestDiffering(t *testing.T) {
	same, differing := setting.Differing([][]setting.Row{
		{{Key: "kind", Value: "a"}, {Key: "poll", Value: "0ms"}, {Key: "window", Value: "1s"}},
		{{Key: "kind", Value: "b"}, {Key: "poll", Value: "0ms"}},
	})
	if diff := cmp.Diff([]setting.Row{{Key: "poll", Value: "0ms"}}, same); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"kind", "window"}, differing); diff != "" {
		t.Error(diff)
	}
}

// Whatever is read is refused, or has what can be shown: every row with a key, every
// event within a run.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"duration":"1m","server":{"limit":"20/1s","stages":[{"at":"1s"}]},"load":{"every":"1ms","stages":[{"at":"3s","every":"2ms"}]},"strategies":[{"name":"a","label":"b","limiter":{"kind":"none","x":null},"client":{"clock":{"jumps":[{"at":"1s","by":"-2s"}]}}}]}`))
	f.Add([]byte(`{"scenario":{"server":{"a":{"b":[1,{"c":"d"}]}}},"sweep":[{"set":"server.a"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := setting.Read(text)
		if err != nil {
			return
		}
		lists := [][]setting.Row{s.Server, s.Load}
		for _, st := range s.Strategies {
			lists = append(lists, st.Rows)
		}
		same, differing := setting.Differing(lists)
		keys := map[string]bool{}
		for _, list := range lists {
			for _, r := range list {
				keys[r.Key] = true
			}
		}
		if len(same)+len(differing) != len(keys) {
			t.Errorf("%d keys are %d the same and %d differing ones", len(keys), len(same), len(differing))
		}
		for _, e := range s.Events {
			if e.From < 0 || e.From > 100*24*3600 {
				t.Errorf("found %+v", e)
			}
		}
	})
}
