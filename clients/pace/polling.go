package pace

import (
	"time"

	"ratebench/clients/limiter"
)

// Polling makes the workers at a gate poll. The zero value waits in a line,
// exactly as long as needed.
type Polling struct {
	// Every is the time between two looks; 0 does not poll.
	Every time.Duration
	// SkipIdle leaves out the looks that cannot succeed. The outcome is the
	// same as long as waking up costs nothing.
	SkipIdle bool
}

// acquirePolling looks at the limiter now and at multiples of Every from now.
func (g *Gate) acquirePolling(s Signal, now, deadline time.Time, c costs) (Permit, error) {
	p, useful, err := g.look(now, deadline, c)
	if err != nil || !useful.After(now) {
		return p, err
	}
	w := g.line.join(s, now, deadline, c) // so that answers are told of
	defer func() {
		g.line.remove(w)
		g.line.reuse(w)
	}()
	for {
		due := g.nextLook(w, now, useful)
		if err := g.wait(s, due); err != nil {
			return Permit{}, err
		}
		now = g.clock.Now()
		if now.Before(due) { // woken early, because of an answer
			useful = g.mine(now, w.costs)
			continue
		}
		if p, useful, err = g.look(now, deadline, w.costs); err != nil || !useful.After(now) {
			return p, err
		}
	}
}

// look lets a request go, if that is possible now, and tells when it is.
func (g *Gate) look(now, deadline time.Time, c costs) (p Permit, at time.Time, err error) {
	if passed(deadline, now) {
		return p, now, ErrExpired
	}
	at = g.mine(now, c)
	switch {
	case !at.After(now):
		return g.depart(now, c), at, nil
	case at.Equal(limiter.Impossible):
		return p, at, costError(c)
	}
	return p, at, nil
}

// nextLook is the first look after now, or the first one after now that is of
// any use, which none is before the request can leave.
func (g *Gate) nextLook(w *waiter, now, useful time.Time) time.Time {
	every := g.poll.Every
	if !g.poll.SkipIdle {
		return now.Add(every)
	}
	looks := now.Sub(w.came)/every + 1
	if !w.deadline.IsZero() {
		useful = earliest(useful, w.deadline.Add(1)) // the look that gives up
	}
	if wait := useful.Sub(w.came); wait > looks*every {
		looks = (wait + every - 1) / every
	}
	return w.came.Add(looks * every)
}
