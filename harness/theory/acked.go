package theory

import (
	"math"
	"slices"
	"time"

	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
)

// How the growth of the recursion of a bucket is measured: over so many departures,
// twice, after others. What is left to chance is a thousandth.
const (
	poured     = 1 << 15
	mostPoured = 1 << 10 // tokens within the longest latency, of a bucket of which there is a theory
)

// A pour is the client of a bucket that gets the most without ever risking a 429,
// which goes by its own times of send and answer. Ordered by when it arrived at the
// latest, u = min(sent + max in, answered - min out), request j from the last has j
// of them no earlier than it, and the n-th departure is
//
//	s[n] = max(u[j] + (j + 1 - b)·T) - min in, over all j ≥ b,
//
// where what is refilled counts in whole ticks,
// as answers tell more and more of u. An earlier one risks a 429: those j and it
// itself can all arrive between u[j] and s[n] + min in, for all that the client
// knows, and a bucket that was full at u[j] has only b and what is refilled in
// between. Where all j + 1 are within b, none can be refused. As in order, bounds
// only grow, and delaying a departure never brings a later one forward, so that no
// client gets more: the rate at which the recursion grows is the ceiling. For a
// bucket of 1 it is that of a window of 1 per T, 1/(T + E[in] - min in + E[min(max in - in,
// out - min out)]).
type pour struct {
	capacity int
	token    time.Duration // T, rounded up
	tick     time.Duration
	latency  ideal         // its ends
	recent   []request     // that are neither folded nor out of the question
	past     time.Duration // when a bucket of 0 would be full again, without the recent ones
	latest   []time.Duration
}

// ofBucket is the rate of a pour; NaN: nobody knows. A bucket that is refilled late
// has no such theory, nor one whose client has much more on its way than it holds.
func ofBucket(sc *scenario.Scenario, l *rules.Limit) float64 {
	token := time.Duration(math.Ceil(float64(l.Refill.Per) / float64(l.Refill.N)))
	ends := idealFor(&sc.Server, scenario.Limit{N: 1, Window: time.Second})
	if l.Every > 0 || len(sc.Load.Mix) > 0 || l.Bucket > mostPoured || ends.inMax/token > mostPoured {
		return math.NaN()
	}
	var took time.Duration
	for _, mirrored := range []bool{false, true} {
		p := pour{capacity: int(l.Bucket), token: token, tick: max(sc.Server.Resolution, 1), latency: ends, past: math.MinInt64 / 2}
		took += p.growth(drawLatencies(&sc.Server, warmUp+poured+1, mirrored))
	}
	return 2 * poured / took.Seconds()
}

// growth is how long the last departures take, as many as are measured.
func (p *pour) growth(drawn []request) time.Duration {
	var first, at time.Duration
	for n, r := range drawn {
		at = p.next(at)
		if n == len(drawn)-1-poured {
			first = at
		}
		p.fold(at)
		p.recent = append(p.recent, request{at, at + r.arrived, at + r.answered})
	}
	return at - first
}

// next is the first time from now on at which one more may leave.
func (p *pour) next(now time.Duration) time.Duration {
	for {
		at := p.bound(now)
		if at <= now {
			return now
		}
		for _, r := range p.recent { // what answers tell until then
			if r.answered > now {
				at = min(at, r.answered)
			}
		}
		now = at
	}
}

// bound is when one more may leave, by what is known at a time.
func (p *pour) bound(now time.Duration) time.Duration {
	p.latest = p.latest[:0]
	for _, r := range p.recent {
		p.latest = append(p.latest, p.known(r, now))
	}
	slices.Sort(p.latest)
	at := p.past + p.ticks(time.Duration(len(p.recent)+1-p.capacity)*p.token)
	for i, u := range p.latest {
		if over := len(p.latest) - i + 1 - p.capacity; over > 0 {
			at = max(at, u+p.ticks(time.Duration(over)*p.token))
		}
	}
	return at - p.latency.inMin
}

// ticks is a time in whole ticks, rounded up.
func (p *pour) ticks(d time.Duration) time.Duration { return (d + p.tick - 1) / p.tick * p.tick }

// known is when a request arrived at the latest, for all that is known at a time.
func (p *pour) known(r request, now time.Duration) time.Duration {
	u := r.sent + p.latency.inMax
	if r.answered <= now {
		u = min(u, r.answered-p.latency.outMin)
	}
	return u
}

// fold makes those the past of which nothing more will be known, and which no
// bucket has room for beside later ones: the earliest, as long as it is one.
func (p *pour) fold(now time.Duration) {
	for len(p.recent) > p.capacity {
		first := 0
		for i := range p.recent {
			if p.known(p.recent[i], now) < p.known(p.recent[first], now) {
				first = i
			}
		}
		u := p.known(p.recent[first], now)
		if u > now {
			return
		}
		p.past = max(p.past, u) + p.token
		p.recent = slices.Delete(p.recent, first, first+1)
	}
}
