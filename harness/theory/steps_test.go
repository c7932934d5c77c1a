package theory_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ratebench/harness/faults"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/theory"
)

// staged is the reference scenario for 120 s.
func staged(t testing.TB, stages []api.Stage, outages []faults.Outage) *scenario.Scenario {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Duration = 120 * time.Second
	sc.Server.Stages, sc.Server.Faults.Outages = stages, outages
	return sc
}

func limit(n int) scenario.Limit { return scenario.Limit{N: n, Window: time.Second} }

// The server's cap is 5·N / 1.001, and 0 while it is down.
func TestSteps(t *testing.T) {
	const s = time.Second
	type step struct {
		from time.Duration
		cap  float64
	}
	full, half := 100/1.001, 50/1.001
	for _, tt := range []struct {
		name    string
		stages  []api.Stage
		outages []faults.Outage
		want    []step
	}{
		{"nothing changes", nil, nil, nil},
		{"the limit changes", []api.Stage{{At: 30 * s, Limit: limit(10)}, {At: 60 * s, Limit: limit(20)}}, nil,
			[]step{{0, full}, {30 * s, half}, {60 * s, full}}},
		{"a stage that changes nothing", []api.Stage{{At: 30 * s, Limit: limit(20)}}, nil, nil},
		{"stages with the same limit", []api.Stage{{At: 30 * s, Limit: limit(10)}, {At: 60 * s, Limit: limit(10)}}, nil,
			[]step{{0, full}, {30 * s, half}}},
		{"outages", nil, []faults.Outage{{At: 20 * s, For: 2 * s}, {At: 40 * s, For: s, Lose: true}},
			[]step{{0, full}, {20 * s, 0}, {22 * s, full}, {40 * s, 0}, {41 * s, full}}},
		{"one outage after the other", nil, []faults.Outage{{At: 20 * s, For: 2 * s}, {At: 22 * s, For: s}},
			[]step{{0, full}, {20 * s, 0}, {23 * s, full}}},
		{"a stage in an outage", []api.Stage{{At: 21 * s, Limit: limit(10)}}, []faults.Outage{{At: 20 * s, For: 2 * s}},
			[]step{{0, full}, {20 * s, 0}, {22 * s, half}}},
		{"a stage that begins as an outage ends", []api.Stage{{At: 22 * s, Limit: limit(10)}}, []faults.Outage{{At: 20 * s, For: 2 * s}},
			[]step{{0, full}, {20 * s, 0}, {22 * s, half}}},
		{"down at the end", nil, []faults.Outage{{At: 119 * s, For: time.Hour}},
			[]step{{0, full}, {119 * s, 0}}},
		{"after the end", []api.Stage{{At: 120 * s, Limit: limit(10)}}, []faults.Outage{{At: 121 * s, For: s}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := staged(t, tt.stages, tt.outages)
			var got []step
			for _, s := range theory.Steps(sc) {
				got = append(got, step{s.From, s.Ceilings.ServerCap})
				if s.Down != (s.Ceilings.ServerCap == 0) || s.Ceilings.Offered != theory.Of(sc).Offered {
					t.Errorf("from %v: %+v", s.From, s)
				}
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(step{}), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// In every step the ceilings are those of a scenario with that limit alone.
func TestStepsAreCeilings(t *testing.T) {
	steps := theory.Steps(staged(t, []api.Stage{{At: time.Second, Limit: limit(7)}}, nil))
	for i, n := range []int{20, 7} {
		sc := staged(t, nil, nil)
		sc.Server.Limit = limit(n)
		if diff := cmp.Diff(theory.Of(sc), steps[i].Ceilings, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("limit of %d (-want +got):\n%s", n, diff)
		}
	}
}

// The ceilings of a scenario are the mean of its steps over time. Outages only
// take away from that mean.
func TestCeilingsAreTheMeanOfTheSteps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var stages []api.Stage
		for at := range 120 {
			if at > 0 && rapid.IntRange(0, 30).Draw(rt, "stage") == 0 {
				stages = append(stages, api.Stage{At: time.Duration(at) * time.Second, Limit: limit(rapid.IntRange(1, 40).Draw(rt, "limit"))})
			}
		}
		sc := staged(t, stages, nil)
		of := theory.Of(sc)
		if mean := meanCap(sc); math.Abs(mean-of.ServerCap) > 1e-9*mean {
			rt.Fatalf("mean of the steps %v, ceiling %v", mean, of.ServerCap)
		}
		sc.Server.Faults.Outages = []faults.Outage{{
			At:  time.Duration(rapid.IntRange(1, 130).Draw(rt, "at")) * time.Second,
			For: time.Duration(rapid.IntRange(1, 60).Draw(rt, "for")) * time.Second,
		}}
		if theory.Of(sc) != of || meanCap(sc) > of.ServerCap*(1+1e-9) {
			rt.Fatalf("with an outage: mean of the steps %v, ceiling %v", meanCap(sc), theory.Of(sc).ServerCap)
		}
	})
}

// meanCap is the mean of the server's cap over the steps.
func meanCap(sc *scenario.Scenario) float64 {
	steps := theory.Steps(sc)
	if len(steps) == 0 {
		return theory.Of(sc).ServerCap
	}
	sum := 0.0
	for i, s := range steps {
		until := sc.Duration
		if i+1 < len(steps) {
			until = steps[i+1].From
		}
		sum += s.Ceilings.ServerCap * (until - s.From).Seconds()
	}
	return sum / sc.Duration.Seconds()
}
