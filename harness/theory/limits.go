package theory

import (
	"math"
	"slices"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/rules"
)

// plain is a scenario whose only limit is a sliding log of each key, written in
// short; others stay as they are. What is said here of latencies and knowledge is
// of such a limit.
func plain(sc *scenario.Scenario) *scenario.Scenario {
	if len(sc.Server.Limits) != 1 || len(sc.Load.Mix) > 0 {
		return sc
	}
	l := &sc.Server.Limits[0]
	if l.Kind() != "window" || l.Count != rules.CountLog || l.Counts != rules.CountsAccepted || !slices.Equal(l.Scope, []string{rules.ScopeKey}) ||
		len(l.Routes) > 0 || l.Cost != "" || l.Window.N > most {
		return sc
	}
	short := *sc
	short.Server.Limit = scenario.Limit{N: int(l.Window.N), Window: l.Window.Per}
	short.Server.Limits, short.Server.Stages = nil, nil
	for _, stage := range sc.Server.Stages {
		w := stage.Limits[0].Window
		if w.N > most {
			return sc
		}
		short.Server.Stages = append(short.Server.Stages, api.Stage{At: stage.At, Limit: scenario.Limit{N: int(w.N), Window: w.Per}})
	}
	return &short
}

// during is a scenario with the limits that are in force at a time of the run, as if
// they were so throughout.
func during(sc *scenario.Scenario, at time.Duration) *scenario.Scenario {
	if len(sc.Server.Stages) == 0 {
		return sc
	}
	then := *sc
	then.Server = sc.Server.During(at)
	then.Server.Stages = nil
	return &then
}

// Of a scenario with limits of other kinds, or with several, and requests of
// several kinds, the ceilings in the long run are the least over the limits: each
// lets pass so much per second, of which a request takes what it costs on average.
//
// A window lets pass its limit per length; a log, its limit per W'. A bucket and a
// queue let pass what they are refilled and served with, whatever the latencies.
// What is under way at a time is held by the server for the latency out, and by a
// client that goes by its own times for both: so many per mean latency.
//
// Provable is for a client that never risks a 429 and does not know when windows
// begin: it has to take every window, however it is counted, for a log. Of a counter
// that is a bound which nobody quite reaches: a window that begins as a request
// arrives counts all of the one before, as a log would, and others refuse more; an
// even pace gets within a hundredth of it. A bucket that makes up for what the
// latency varies gives its rate; of a smaller one see pour. Of a bucket that is
// refilled late, and of a queue, which are too small for that, there is no theory
// beyond what the server admits.
func ofLimits(sc *scenario.Scenario) (c Ceilings) {
	c.ServerCap, c.Provable = math.Inf(1), math.Inf(1)
	limits := sc.Server.AllLimits()
	for i := range limits {
		l := &limits[i]
		if l.Counts == rules.CountsFailures {
			continue
		}
		for _, route := range routesOf(sc, l) {
			scopes, cost := scopesOf(sc, l, route), meanCost(sc, l, route)
			if cost <= 0 {
				continue
			}
			admitted, provable := ratesOf(sc, l)
			c.ServerCap = min(c.ServerCap, admitted*scopes/cost)
			c.Provable = min(c.Provable, provable*scopes/cost)
		}
	}
	for _, ceiling := range []*float64{&c.ServerCap, &c.Provable} {
		if math.IsInf(*ceiling, 1) || math.IsNaN(*ceiling) {
			*ceiling = 0
		}
	}
	return c
}

// ratesOf is what a limit lets pass per second in the long run, and what a client
// gets that never risks a 429; NaN: nobody knows, +Inf: it is no limit.
func ratesOf(sc *scenario.Scenario, l *rules.Limit) (admitted, provable float64) {
	in, out := sc.Server.Incoming, sc.Server.Outgoing
	switch l.Kind() {
	case "bucket":
		rate, _ := l.Rate()
		if provable = ifCovered(sc, l.Bucket, l.Refill, l.Every, rate); math.IsNaN(provable) {
			provable = min(rate, ofBucket(sc, l))
		}
		return rate, provable
	case "queue":
		rate, _ := l.Rate()
		return rate, ifCovered(sc, l.Length+1, l.Queue, 0, rate)
	case "concurrency":
		return perSecond(l.Concurrency, out.Mean()), perSecond(l.Concurrency, in.Mean()+out.Mean())
	}
	low, _ := in.Support()
	asLog := perSecond(l.Window.N, reuseAge(l.Window.Per, sc.Server.Resolution)+in.Mean()-low+meanDoubt(in, out))
	switch l.Count {
	case rules.CountLog:
		return perSecond(l.Window.N, reuseAge(l.Window.Per, sc.Server.Resolution)), asLog
	case rules.CountCounter:
		return perSecond(l.Window.N, l.Window.Per), asLog
	}
	return perSecond(l.Window.N, l.Window.Per), asLog
}

// ifCovered is the rate, if a bucket of so much makes up for what the latency
// varies: J ≤ (b − 1)·T, with the tick and what is refilled late. NaN: it does
// not, and nobody knows what can be had without a 429.
func ifCovered(sc *scenario.Scenario, bucket int64, refill rules.Amount, late time.Duration, rate float64) float64 {
	low, high := sc.Server.Incoming.Support()
	if high == dist.Unbounded {
		return math.NaN()
	}
	interval := float64(refill.Per) / float64(refill.N)
	if float64(high-low+sc.Server.Resolution+late) > float64(bucket-1)*interval {
		return math.NaN()
	}
	return rate
}

// perSecond is n per span; +Inf if that is nothing.
func perSecond(n int64, span time.Duration) float64 {
	if span <= 0 {
		return math.Inf(1)
	}
	return float64(n) / span.Seconds()
}

// routesOf are the routes that a limit tells apart, or "" for all that it counts.
func routesOf(sc *scenario.Scenario, l *rules.Limit) []string {
	if !l.Has(rules.ScopeRoute) || len(sc.Load.Mix) == 0 {
		return []string{""}
	}
	var routes []string
	for _, k := range sc.Load.Mix {
		if l.Meets(k.Route) {
			routes = append(routes, k.Route)
		}
	}
	return routes
}

// scopesOf is how many times there is a limit for a route: for each key, and for
// each thing that requests are about.
func scopesOf(sc *scenario.Scenario, l *rules.Limit, route string) float64 {
	scopes := 1.0
	if l.Has(rules.ScopeKey) {
		scopes = float64(sc.Server.Keys)
	}
	if l.Has(rules.ScopeResource) {
		resources := 1
		for _, k := range sc.Load.Mix {
			if l.Meets(k.Route) && (route == "" || route == k.Route) {
				resources = max(resources, k.Resources)
			}
		}
		scopes *= float64(resources)
	}
	return scopes
}

// meanCost is what a request of the mix costs a limit on average, as much as it
// is of a route.
func meanCost(sc *scenario.Scenario, l *rules.Limit, route string) float64 {
	if len(sc.Load.Mix) == 0 {
		if l.Cost == "" && len(l.Routes) == 0 {
			return 1
		}
		return 0
	}
	sum := 0.0
	for i := range sc.Load.Mix {
		k := &sc.Load.Mix[i]
		if !l.Meets(k.Route) || route != "" && route != k.Route {
			continue
		}
		cost := k.Cost(l.Cost)
		if l.Settle {
			cost = k.SettledCost(l.Cost)
		}
		sum += cost.Mean() * float64(k.Share) / rules.Whole
	}
	return sum
}

// admits is the most that one scope of a limit lets pass in a run, until the end
// of which there is so much time for requests to arrive; +Inf: there is no such
// bound. A run begins with an empty window and a full bucket, and where it begins
// in an aligned window nobody knows.
func admits(sc *scenario.Scenario, l *rules.Limit, span time.Duration) float64 {
	if span <= 0 {
		return 0
	}
	switch l.Kind() {
	case "bucket":
		return float64(l.Bucket) + math.Floor(float64(l.Refill.N)*float64(span)/float64(l.Refill.Per))
	case "queue":
		return float64(l.Length+1) + math.Floor(float64(l.Queue.N)*float64(span)/float64(l.Queue.Per))
	case "concurrency":
		shortest, _ := sc.Server.Outgoing.Support()
		if shortest <= 0 {
			return math.Inf(1)
		}
		return float64(l.Concurrency) * (math.Floor(float64(span)/float64(shortest)) + 1)
	}
	switch n := float64(l.Window.N); l.Count {
	case rules.CountLog:
		return n * windows(span, l.Window.Per, sc.Server.Resolution)
	case rules.CountFirst:
		return n * math.Ceil(float64(span)/float64(l.Window.Per))
	default:
		return n * (math.Ceil(float64(span)/float64(l.Window.Per)) + 1)
	}
}

// limitsCount is the most requests that the server can accept of a run in which
// so many are offered at most, whatever the client: of each limit, as many of the
// cheapest as it lets pass, and all that it does not count.
func limitsCount(sc *scenario.Scenario, seed uint64, end time.Duration, offered float64) float64 {
	looked := int64(min(offered, most))
	drawn := sc.Load.Drawn(seed)
	least := offered
	limits := sc.Server.AllLimits()
	for i := range limits {
		l := &limits[i]
		if l.Counts == rules.CountsFailures {
			continue
		}
		budget := admitted(sc, i, end)
		count := 0.0
		costs := map[string][]int64{}
		for id := range looked {
			route := drawn.Route(id)
			if !l.Meets(route) {
				count++
				continue
			}
			cost, settled := drawn.Cost(id, l.Cost)
			if l.Settle {
				cost = min(cost, settled)
			}
			if !l.Has(rules.ScopeRoute) {
				route = ""
			}
			costs[route] = append(costs[route], cost)
		}
		for route, all := range costs {
			count += cheapest(all, budget*scopesOf(sc, l, route))
		}
		if looked == most { // the first are taken for all
			count *= offered / most
		}
		least = min(least, count)
	}
	return least
}

// admitted is the most that one scope of the i-th limit lets pass of what is answered
// before the end of a run. Where limits change, each change begins with an empty
// window and a full bucket.
func admitted(sc *scenario.Scenario, i int, end time.Duration) float64 {
	inMin, _ := sc.Server.Incoming.Support()
	outMin, _ := sc.Server.Outgoing.Support()
	if len(sc.Server.Stages) == 0 {
		return admits(sc, &sc.Server.AllLimits()[i], end-outMin-inMin) * lives(sc)
	}
	sum, from := 0.0, inMin
	for _, at := range append(fresh(sc), end) {
		if at = min(at, end-outMin); at > from {
			then := during(sc, max(0, from))
			sum += admits(then, &then.Server.AllLimits()[i], at-from)
			from = at
		}
	}
	return sum
}

// lives is how often the server begins without any memory.
func lives(sc *scenario.Scenario) float64 {
	n := 1.0
	for _, o := range sc.Server.Faults.Outages {
		if o.Lose {
			n++
		}
	}
	return n
}

// limitsCap is the most requests in the proportions of the mix that the server
// can accept of a run; 0: nobody knows.
func limitsCap(sc *scenario.Scenario, end time.Duration) float64 {
	least := math.Inf(1)
	limits := sc.Server.AllLimits()
	for i := range limits {
		l := &limits[i]
		if l.Counts == rules.CountsFailures {
			continue
		}
		for _, route := range routesOf(sc, l) {
			if cost := meanCost(sc, l, route); cost > 0 {
				least = min(least, admitted(sc, i, end)*scopesOf(sc, l, route)/cost)
			}
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}

// hasLimits says whether there is more to a scenario than a sliding log of each
// key.
func hasLimits(sc *scenario.Scenario) bool { return len(sc.Server.Limits) > 0 || len(sc.Load.Mix) > 0 }

// cheapest is how many of some costs fit into a budget, the lowest first.
func cheapest(costs []int64, budget float64) float64 {
	slices.Sort(costs)
	for i, c := range costs {
		if budget -= float64(c); budget < 0 {
			return float64(i)
		}
	}
	return float64(len(costs))
}
