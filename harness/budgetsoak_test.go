package harness

import (
	"testing"
	"time"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

// troubled is four processes whose clocks are up to 200 ppm off and which crash
// now and then, with a store that goes down, forgets everything, and is replaced
// by one whose clock is behind.
const troubled = `
version: 1
duration: 60s
runs: 1
server: {keys: 1, limit: 20/1s, resolution: 0s, block_after: 0, nonces: false}
load:
  step: 0s
  ttl: 24h
  sources:
    - {every: exponential(200ms)}
    - {every: exponential(500ms), number: 3}
client:
  processes: 4
  workers_per_key: 8
  clock: {drift: 200}
  crashes: {every: exponential(5m), for: "uniform(0s, 20s)"}
strategies:
  - name: safe
    limiter: {kind: none}
    queue: {dead_letter: {max_retries: 1000000}}
    client:
      budget:
        kind: slots
        mode: safe
        store:
          outages:
            - {at: 100s, for: 10s, every: 170s}
            - {at: 250s, for: 7s, every: 410s, lose: true}
            - {at: 380s, for: 3s, every: 730s, behind: 1s}
`

// No 429 and no request lost, whatever happens to the store, the processes and
// their clocks.
func TestSoakBudgets(t *testing.T) {
	length := soakLength(t)
	for _, mode := range []string{"safe", "pessimistic"} {
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("troubled.yaml", []byte(troubled), nil)
		if err != nil {
			t.Fatal(err)
		}
		sc.Duration = max(length, 20*time.Minute)
		st := &sc.Strategies[0]
		if err := st.Client.Budget.Mode.UnmarshalText([]byte(mode)); err != nil {
			t.Fatal(err)
		}
		recorder := metrics.NewRecorder(virtual.Epoch, false)
		var calls *int
		kernel, err := virtualRun{scenario: sc, strategy: st, seed: 1, observer: recorder, skipIdle: true, calls: &calls}.run(sc.Duration)
		if err != nil {
			t.Fatal(err)
		}
		r := recorder.Finish(kernel.Now())
		l := r.Ledger
		t.Logf("%s: %d requests in %v, %d answers that crashes lost, %d waiting at the end, %d calls of the store",
			mode, l.Generated, sc.Duration, r.Responses.Error, l.Queued+l.InFlight, *calls)
		if r.Responses.RateLimited > 0 {
			t.Errorf("%s: %d answers 429, want none", mode, r.Responses.RateLimited)
		}
		if lost := l.Expired + l.Failed + l.Graveyard; lost > 0 || !l.Balanced() {
			t.Errorf("%s: %d requests lost, want none: %+v", mode, lost, l)
		}
		if r.Responses.Error == 0 {
			t.Errorf("%s: no crash lost an answer, want some", mode)
		}
		if l.Succeeded < l.Generated*9/10 {
			t.Errorf("%s: %d of %d requests succeeded, want nine of ten", mode, l.Succeeded, l.Generated)
		}
	}
}
