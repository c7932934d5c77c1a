package harness

import (
	"testing"
	"testing/fstest"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// strategies are the seeds' and what the project makes of them, for tests.
const strategies = `
strategies:
  - name: fixed-interval+buffer
    limiter: {kind: fixed-interval}
  - name: buffer-only
    limiter: {kind: window, poll: 1ms}
  - name: headroom
    limiter: {kind: window, headroom: 50ms}
  - name: adaptive-drop
    limiter: {kind: adaptive}
  - name: adaptive-queue
    limiter: {kind: adaptive}
    queue: {dead_letter: {max_retries: 5}, backpressure: {max: 100, pause: 500ms}}
  - name: dead-letter
    limiter: {kind: window, poll: 1ms}
    client: {workers_per_key: 3, nonce: increasing}
    queue: {dead_letter: {max_retries: 2}}
  - name: spaced
    limiter: {kind: fixed-interval, interval: 50ms, headroom: 51ms, poll: 0ms}
    client: {workers_per_key: 3}
`

// parse makes a scenario of the given head and the strategies above.
func parse(t testing.TB, head string) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("test.yaml", []byte("version: 1\n"+head+strategies), fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// strategy returns the strategy of this name.
func strategy(t testing.TB, sc *scenario.Scenario, name string) *scenario.Strategy {
	t.Helper()
	for i := range sc.Strategies {
		if sc.Strategies[i].Name == name {
			return &sc.Strategies[i]
		}
	}
	t.Fatalf("no strategy %q", name)
	return nil
}
