// Package theory computes what is possible at all in a scenario: upper bounds
// of its throughput. Ceilings are what can be kept up in the long run, by clients
// that know this or that; Bounds are what one strategy can get out of one run,
// which begins with an empty window and may be short.
//
// The words of the formulas: K keys may make N requests each per Window,
// judged by a clock that ticks every Resolution, or every nanosecond if that is 0.
// A slot can be used again when it is W' old, the fewest whole ticks that are more
// than Window; that is Window + Resolution if Resolution divides Window. A request takes the
// latency in until it is judged and the latency out until its answer is back,
// independently; min and max are the ends of their supports.
package theory

import (
	"math"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
)

// Ceilings are upper bounds of what can be kept up, in requests per second over
// all keys. 0 means that there is no such bound. They are no bounds of short runs:
// a run begins with an empty window, whose slots come on top; see Bounds. Nor are
// they of a server that comes back from an outage without what it knew: what it
// has forgotten, it grants again.
//
// From ServerTime to FixedHeadroom they hold for clients that never risk a
// 429 and know both distributions. A client has to allow for the fastest way
// in, so the mean time between two uses of a slot is W' plus the mean of what
// in exceeds its minimum plus the mean of what the client does not know about
// the first arrival. Latency that never varies costs nothing.
//
// They hold for a client that does not know where between two ticks the
// server's clock stands. Knowing it could save part of a tick per window.
type Ceilings struct {
	// ServerCap is what the server admits at all: K·N / W'.
	ServerCap float64

	// ServerTime is for a client that is told each arrival time:
	// K·N / (W' + E[in] - min in).
	ServerTime float64

	// Provable is for a client that goes by its own times of send and
	// answer: an arrival was max in after the send or min out before the
	// answer, whichever is earlier, or before that:
	// K·N / (W' + E[in] - min in + E[min(max in - in, out - min out)]).
	Provable float64

	// FixedHeadroom is for a client that goes by its times of send alone:
	// K·N / (W' + max in - min in). There is none if in is unbounded.
	FixedHeadroom float64

	// Offered is what the load generator produces: burst / E[every]. There is
	// none if it never pauses, nor if it makes a certain number of requests: that
	// is work to be done, and no rate that goes on.
	Offered float64
}

// Of computes the ceilings of a scenario, for a client whose clock is right. Where the limit changes in stages
// they are means over the run, each stage counting for as long as it lasts;
// what a client could carry over from one stage to the next is not considered,
// and neither are outages. Of other limits than a sliding log of each key there is
// less to say: see ofLimits. Steps has the ceilings as they change.
func Of(sc *scenario.Scenario) Ceilings {
	sc = plain(sc)
	var c Ceilings
	doubt := meanDoubt(sc.Server.Incoming, sc.Server.Outgoing)
	for _, s := range stagesOf(sc) {
		if hasLimits(sc) {
			c.add(ofLimits(during(sc, s.from)), s.share)
		} else {
			c.add(atLimit(&sc.Server, limitAt(sc, s.from), doubt), s.share)
		}
	}
	c = c.known()
	c.Offered = offered(sc)
	return c
}

// offered is the mean over the run of what the generators make; 0: they never
// pause, or come to an end.
func offered(sc *scenario.Scenario) float64 {
	mean, from := 0.0, time.Duration(0)
	for _, s := range sc.Load.Stages {
		mean += offeredAt(sc, from) * float64(s.At-from) / float64(sc.Duration)
		from = s.At
	}
	if from == 0 {
		return offeredAt(sc, 0)
	}
	return mean + offeredAt(sc, from)*float64(sc.Duration-from)/float64(sc.Duration)
}

// offeredAt is what the generators make at a time of the run.
func offeredAt(sc *scenario.Scenario, at time.Duration) float64 {
	if all := sc.Load.AllSources(); len(all) > 0 {
		rate := 0.0
		for _, s := range all {
			rate += 1 / s.Every.Mean().Seconds()
		}
		return rate
	}
	every := sc.Load.EveryAt(at).Mean()
	if every <= 0 || sc.Load.Count > 0 {
		return 0
	}
	rate := float64(max(1, sc.Load.Burst)) / every.Seconds()
	if sc.Load.PerKey {
		rate *= float64(sc.Server.Keys)
	}
	return rate
}

// A stage is a share of the run in which limits stay the same.
type stage struct {
	from  time.Duration
	share float64
}

func stagesOf(sc *scenario.Scenario) []stage {
	var stages []stage
	from := time.Duration(0)
	until := func(t time.Duration) {
		stages = append(stages, stage{from, float64(t-from) / float64(sc.Duration)})
		from = t
	}
	for _, s := range sc.Server.Stages {
		if s.At >= sc.Duration {
			break
		}
		until(s.At)
	}
	if len(stages) == 0 {
		return []stage{{0, 1}} // exactly, and for a scenario without a duration, too
	}
	until(sc.Duration)
	return stages
}

// add adds the ceilings of a stage. What there is not in one of them there is not
// over all.
func (c *Ceilings) add(of Ceilings, share float64) {
	for _, sum := range []struct {
		to *float64
		of float64
	}{
		{&c.ServerCap, of.ServerCap}, {&c.ServerTime, of.ServerTime}, {&c.Provable, of.Provable}, {&c.FixedHeadroom, of.FixedHeadroom},
	} {
		if of := sum.of; of == 0 {
			*sum.to = math.NaN()
		} else {
			*sum.to += share * of
		}
	}
}

// known has no bound where there is none in one of its stages.
func (c Ceilings) known() Ceilings {
	for _, v := range []*float64{&c.ServerCap, &c.ServerTime, &c.Provable, &c.FixedHeadroom} {
		if math.IsNaN(*v) {
			*v = 0
		}
	}
	return c
}

// atLimit computes the ceilings of one limit; doubt is the mean of what a
// client does not know of an arrival.
func atLimit(server *api.Server, limit scenario.Limit, doubt time.Duration) Ceilings {
	var (
		in       = server.Incoming
		low, top = in.Support()
		slots    = float64(server.Keys) * float64(limit.N)
		reuse    = reuseAge(limit.Window, server.Resolution)
		late     = in.Mean() - low
	)
	c := Ceilings{
		ServerCap:  slots / reuse.Seconds(),
		ServerTime: slots / (reuse + late).Seconds(),
		Provable:   slots / (reuse + late + doubt).Seconds(),
	}
	if top != dist.Unbounded {
		c.FixedHeadroom = slots / (reuse + top - low).Seconds()
	}
	return c
}

// reuseAge is W'. A clock without ticks still counts whole nanoseconds.
func reuseAge(window, resolution time.Duration) time.Duration {
	tick := max(resolution, 1)
	return (window/tick + 1) * tick
}
