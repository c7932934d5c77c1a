package theory

import (
	"math"
	"slices"
	"testing"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
)

// In a spell of equal latencies nothing can overtake, and order costs nothing but
// where a spell ends; of as many latencies, each drawn by itself, it costs a lot.
func TestOrderCostsLittleInSpells(t *testing.T) {
	values := slices.Concat(slices.Repeat([]time.Duration{0}, 10_000), slices.Repeat([]time.Duration{50 * ms}, 10_000))
	server := func(d dist.Dist) *scenario.Scenario {
		sc := new(scenario.Scenario)
		sc.Server.Keys = 5
		sc.Server.Limit = scenario.Limit{N: 20, Window: time.Second}
		sc.Server.Resolution = ms
		sc.Server.Incoming, sc.Server.Outgoing = d, d
		sc.Load.Every = parse(t, "uniform(0ms, 21ms)", ms)
		return sc
	}
	spells, apart := server(fromFile(t, "replay", values, 0)), server(empirical(t, values, 0))
	if provable, ordered := Of(spells).Provable, Ordered(spells).Answers; math.Abs(ordered-provable) > .002*provable {
		t.Errorf("in spells: %v in order, want about the %v without", ordered, provable)
	}
	if provable, ordered := Of(apart).Provable, Ordered(apart).Answers; ordered > .99*provable {
		t.Errorf("apart: %v in order of %v without: the test shows nothing", ordered, provable)
	}
}

// The shortest pause that there is bounds the load; none does not.
func TestOfferedOfTheShortestPause(t *testing.T) {
	sc := &scenario.Scenario{Duration: time.Millisecond}
	sc.Server.Keys = 1
	sc.Load.Every = parse(t, "constant(1ns)", 0)
	if got := offered(sc); math.Abs(got-1e9) > 1 {
		t.Errorf("offered %v, want 1e9", got)
	}
}
