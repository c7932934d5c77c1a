package theory

import (
	"slices"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// What costs more than a limiter lets go at a time is named once, with the limit, at
// the points where it is so, and of limits that count it.
func TestUnsent(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 10s
server: {limits: [{name: w, window: 20/1s, routes: [read]}, {name: b, bucket: 30, refill: 30/1s}], nonces: false}
load: {mix: [{route: read, share: 50%, cost: "uniform(1, 4)"}, {route: write, share: 50%, cost: 5}]}
strategies:
  - {name: even, limiter: {kind: counter-paced}}
  - {name: most, limiter: {kind: counter-paced, most: 5}}
  - {name: log, limiter: {kind: ack-clocked}}
  - {name: none, limiter: {kind: none}}
sweep:
  - {name: at, set: load.mix.1.cost, to: [1, 5]}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range UnsentOf(sc) {
		got = append(got, u.String())
	}
	if want := []string{
		"even/1 never sends a read that costs 4 of limit w: counter-paced lets less go at a time",
		"even/5 never sends a read that costs 4 of limit w: counter-paced lets less go at a time",
		"even/5 never sends a write that costs 5 of limit b: counter-paced lets less go at a time",
	}; !slices.Equal(got, want) {
		t.Errorf("unsent: %q, want %q", got, want)
	}
}
