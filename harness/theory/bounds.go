package theory

import (
	"math"
	"time"

	"ratebench/harness/scenario"
)

// A Bound is what a strategy cannot get above in one run, and why.
type Bound struct {
	// Ceiling is the one that binds.
	Ceiling Ceiling
	// TPS is in successful requests per second over all keys, for the length of
	// the run.
	TPS float64
}

// Bounds are upper bounds of single runs of a scenario. Other than Ceilings they
// hold for runs of any length, from an empty window on, and not on average but
// each time: load and latencies are those of the run's seed. What is computed is
// kept, so that strategies with the same duties share it. Bounds are for one
// goroutine at a time.
//
// Server time, provable and in order are counted on the recursions of clients
// that do nothing wrong (see Applies), the server's cap as K·N·⌈D/W'⌉ requests in D,
// with D less the shortest way in and the shortest way out; every change of the
// limit and every loss of the server's memory begins with an empty window again.
// Of runs with more than a million requests the first million is taken for the
// whole.
//
// A load with a count is an amount of work, and the run ends as it is done. What
// was offered over such a run is just what was done, and says nothing of how fast
// it could have been: the bound is the count by the shortest time in which all of
// it can be answered.
type Bounds struct {
	scenario *scenario.Scenario
	answers  map[answersKey]float64
	loads    map[loadKey]float64
	counts   map[acceptedKey]float64
}

// answersKey is what the number of answers in a run depends on, and loadKey the
// number of requests.
type (
	answersKey struct {
		client ideal
		seed   uint64
		end    time.Duration
	}
	acceptedKey struct {
		seed    uint64
		end     time.Duration
		offered float64
	}
	loadKey struct {
		rate float64       // of the client's clock
		work time.Duration // of the generator on a request
		seed uint64
		end  time.Duration
	}
)

// NewBounds returns the bounds of a scenario.
func NewBounds(sc *scenario.Scenario) *Bounds {
	return &Bounds{scenario: plain(sc), answers: make(map[answersKey]float64), loads: make(map[loadKey]float64), counts: make(map[acceptedKey]float64)}
}

// Of returns the bound of a strategy's run with a seed that lasted so long. In a
// run of no length nothing can succeed.
func (b *Bounds) Of(st *scenario.Strategy, seed uint64, length time.Duration) Bound {
	if length <= 0 {
		return Bound{ServerCap, 0}
	}
	least, count := b.within(st, seed, length)
	if all := float64(b.scenario.Load.Count); all > 0 && count >= all {
		least, length = b.shortest(st, seed, length)
		count = all
	}
	return Bound{least, count / length.Seconds()}
}

// shortest is the time before which the count of the load cannot be answered, and
// what stands in the way of less; it can be in the given time. It is found to a
// millionth, and never too long, which would be no bound.
func (b *Bounds) shortest(st *scenario.Strategy, seed uint64, enough time.Duration) (Ceiling, time.Duration) {
	tooShort, why := time.Duration(0), ServerCap
	for enough-tooShort > 1+enough/1_000_000 {
		middle := tooShort + (enough-tooShort)/2
		if least, count := b.within(st, seed, middle); count < float64(b.scenario.Load.Count) {
			tooShort, why = middle, least
		} else {
			enough = middle
		}
	}
	return why, tooShort + 1
}

// within is how many requests can be answered within a run of such a length, if
// the load has no end, and which ceiling has it that there are no more.
func (b *Bounds) within(st *scenario.Strategy, seed uint64, length time.Duration) (least Ceiling, count float64) {
	sc, end := b.scenario, length+1 // the last answer may be what ended it
	offered := b.offered(loadKey{clockRate(st), st.Client.Runtime.Generator, seed, end})
	if least = ServerCap; hasLimits(sc) {
		count = b.accepted(seed, end, offered)
	} else {
		count = capCount(sc, end)
	}
	lower := func(c Ceiling, to float64) {
		if to < count {
			least, count = c, to
		}
	}
	client, safe := idealOf(sc, st)
	if safe {
		crowd := client
		crowd.alone, crowd.work = false, 0
		lower(Applies(sc, st), b.answered(crowd, seed, end))
	}
	if client.alone {
		if !safe { // nothing but one at a time
			client = ideal{alone: true, inMax: client.inMax, work: client.work}
		}
		client.timeout = st.Client.Timeout
		lower(OneInFlight, b.answered(client, seed, end))
	}
	if lower(Offered, offered); hasLimits(sc) && count == offered {
		least = Offered
	}
	return least, count
}

// Cap is the most that a run of a scenario can get, per second, whatever the
// client and the load: what the server can accept in a run that long. 0: it is
// not known.
func Cap(sc *scenario.Scenario) float64 {
	if sc = plain(sc); hasLimits(sc) {
		return limitsCap(sc, sc.Duration+1) / sc.Duration.Seconds()
	}
	return capCount(sc, sc.Duration+1) / sc.Duration.Seconds()
}

// accepted is limitsCount, once for runs of the same length with the same load.
func (b *Bounds) accepted(seed uint64, end time.Duration, offered float64) float64 {
	key := acceptedKey{seed, end, offered}
	if count, known := b.counts[key]; known {
		return count
	}
	count := limitsCount(b.scenario, seed, end, offered)
	b.counts[key] = count
	return count
}

// capCount is how many requests the server can accept that are answered before
// the end of a run.
func capCount(sc *scenario.Scenario, end time.Duration) float64 {
	inMin, _ := sc.Server.Incoming.Support()
	outMin, _ := sc.Server.Outgoing.Support()
	count := 0.0
	limit, from := sc.Server.Limit, inMin
	until := func(t time.Duration) {
		t = min(t, end-outMin)
		if t > from {
			count += float64(limit.N) * windows(t-from, limit.Window, sc.Server.Resolution)
			from = t
		}
	}
	for _, at := range fresh(sc) {
		until(at)
		limit = limitAt(sc, at)
	}
	until(end)
	return float64(sc.Server.Keys) * count
}

// fresh are the times at which a window may be empty again: the limit changes, or
// the server comes back without what it knew.
func fresh(sc *scenario.Scenario) []time.Duration {
	var times []time.Duration
	for _, s := range sc.Server.Stages {
		times = append(times, s.At)
	}
	for _, o := range sc.Server.Faults.Outages {
		if o.Lose {
			times = append(times, o.At+o.For)
		}
	}
	return ascending(times)
}

// windows is how many windows, each of W', can begin in a time of more than 0, its
// end left out: ⌈time/W'⌉, in the ticks that it has part in if nobody knows where
// between two ticks it begins.
func windows(length, window, resolution time.Duration) float64 {
	tick := max(resolution, 1)
	ticks, reuse := (length-1+tick-1)/tick+1, reuseAge(window, resolution)/tick
	return float64((ticks + reuse - 1) / reuse)
}

// most is how many requests of a run are looked at.
const most = 1 << 20

// answered is how many requests of ideal clients, one for each key, are answered
// before the end of a run.
func (b *Bounds) answered(client ideal, seed uint64, end time.Duration) float64 {
	key := answersKey{client, seed, end}
	if count, known := b.answers[key]; known {
		return count
	}
	latencies := b.scenario.Server.Latencies(seed)
	keys, looked, count := b.scenario.Server.Keys, 0, 0.0
	for k := range keys {
		if looked >= most { // the keys so far are taken for all
			count *= float64(keys) / float64(k)
			break
		}
		n := 0.0
		last := client.run(func(i uint64) (in, out time.Duration) { return latencies(k, i) }, func(r request) bool {
			if r.answered < end {
				n++
			}
			looked++
			return r.sent < end && looked < most
		})
		if last.sent < end { // the time so far is taken for all
			n *= float64(end) / float64(max(1, last.sent))
		}
		count += n
	}
	b.answers[key] = count
	return count
}

// offered is how many requests the generator makes before the end of a run, if
// nothing holds it up but what it costs itself and it never has made them all.
func (b *Bounds) offered(key loadKey) float64 {
	if count, known := b.loads[key]; known {
		return count
	}
	count := 0.0
	if all := b.scenario.Load.AllSources(); len(all) > 0 {
		for i, s := range all {
			count += made(key, func(func() time.Duration) func(uint64) time.Duration { return s.Pauses(key.seed, i) }, 1)
		}
	} else if b.scenario.Load.PerKey {
		for k := range b.scenario.Server.Keys {
			count += b.made(key, k)
		}
	} else {
		count = b.made(key, -1)
	}
	b.loads[key] = count
	return count
}

// made is how many requests the generator of a key makes; -1 is the one of all.
func (b *Bounds) made(key loadKey, k int) float64 {
	load := &b.scenario.Load
	pauses := func(since func() time.Duration) func(n uint64) time.Duration { return load.Pauses(key.seed, k, since) }
	return made(key, pauses, max(1, load.Burst))
}

// made is how many requests a generator makes with the pauses of a clock.
func made(key loadKey, pauses func(since func() time.Duration) func(n uint64) time.Duration, burst int) float64 {
	end := key.end // by the client's clock, as all times here
	if key.rate != 1 {
		end = time.Duration(math.Ceil(float64(end) * key.rate))
	}
	cost := time.Duration(float64(key.work) * key.rate)
	count := 0.0
	at := time.Duration(0)
	pause := pauses(func() time.Duration { return at })
	for n := uint64(0); at < end; n++ {
		if n == most { // the time so far is taken for all
			count *= float64(end) / float64(at)
			break
		}
		made := burst
		if cost > 0 {
			made = min(burst, int((end-at-1)/cost))
		}
		count += float64(made)
		at += time.Duration(burst) * cost
		at += pause(n)
	}
	return count
}

// clockRate is how many seconds a strategy's clock shows per second, or the fastest
// of them.
func clockRate(st *scenario.Strategy) float64 {
	if st.Client.Clock.Rate == 0 {
		return 1 + st.Client.Clock.Drift*1e-6
	}
	return st.Client.Clock.Rate * (1 + st.Client.Clock.Drift*1e-6)
}
