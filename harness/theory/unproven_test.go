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

// Of a limit that takes more than it charged nobody can promise anything, and what
// one gives back some limiters make no use of.
func TestSettledCosts(t *testing.T) {
	for settled, want := range map[string]string{
		"5":             "",
		"8":             "log points",
		"2":             "library points, even points",
		"uniform(1, 9)": "library points, even points, log points",
	} {
		charged := "5"
		if strings.HasPrefix(settled, "uniform") {
			charged = "uniform(2, 8)"
		}
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 10s
server: {nonces: false, limits: [{name: points, window: 20/1s, cost: points, settle: true}]}
load: {mix: [{route: any, share: 100%, cost: {points: "`+charged+`"}, settled: {points: "`+settled+`"}}]}
strategies:
  - {name: log, limiter: {kind: ack-clocked}}
  - {name: library, limiter: {kind: x-time-rate}}
  - {name: even, limiter: {kind: counter-paced, most: 20}}
  - {name: learn, limiter: {kind: learn}}
`), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range UnsettledOf(sc) {
			got = append(got, u.Row+" "+u.Limit)
			if u.Why == "" || !strings.Contains(u.String(), u.Why) {
				t.Errorf("no reason: %+v", u)
			}
		}
		for _, u := range UnprovenOf(sc) {
			if u.Row == "log" {
				got = append(got, u.Row+" "+u.Limit)
			}
			if u.Row == "learn" {
				t.Errorf("learn promises no more than some refusals, whatever settles: %v", u)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("settled %s: %v, want %s", settled, got, want)
		}
	}
}
