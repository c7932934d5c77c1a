package theory

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
)

// How the growth of the recursion in order is measured: over so many departures,
// after others that bring it into its stride, twice, with draws that mirror each
// other. What is left to chance is 0.004 requests/s on the reference.
const (
	measured  = 1 << 18
	warmUp    = 1 << 12
	mostSlots = measured / 16 // more would not be used again often enough
)

// OrderedCeilings are as Provable and ServerTime, for clients whose nonces never
// overtake each other either: they also wait until the request before has arrived
// for certain,
//
//	s[k] = max(b[k-N] + W', b[k-1]) - min in,
//
// where b is what is known of an arrival. They are the rates at which that recursion
// grows, which have no formula and are measured on keyed draws.
type OrderedCeilings struct {
	// Answers is for b = min(s + max in, answered - min out).
	Answers float64
	// ServerTime is for a client that is told each arrival.
	ServerTime float64
}

// Ordered computes the ceilings of a scenario in order, for stages as Of does. It
// takes a twentieth of a second, or half of one where latencies are hard to draw.
func Ordered(sc *scenario.Scenario) OrderedCeilings {
	var sum OrderedCeilings
	known := make(map[scenario.Limit]OrderedCeilings)
	doubt := meanDoubt(sc.Server.Incoming, sc.Server.Outgoing)
	for _, s := range stagesOf(sc) {
		limit := limitAt(sc, s.from)
		c, ok := known[limit]
		if !ok {
			c = orderedAt(&sc.Server, limit, atLimit(&sc.Server, limit, doubt))
			known[limit] = c
		}
		sum.Answers += s.share * c.Answers
		sum.ServerTime += s.share * c.ServerTime
	}
	return sum
}

// orderedAt computes the ceilings in order of a limit from those without that
// duty, which they are never above.
func orderedAt(server *api.Server, limit scenario.Limit, without Ceilings) OrderedCeilings {
	c := OrderedCeilings{without.Provable, without.ServerTime}
	if shortest, _ := server.Incoming.Support(); shortest == longest(server.Incoming) {
		return c // requests that all take as long do not overtake each other
	}
	client := idealFor(server, limit)
	client.order = true
	if client.slots > mostSlots {
		client.slots = 0 // the order alone; the slots are in the other ceilings
	}
	took := map[knowledge]time.Duration{answers: 0, serverTime: 0} // 2·measured departures
	for _, mirrored := range []bool{false, true} {
		drawn := drawLatencies(server, max(warmUp, 2*client.slots)+measured+1, mirrored)
		for _, knows := range []knowledge{answers, serverTime} {
			client.knows = knows
			took[knows] += growth(client, drawn)
		}
	}
	rate := func(k knowledge) float64 { return float64(server.Keys) * 2 * measured / took[k].Seconds() }
	if took[answers] > 0 {
		c.Answers = min(c.Answers, rate(answers))
	}
	if took[serverTime] > 0 {
		c.ServerTime = min(c.ServerTime, rate(serverTime))
	}
	return c
}

// drawLatencies draws for n requests of a key, apart from those of any run.
func drawLatencies(server *api.Server, n int, mirrored bool) []request {
	in, out := drawer(server.Incoming, server.Keys, 0, mirrored), drawer(server.Outgoing, server.Keys, 1, mirrored)
	drawn := make([]request, n)
	for i := range drawn {
		drawn[i].arrived = in(uint64(i))
		drawn[i].answered = drawn[i].arrived + out(uint64(i))
	}
	return drawn
}

// drawer draws for the n-th request of a key. A sequence has no mirror image: it
// is drawn again, with another seed.
func drawer(d dist.Dist, keys int, stream uint64, mirrored bool) func(n uint64) time.Duration {
	const streams = 1 << 41
	var seed uint64
	if sequence, ok := d.(dist.Sequence); ok {
		if mirrored {
			seed = 1
		}
		return func(n uint64) time.Duration { return sequence.At(seed, n*uint64(keys)) }
	}
	return func(n uint64) time.Duration {
		u := dist.U(seed, streams+stream, n)
		if mirrored {
			u = 1 - u
		}
		return d.Quantile(u)
	}
}

// growth is how long the last departures take, as many as are measured; drawn are
// requests as sent at 0.
func growth(client ideal, drawn []request) time.Duration {
	var first, last time.Duration
	from, until := len(drawn)-1-measured, len(drawn)-1
	n := 0
	client.run(func(n uint64) (in, out time.Duration) {
		return drawn[n].arrived, drawn[n].answered - drawn[n].arrived
	}, func(r request) bool {
		if n == from {
			first = r.sent
		}
		n, last = n+1, r.sent
		return n <= until
	})
	return last - first
}
