package pace

import (
	"errors"
	"slices"
	"sync"
	"time"

	"ratebench/clients/limiter"
)

// ErrExpired is returned by Gate.Acquire when the deadline passed before the
// limiter allowed a departure. Nothing has been spent.
var ErrExpired = errors.New("deadline passed at the gate")

// A Gate is one limiter shared by the workers of a key. It does the waiting
// that a limiter does not: in a FIFO line, each worker with a deadline, asking
// the limiter again whenever an answer may have brought the departure forward.
//
// With Poll set there is no line: each worker looks again every so often, as
// the reference's clients do, and whoever looks first after a slot has become
// free takes it.
type Gate struct {
	clock  Clock
	poll   Polling
	nonces *Nonces

	mu      sync.Mutex // never held across a wait
	limiter limiter.Limiter
	line    []Signal // who waits; in order of arrival
}

// Polling makes the workers at a gate poll. The zero value waits in a line,
// exactly as long as needed.
type Polling struct {
	// Every is the time between two looks; 0 does not poll.
	Every time.Duration
	// SkipIdle leaves out the looks that cannot succeed. The outcome is the
	// same as long as waking up costs nothing.
	SkipIdle bool
}

// A Permit is a departure that a gate has granted.
type Permit struct {
	// Ticket is the departure's number at its limiter.
	Ticket limiter.Ticket
	// Nonce is that of the request.
	Nonce int64
	// Granted is when the request may leave: the instant that the limiter was
	// told of.
	Granted time.Time
}

// NewGate returns a gate around l, which nobody else may use. The nonces are
// those of the key, shared with its other gates if there are any.
func NewGate(clock Clock, l limiter.Limiter, n *Nonces, poll Polling) *Gate {
	return &Gate{clock: clock, poll: poll, nonces: n, limiter: l}
}

// Acquire waits until the limiter lets a request go and commits its departure;
// a departure at the deadline is in time, and the zero deadline never passes.
// The signal belongs to the caller, who waits for nothing else meanwhile.
// It returns ErrExpired, or what the signal's Wait returned other than nil
// and ErrDeadline; then nothing has been spent.
func (g *Gate) Acquire(s Signal, deadline time.Time) (Permit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.line = append(g.line, s)
	defer g.leave(s)
	if g.poll.Every > 0 {
		return g.acquirePolling(s, deadline)
	}
	for {
		now := g.clock.Now()
		until := deadline
		if g.line[0] == s {
			at := g.limiter.Next(now)
			if !at.After(now) && !passed(deadline, now) {
				return g.depart(now), nil
			}
			until = earliest(at, deadline)
		}
		if !deadline.IsZero() && !now.Before(deadline) {
			return Permit{}, ErrExpired
		}
		if err := g.wait(s, until); err != nil {
			return Permit{}, err
		}
	}
}

// Done reports how a departure ended, and wakes whoever waits if that brought
// the next departure forward.
func (g *Gate) Done(p Permit, o limiter.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if len(g.line) == 0 {
		g.limiter.Done(now, p.Ticket, o)
		return
	}
	before := g.limiter.Next(now)
	g.limiter.Done(now, p.Ticket, o)
	if !g.limiter.Next(now).Before(before) {
		return
	}
	switch {
	case g.poll.Every == 0:
		g.line[0].Notify()
	case g.poll.SkipIdle: // their next useful look may be an earlier one now
		for _, s := range g.line {
			s.Notify()
		}
	}
}

// acquirePolling looks at the limiter now and at multiples of Every from now.
func (g *Gate) acquirePolling(s Signal, deadline time.Time) (Permit, error) {
	entered := g.clock.Now()
	due := entered
	for {
		now := g.clock.Now()
		if !now.Before(due) { // else woken early, because of an answer
			if passed(deadline, now) {
				return Permit{}, ErrExpired
			}
			if !g.limiter.Next(now).After(now) {
				return g.depart(now), nil
			}
		}
		due = g.nextLook(entered, now, deadline)
		if err := g.wait(s, due); err != nil {
			return Permit{}, err
		}
	}
}

// nextLook is the first look after now, or the first one after now that is of
// any use.
func (g *Gate) nextLook(entered, now, deadline time.Time) time.Time {
	every := g.poll.Every
	if !g.poll.SkipIdle {
		return now.Add(every)
	}
	looks := now.Sub(entered)/every + 1
	useful := g.limiter.Next(now)
	if !deadline.IsZero() {
		useful = earliest(useful, deadline.Add(1)) // the look that gives up
	}
	if wait := useful.Sub(entered); wait > looks*every {
		looks = (wait + every - 1) / every
	}
	return entered.Add(looks * every)
}

// depart commits a departure. The nonce is made in the same step, so that
// nonces are issued in the order of departure.
func (g *Gate) depart(now time.Time) Permit {
	return Permit{Ticket: g.limiter.Sent(now), Nonce: g.nonces.Next(now), Granted: now}
}

// wait gives up the lock while it waits, and returns nil at the deadline too.
func (g *Gate) wait(s Signal, until time.Time) error {
	g.mu.Unlock()
	defer g.mu.Lock()
	if err := s.Wait(until); err != nil && err != ErrDeadline {
		return err
	}
	return nil
}

// leave takes s out of the line and wakes the next if s was at the front.
func (g *Gate) leave(s Signal) {
	i := slices.Index(g.line, s)
	g.line = slices.Delete(g.line, i, i+1)
	if i == 0 && len(g.line) > 0 && g.poll.Every == 0 {
		g.line[0].Notify()
	}
}

// passed reports whether now is after a deadline that exists.
func passed(deadline, now time.Time) bool { return !deadline.IsZero() && now.After(deadline) }

// earliest returns the earlier instant; a zero deadline never comes.
func earliest(at, deadline time.Time) time.Time {
	if deadline.IsZero() || at.Before(deadline) {
		return at
	}
	return deadline
}
