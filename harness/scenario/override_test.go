package scenario

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func overridden(t *testing.T) *Scenario {
	t.Helper()
	s, err := testLoader().Parse("x.yaml", []byte(`version: 1
duration: 25s
server:
  stages: [{at: 5s, limit: 10/1s}, {at: 20s, limit: 30/1s}]
strategies:
  - {name: a, limiter: {kind: window}}
  - {name: b, limiter: {kind: window}}
expect:
  - {strategy: a, metric: tps, between: [80, 90]}
  - {strategy: b, metric: 429, over: a, ratio: [0, 0.5]}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOverride(t *testing.T) {
	seed, never, as := uint64(7), 0, 10
	for _, tt := range []struct {
		name     string
		o        Overrides
		record   []Override
		untested []string // why
	}{
		{name: "nothing"},
		{"runs and seed", Overrides{Runs: 3, Seed: &seed}, []Override{{"--runs", "3"}, {"--seed", "7"}}, nil},
		{"duration", Overrides{Duration: 3 * time.Second}, []Override{{"--duration", "3s"}},
			[]string{"--duration is 3s, the scenario's 25s", "--duration is 3s, the scenario's 25s"}},
		{"the same duration", Overrides{Duration: 25 * time.Second}, []Override{{"--duration", "25s"}}, nil},
		{"block after", Overrides{BlockAfter: &never}, []Override{{"--block-after", "0"}},
			[]string{"--block-after is 0, the scenario's 10", "--block-after is 0, the scenario's 10"}},
		{"the same block after", Overrides{BlockAfter: &as}, []Override{{"--block-after", "10"}}, nil},
		{"strategy", Overrides{Strategies: []string{"a"}}, []Override{{"--strategy", "a"}}, []string{"--strategy leaves out b"}},
		{"all strategies", Overrides{Strategies: []string{"b", "a"}}, []Override{{"--strategy", "b"}, {"--strategy", "a"}}, nil},
	} {
		before := overridden(t)
		got, err := before.Override(tt.o)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(overridden(t), before, asText); diff != "" {
			t.Errorf("%s: the scenario itself has changed:\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.record, got.Overrides); diff != "" {
			t.Errorf("%s: recorded (-want +got):\n%s", tt.name, diff)
		}
		var why []string
		for _, u := range got.Untested {
			why = append(why, u.Why)
		}
		if diff := cmp.Diff(tt.untested, why); diff != "" || len(got.Expect)+len(got.Untested) != 2 {
			t.Errorf("%s: %d expectations, not tested (-want +got):\n%s", tt.name, len(got.Expect), diff)
		}
		text, err := got.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := testLoader().Parse("y.json", text, nil); err != nil {
			t.Errorf("%s: what is run is no scenario: %v", tt.name, err)
		}
	}
}

func TestOverrideChanges(t *testing.T) {
	seed, never := uint64(7), 0
	s, err := overridden(t).Override(Overrides{Runs: 3, Seed: &seed, Duration: 6 * time.Second, BlockAfter: &never, Strategies: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Runs != 3 || s.Seed != 7 || s.Duration != 6*time.Second || s.Server.BlockAfter != 0 ||
		len(s.Strategies) != 1 || s.Strategies[0].Name != "b" || len(s.Server.Stages) != 1 || len(s.Untested) != 2 {
		t.Errorf("%+v", s)
	}
	if got, want := s.Untested[1].String(), "429 of b divided by that of a from 0 to 0.5"; got != want {
		t.Errorf("claim %q, want %q", got, want)
	}
}

// A claim for a clock is tested in runs by that clock, and one without in all.
func TestClaimsForAClock(t *testing.T) {
	s := &Scenario{Expect: []Expectation{
		{Strategy: "a", Metric: "429"},
		{Strategy: "a", Metric: "400", Clock: ClockVirtual},
		{Strategy: "a", Metric: "tps", Clock: ClockReal},
	}}
	for clock, want := range map[string]string{
		ClockVirtual: "429 400, but tps of a: it is claimed for the real clock",
		ClockReal:    "429 tps, but 400 of a: it is claimed for the virtual clock",
	} {
		on := s.On(clock)
		if len(on.Expect) != 2 || len(on.Untested) != 1 {
			t.Fatalf("%s: %d claims tested, %d not", clock, len(on.Expect), len(on.Untested))
		}
		got := fmt.Sprintf("%s %s, but %s: %s", on.Expect[0].Metric, on.Expect[1].Metric, on.Untested[0], on.Untested[0].Why)
		if got != want {
			t.Errorf("%s: %s, want %s", clock, got, want)
		}
	}
	if len(s.Expect) != 3 || len(s.Untested) != 0 {
		t.Error("the scenario itself has changed")
	}
}

func TestOverrideOutOfRange(t *testing.T) {
	negative := -1
	last := uint64(math.MaxUint64)
	for want, o := range map[string]Overrides{
		"--runs is -1, want 1 to 100000": {Runs: -1},
		"seed is 18446744073709551615, and 2 runs need as many seeds from there on, want at most 18446744073709551614": {Runs: 2, Seed: &last},
		"--duration is 745h, want 1ms to 744h":                                        {Duration: 745 * time.Hour},
		"--block-after is -1, want 0 to 1000000000":                                   {BlockAfter: &negative},
		`unknown strategy "c", want a or b`:                                           {Strategies: []string{"c"}},
		"running this takes about":                                                    {Runs: 100_000},
		"duration has room for 2.6e+08 requests, 1 every 10500µs, want at most 1e+08": {Duration: 744 * time.Hour},
	} {
		if _, err := overridden(t).Override(o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
