package theory

import (
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// A log is proven for windows and for buckets that hold as much, and an even pace
// for counters; what promises nothing is never named.
func TestUnproven(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 10s
strategies:
  - {name: log, limiter: {kind: ack-clocked}}
  - {name: even, limiter: {kind: counter-paced, spread: 50ms}}
  - {name: none, limiter: {kind: none}}
sweep:
  - {name: policy, set: server.limits, to: {log: [{window: 20/1s}], counter: [{name: c, window: 20/1s, count: counter}], small: [{bucket: 10, refill: 20/1s}]}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range UnprovenOf(sc) {
		got = append(got, u.Row+" "+u.Limit)
		if u.Why == "" || !strings.Contains(u.String(), u.Why) {
			t.Errorf("no reason: %+v", u)
		}
	}
	if want := "log/counter c, log/small bucket"; strings.Join(got, ", ") != want {
		t.Errorf("unproven: %v, want %s", got, want)
	}
}
