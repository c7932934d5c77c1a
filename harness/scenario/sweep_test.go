package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const swept = `version: 1
duration: 25s
client: {timeout: 2s}
strategies:
  - {name: a, limiter: {kind: window}}
  - {name: b, limiter: {kind: window}, client: {workers_per_key: 2}}
sweep:
  - {name: cost per request, set: client.runtime.per_request, to: [0ms, 3ms]}
  - {name: limit, set: server.limit, to: {slow: 10/1s, fast: 20/1s, other: 30/1051ms}}
expect:
  - {strategy: a, metric: tps, between: [80, 90], at: {cost per request: 3ms, limit: fast}}
  - {strategy: b, metric: 429, over: a, ratio: [0, 0.5], at: {limit: slow}}
  - {strategy: b, metric: tps, between: [0, 100]}
`

func parseSwept(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := testLoader().Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSweepRows(t *testing.T) {
	s := parseSwept(t, swept)
	var got []string
	for _, row := range s.Rows() {
		if row.Strategy.Name != row.Name {
			t.Errorf("the strategy of row %s is called %s", row.Name, row.Strategy.Name)
		}
		sc := row.Scenario
		got = append(got, strings.Join([]string{
			row.Name, row.Of, sc.Server.Limit.String(), row.Strategy.Client.Runtime.PerRequest.String(), row.Strategy.Client.Timeout.String(),
		}, " | "))
	}
	want := []string{
		"a/0ms/slow | a | 10/1s | 0s | 2s",
		"a/0ms/fast | a | 20/1s | 0s | 2s",
		"a/0ms/other | a | 30/1051ms | 0s | 2s",
		"a/3ms/slow | a | 10/1s | 3ms | 2s",
		"a/3ms/fast | a | 20/1s | 3ms | 2s",
		"a/3ms/other | a | 30/1051ms | 3ms | 2s",
		"b/0ms/slow | b | 10/1s | 0s | 2s",
		"b/0ms/fast | b | 20/1s | 0s | 2s",
		"b/0ms/other | b | 30/1051ms | 0s | 2s",
		"b/3ms/slow | b | 10/1s | 3ms | 2s",
		"b/3ms/fast | b | 20/1s | 3ms | 2s",
		"b/3ms/other | b | 30/1051ms | 3ms | 2s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A point is the scenario that says the same without a sweep.
func TestSweepPointIsAScenario(t *testing.T) {
	s := parseSwept(t, swept)
	plain, _, _ := strings.Cut(swept, "sweep:")
	plain = strings.Replace(plain, "client: {timeout: 2s}", "client: {timeout: 2s, runtime: {per_request: 3ms}}\nserver: {limit: 30/1051ms}", 1)
	want := parseSwept(t, plain)
	for i := range want.Strategies {
		want.Strategies[i].Name = s.RowName(want.Strategies[i].Name, []string{"3ms", "other"})
	}
	if diff := cmp.Diff(want, s.Points[5].Scenario, asRead); diff != "" {
		t.Errorf("(-written out +swept):\n%s", diff)
	}
}

func TestSweepClaims(t *testing.T) {
	var got []string
	for _, e := range parseSwept(t, swept).Claims() {
		got = append(got, e.Strategy+" "+e.Over)
	}
	want := []string{
		"a/3ms/fast ",
		"b/0ms/slow a/0ms/slow",
		"b/3ms/slow a/3ms/slow",
		"b/0ms/slow ", "b/0ms/fast ", "b/0ms/other ",
		"b/3ms/slow ", "b/3ms/fast ", "b/3ms/other ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSweepOverride(t *testing.T) {
	s, err := parseSwept(t, swept).Override(Overrides{Runs: 3, Duration: time.Second, Strategies: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	rows := s.Rows()
	if len(rows) != 6 || rows[0].Name != "b/0ms/slow" || rows[5].Scenario.Duration != time.Second || rows[5].Scenario.Runs != 3 {
		t.Errorf("rows %+v", rows)
	}
	if _, err := s.Override(Overrides{Runs: 10_000}); err == nil || !strings.HasPrefix(err.Error(), "the results of 60000 runs at 6 points take about ") {
		t.Errorf("error %v, want one about memory", err)
	}
	never := 0
	blocks := strings.Replace(swept, "set: server.limit, to: {slow: 10/1s, fast: 20/1s, other: 30/1051ms}", "set: server.block_after, to: {slow: 1, fast: 2}", 1)
	want := "--block-after is 0, and limit of the sweep sets server.block_after, want one of them"
	if _, err := parseSwept(t, blocks).Override(Overrides{BlockAfter: &never}); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// The fingerprint is of all points.
func TestSweepFingerprint(t *testing.T) {
	of := func(text string) string {
		f, err := parseSwept(t, text).Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if of(swept) != of("# a comment\n"+swept) {
		t.Error("a comment makes another fingerprint")
	}
	if of(swept) == of(strings.Replace(swept, "30/1051ms", "30/1052ms", 1)) {
		t.Error("another value has the same fingerprint")
	}
}
