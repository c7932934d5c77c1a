package theory

import (
	"slices"
	"time"

	"ratebench/harness/scenario"
)

// A Step is what the ceilings are from a time of the run on, until the next
// step.
type Step struct {
	// From is since the start of the run.
	From time.Duration
	// Down: the server is down, and no request that leaves then can succeed; those
	// under way are answered yet. All ceilings but Offered are 0, and that 0 is the
	// bound.
	Down     bool
	Ceilings Ceilings
}

// Steps are the ceilings as they change in the course of a run: those of the
// limit in force, and 0 while the server is down. The first step begins with the
// run. A scenario whose ceilings never change has no steps.
//
// Of is their mean over the run, but for outages, which it leaves out. The
// slots rest meanwhile, and where an outage is no longer than W' a client may
// use them afterwards as often as it would have: a mean with that time taken
// off would be no bound.
func Steps(sc *scenario.Scenario) []Step {
	sc = plain(sc)
	times := changes(sc)
	if len(times) == 1 {
		return nil
	}
	doubt := meanDoubt(sc.Server.Incoming, sc.Server.Outgoing)
	var steps []Step
	for _, from := range times {
		s := Step{From: from, Down: isDown(sc, from)}
		if !s.Down {
			if hasLimits(sc) {
				s.Ceilings = ofLimits(during(sc, from))
			} else {
				s.Ceilings = atLimit(&sc.Server, limitAt(sc, from), doubt)
			}
		}
		s.Ceilings.Offered = offeredAt(sc, from)
		if n := len(steps); n == 0 || steps[n-1].Ceilings != s.Ceilings {
			steps = append(steps, s)
		}
	}
	if len(steps) == 1 {
		return nil
	}
	return steps
}

// changes are the start of the run and all times at which the server or the load
// is changed before its end, in ascending order.
func changes(sc *scenario.Scenario) []time.Duration {
	times := []time.Duration{0}
	add := func(t time.Duration) {
		if t < sc.Duration {
			times = append(times, t)
		}
	}
	for _, s := range sc.Server.Stages {
		add(s.At)
	}
	for _, s := range sc.Load.Stages {
		add(s.At)
	}
	for _, o := range sc.Server.Faults.Outages {
		add(o.At)
		add(o.At + o.For)
	}
	return ascending(times)
}

// ascending sorts times, each of which counts once.
func ascending(times []time.Duration) []time.Duration {
	slices.Sort(times)
	return slices.Compact(times)
}

// limitAt is the limit in force at a time of the run.
func limitAt(sc *scenario.Scenario, at time.Duration) scenario.Limit {
	limit := sc.Server.Limit
	for _, s := range sc.Server.Stages {
		if s.At <= at {
			limit = s.Limit
		}
	}
	return limit
}

func isDown(sc *scenario.Scenario, at time.Duration) bool {
	for _, o := range sc.Server.Faults.Outages {
		if at >= o.At && at < o.At+o.For {
			return true
		}
	}
	return false
}
