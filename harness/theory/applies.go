package theory

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
)

// A Ceiling is one of the bounds.
type Ceiling string

// The ceilings, by names for result files. The first four and the last are fields
// of Ceilings, those in order are of OrderedCeilings, and what OneInFlight is depends
// on what else applies to a client: only Bounds have it.
const (
	ServerCap         Ceiling = "server_cap"
	ServerTime        Ceiling = "server_time"
	Provable          Ceiling = "provable"
	FixedHeadroom     Ceiling = "fixed_headroom"
	InOrder           Ceiling = "in_order"
	InOrderServerTime Ceiling = "in_order_server_time"
	OneInFlight       Ceiling = "one_in_flight"
	Offered           Ceiling = "offered"
)

// Of returns one of the ceilings; 0 if there is none, and of those that are not
// among the fields.
func (c Ceilings) Of(which Ceiling) float64 {
	switch which {
	case ServerCap:
		return c.ServerCap
	case ServerTime:
		return c.ServerTime
	case Provable:
		return c.Provable
	case FixedHeadroom:
		return c.FixedHeadroom
	case Offered:
		return c.Offered
	}
	return 0
}

// Applies returns the ceiling that a strategy is to be set against, the load
// apart: that of clients which know what its limiter goes by, if what the limiter
// was told is right, so that it never risks a 429; in order, if its nonces never
// overtake each other. A strategy that risks 429s can get more than such a client,
// though not for long: nothing bounds it but what the server admits.
//
// Several processes, a limiter that each worker has for itself, a limit that changes, a client whose
// clock is fast, and latencies longer than the limiter was told are such risks.
func Applies(sc *scenario.Scenario, st *scenario.Strategy) Ceiling {
	client, safe := idealOf(sc, st)
	switch {
	case !safe:
		return ServerCap
	case client.knows == sends:
		return FixedHeadroom
	case client.knows == serverTime && client.order:
		return InOrderServerTime
	case client.knows == serverTime:
		return ServerTime
	case client.order:
		return InOrder
	}
	return Provable
}

// idealOf is the ideal client with the knowledge and the duties of a strategy's,
// unless that is one that risks 429s.
func idealOf(sc *scenario.Scenario, st *scenario.Strategy) (own ideal, safe bool) {
	sc = plain(sc)
	own = idealFor(&sc.Server, sc.Server.Limit)
	slowest := own.inMax
	if sc.Server.Faults.Spike > 0 {
		slowest += longest(sc.Server.Faults.SpikeLatency)
	}
	several := st.Client.Processes > 1
	spent, steady := preparing(sc, st)
	slowest += spent
	least := own.inMin + spent
	own.alone = isAlone(st) && !several
	own.work = st.Client.Runtime.PerRequest
	own.order = st.Guard.Order && (st.Guard.Latency == 0 || st.Guard.Latency >= slowest)
	if several || hasLimits(sc) || len(sc.Server.Stages) > 0 || st.Limiter.Scope == client.ScopeWorker || clockRate(st) > fastest || !steady {
		return own, false
	}
	covers := func(latest, shortest time.Duration) bool {
		if latest == 0 { // not known: a request that is given up counts as arrived
			latest = st.Client.Timeout
		}
		return latest >= slowest && shortest <= least
	}
	switch l := st.Limiter.Config.(type) {
	case *limiter.AckClocked:
		own.knows, safe = answers, covers(l.Latency, l.Shortest)
	case *limiter.ServerTime:
		own.knows, safe = answers, covers(l.Latency, l.Shortest)
		if sc.Server.Headers.ReceivedAt {
			own.knows = serverTime
		}
	case *limiter.Paced:
		own.knows, safe = sends, l.Spread >= slowest-least
	case *limiter.Window:
		own.knows, safe = sends, headroomCovers(sc, st, own.reuse+slowest-least, l.Headroom, 0)
	case *limiter.FixedInterval:
		own.knows, safe = sends, headroomCovers(sc, st, own.reuse+slowest-least, l.Headroom, l.Interval)
	}
	return own, safe
}

// preparing is what a client spends on a request between its departure and the wire;
// false: nothing bounds it, as with a processor that others can keep busy.
func preparing(sc *scenario.Scenario, st *scenario.Strategy) (spent time.Duration, bounded bool) {
	r := st.Client.Runtime
	spent = r.PerRequest / 2
	shared := r.Kind != "" && r.Kind != client.RuntimeGoroutines && (sc.Server.Keys*st.Client.WorkersPerKey > 1 || r.Generator > 0)
	return spent, spent == 0 || !shared
}

// fastest is the rate of a client's clock that limiters allow for.
const fastest = 1 + limiter.DefaultDrift/1e6

// headroomCovers reports whether a log of departures that are free when they are
// more than a window and a headroom old is safe. Such a log waits for a whole tick
// more, as the server does, if all departures fall on ticks; else it begins to wait
// at the tick before one, and what is left of the tick can be next to nothing. It makes no
// allowance for a clock that is fast.
func headroomCovers(sc *scenario.Scenario, st *scenario.Strategy, needed, headroom, interval time.Duration) bool {
	span := sc.Server.Limit.Window + headroom + 1
	if onTicks(sc, st, headroom, interval) {
		span += max(sc.Server.Resolution, 1) - 1
	}
	return float64(span) >= float64(needed)*max(clockRate(st), 1)
}

// onTicks reports whether all departures of such a log fall on ticks of the server's
// clock.
func onTicks(sc *scenario.Scenario, st *scenario.Strategy, headroom, interval time.Duration) bool {
	tick := max(sc.Server.Resolution, 1)
	r := st.Client.Runtime
	for _, d := range []time.Duration{sc.Server.Limit.Window, headroom, interval, r.PerRequest / 2, r.PerWakeUp, r.Generator} {
		if d%tick != 0 {
			return false
		}
	}
	return clockRate(st) == 1 && sc.Step > 0 && sc.Step%tick == 0 && sc.Load.Step > 0 && sc.Load.Step%tick == 0
}

// isAlone reports whether a strategy has one request of a key under way at most.
func isAlone(st *scenario.Strategy) bool {
	return st.Client.WorkersPerKey == 1 || st.Guard.InFlight == 1 && st.Limiter.Scope != client.ScopeWorker
}
