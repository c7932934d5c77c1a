package theory

import (
	"fmt"
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

// What is promised of a limit does not hold when a stage lets less pass than the
// limiter was told.
func TestUnprovenByStages(t *testing.T) {
	for what, c := range map[string]struct{ limit, stage, want string }{
		"less":              {"window: 20/1s", "window: 10/1s", "log x, even x"},
		"more":              {"window: 20/1s", "window: 30/1s", ""},
		"slower":            {"window: 20/1s", "window: 30/2s", "log x, even x"},
		"wider":             {"window: 20/1s", "window: 40/2s", ""},
		"rate as it was":    {"window: 20/1s", "window: 10/500ms", "log x, even x"},
		"smaller bucket":    {"bucket: 40, refill: 20/1s", "bucket: 20, refill: 20/1s", "log x, even x"},
		"slower bucket":     {"bucket: 40, refill: 20/1s", "bucket: 40, refill: 19/1s", "log x, even x"},
		"larger bucket":     {"bucket: 40, refill: 20/1s", "bucket: 41, refill: 20/1s", ""},
		"fewer at one time": {"concurrency: 8", "concurrency: 1", ""}, // of which nobody promises anything
	} {
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(fmt.Sprintf(`version: 1
duration: 10s
server: {limits: [{name: x, %s}], stages: [{at: 5s, limits: [{name: x, %s}]}]}
strategies:
  - {name: log, limiter: {kind: ack-clocked}}
  - {name: even, limiter: {kind: paced}}
  - {name: learn, limiter: {kind: learn}}
`, c.limit, c.stage)), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range UnprovenOf(sc) {
			got = append(got, u.Row+" "+u.Limit)
			if !strings.Contains(u.Why, "from 5s on it is ") {
				t.Errorf("%s: reason %s", what, u.Why)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: unproven: %v, want %s", what, got, c.want)
		}
	}
}

// An even pace is promised of counters and buckets for requests that cost 1.
func TestUnprovenByCosts(t *testing.T) {
	for limit, want := range map[string]string{
		"window: 20/1s, cost: points":                 "",
		"window: 20/1s, count: counter, cost: points": "even x, bucket x, acked x",
		"bucket: 20, refill: 20/1s, cost: points":     "even x",
		"bucket: 20, refill: 20/1s, cost: ones":       "",
		"bucket: 20, refill: 20/1s, routes: [small]":  "",
	} {
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 10s
server: {limits: [{name: x, `+limit+`}]}
load: {mix: [{route: small, share: 50%, cost: {points: 1, ones: 1}}, {route: large, share: 50%, cost: {points: "uniform(1, 4)", ones: 1}}]}
strategies:
  - {name: even, limiter: {kind: paced}}
  - {name: bucket, limiter: {kind: bucket-paced}}
  - {name: acked, limiter: {kind: bucket-acked}}
  - {name: counter, limiter: {kind: counter-paced, most: 4}}
`), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range UnprovenOf(sc) {
			got = append(got, u.Row+" "+u.Limit)
			if u.Row != "acked" && !strings.Contains(u.Why, "a request can cost 4 of it") {
				t.Errorf("%s: reason %s", limit, u.Why)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: unproven: %v, want %s", limit, got, want)
		}
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

// A limit of resources is there once for each that a route which it meets has, whatever
// other routes have.
func TestScopesOfResources(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 10s
server: {keys: 3, limits: [{name: x, window: 20/1s, scope: [key, resource], routes: [read, write]}]}
load: {mix: [{route: read, share: 40%, resource: 2}, {route: write, share: 30%, resource: 4}, {route: list, share: 30%, resource: 50}]}
strategies: [{name: a, limiter: {kind: none}}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for route, want := range map[string]float64{"": 12, "read": 6, "write": 12, "list": 3} {
		if got := scopesOf(sc, &sc.Server.AllLimits()[0], route); got != want {
			t.Errorf("route %q: %v of them, want %v", route, got, want)
		}
	}
}
