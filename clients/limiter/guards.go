package limiter

import (
	"errors"
	"fmt"
	"time"
)

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
	// for want of better, that it was given up. The client's clock may be off
	// by DefaultDrift.
	Latency time.Duration
	// Penalty holds everything back after a refusal, for this long or for as
	// long as the server asks in Retry-After, whichever is longer: after any
	// 429 or other refusal because of a limit, and after another status from
	// 400 that asks for a pause, as 503 and 403 may. 0 does not hold back at all.
	Penalty time.Duration
}

// Validate names the first field whose value is out of range.
func (g Guards) Validate() error {
	var inFlight error
	if g.InFlight < 0 {
		inFlight = fmt.Errorf("in_flight is %d, want 0 or more", g.InFlight)
	}
	return errors.Join(inFlight, notNegative("latency", g.Latency), notNegative("penalty", g.Penalty))
}

// Guard puts a limiter behind guards. It returns l itself when there are none.
// An error is that of Validate, or that there is no limiter.
func (g Guards) Guard(l Limiter) (Limiter, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if l == nil {
		return nil, errors.New("there is no limiter to guard, want one")
	}
	if g == (Guards{}) {
		return l, nil
	}
	delayable, _ := l.(Delayable)
	return &guarded{Limiter: l, delayable: delayable, guards: g, latency: Quota{}.Widen(g.Latency)}, nil
}

// New builds the limiter that c describes, behind guards. An error says what is
// wrong with the configuration, the quota or the guards.
func New(c Config, q Quota, g Guards) (Limiter, error) {
	l, err := c.New(q)
	if err != nil {
		return nil, err
	}
	return g.Guard(l)
}

type guarded struct {
	Limiter
	delayable Delayable // the same limiter, if it is one
	guards    Guards
	latency   time.Duration // with the drift
	flying    int
	last      Ticket
	arrived   time.Time // when the last departure has arrived for certain
	release   time.Time // end of the penalty
}

func (g *guarded) Next(now time.Time, cost int64) time.Time {
	return g.guard(g.Limiter.Next(now, cost))
}

// NextEach implements Several, if the limiter is one.
func (g *guarded) NextEach(now time.Time, costs []int64) time.Time {
	return g.guard(NextEach(g.Limiter, now, costs))
}

// guard holds a departure back that the limiter allows at the given time.
func (g *guarded) guard(at time.Time) time.Time {
	at = latest(at, g.release)
	if g.guards.InFlight > 0 && g.flying >= g.guards.InFlight {
		return latest(at, Never) // what is impossible stays so
	}
	if g.guards.Order {
		at = latest(at, g.arrived)
	}
	return at
}

func (g *guarded) Sent(now time.Time, cost int64) Ticket {
	return g.sent(now, g.Limiter.Sent(now, cost))
}

// SentEach implements Several, if the limiter is one.
func (g *guarded) SentEach(now time.Time, costs []int64) Ticket {
	return g.sent(now, SentEach(g.Limiter, now, costs))
}

func (g *guarded) sent(now time.Time, t Ticket) Ticket {
	g.flying++
	g.last = t
	g.arrived = g.arrivedBy(now)
	return t
}

// arrivedBy is when a request that leaves now has arrived for certain.
func (g *guarded) arrivedBy(now time.Time) time.Time {
	if g.latency == 0 {
		return Never
	}
	// One that arrives at the very last instant still comes before one that
	// leaves an instant later and takes no time.
	return now.Add(g.latency + 1)
}

// Delay implements Delayable.
func (g *guarded) Delay(t Ticket) {
	if g.delayable != nil {
		g.delayable.Delay(t)
	}
	if t == g.last {
		g.arrived = Never
	}
}

// Due implements Punctual, for a limiter that is.
func (g *guarded) Due(at time.Time) {
	if p, ok := g.Limiter.(Punctual); ok {
		p.Due(at)
	}
}

// Wake implements Waking, for a limiter that is.
func (g *guarded) Wake(f func()) {
	if w, ok := g.Limiter.(Waking); ok {
		w.Wake(f)
	}
}

// Left implements Delayable.
func (g *guarded) Left(now time.Time, t Ticket) {
	if g.delayable != nil {
		g.delayable.Left(now, t)
	}
	if t == g.last {
		g.arrived = g.arrivedBy(now)
	}
}

func (g *guarded) Done(now time.Time, t Ticket, o Outcome) {
	g.flying--
	g.Limiter.Done(now, t, o)
	// One that was given up may still be on its way.
	arrived := o.Err == nil || g.latency == 0
	if t == g.last && arrived && now.Before(g.arrived) {
		g.arrived = now
	}
	refused := o.Limited() || o.Status >= 400 && o.RetryAfter > 0
	if refused && g.guards.Penalty > 0 {
		g.release = latest(g.release, now.Add(max(g.guards.Penalty, o.RetryAfter)))
	}
}
