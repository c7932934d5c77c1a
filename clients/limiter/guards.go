package limiter

import "time"

// Guards hold departures back beyond what a limiter says. They are shared by
// all workers of a key, as the limiter is. The zero value holds nothing back.
type Guards struct {
	// InFlight is the number of requests that may be under way at once; 0 is
	// any number.
	InFlight int
	// Order holds a request back until the one before it has reached the
	// server for certain, so that nonces never overtake each other.
	Order bool
	// Latency is the longest incoming latency, after which Order takes a
	// request to have arrived; 0 is not known: only its answer shows it, or,
	// for want of better, that it was given up.
	Latency time.Duration
	// Penalty holds everything back after a 429, for this long or for as
	// long as the server asks in Retry-After, whichever is longer; 0 does
	// not.
	Penalty time.Duration
}

// Guard puts a limiter behind guards. It returns l itself when there are none.
func (g Guards) Guard(l Limiter) Limiter {
	if g == (Guards{}) {
		return l
	}
	return &guarded{Limiter: l, guards: g}
}

type guarded struct {
	Limiter
	guards  Guards
	flying  int
	last    Ticket
	arrived time.Time // when the last departure has arrived for certain
	release time.Time // end of the penalty
}

func (g *guarded) Next(now time.Time) time.Time {
	if g.guards.InFlight > 0 && g.flying >= g.guards.InFlight {
		return Never
	}
	at := latest(g.Limiter.Next(now), g.release)
	if g.guards.Order {
		at = latest(at, g.arrived)
	}
	return at
}

func (g *guarded) Sent(now time.Time) Ticket {
	g.flying++
	g.last = g.Limiter.Sent(now)
	g.arrived = countedBy(now, g.guards.Latency)
	if g.guards.Latency > 0 {
		// One that arrives at the very last instant still comes before
		// one that leaves an instant later and takes no time.
		g.arrived = g.arrived.Add(1)
	}
	return g.last
}

func (g *guarded) Done(now time.Time, t Ticket, o Outcome) {
	g.flying--
	g.Limiter.Done(now, t, o)
	// One that was given up may still be on its way.
	arrived := o.Err == nil || g.guards.Latency == 0
	if t == g.last && arrived && now.Before(g.arrived) {
		g.arrived = now
	}
	if o.Status == 429 && g.guards.Penalty > 0 {
		g.release = latest(g.release, now.Add(max(g.guards.Penalty, o.RetryAfter)))
	}
}
