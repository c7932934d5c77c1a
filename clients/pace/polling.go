package pace

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
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

// enterPolling looks at the limiter now, and again at multiples of Every from now.
func (g *Gate) enterPolling(t *Turn, now, deadline time.Time, c costs) (until time.Time, waits bool) {
	useful, err := g.tryNow(t, now, deadline, c)
	if err != nil || !useful.After(now) {
		return g.end(t, err)
	}
	g.join(t, now, deadline, c) // so that answers are told of
	t.until = g.nextLook(t, now, useful)
	return t.until, true
}

// pollAgain looks again, if it is time for that.
func (g *Gate) pollAgain(t *Turn) (until time.Time, waits bool) {
	now := g.clock.Now()
	useful := now
	if now.Before(t.until) { // woken early, because of an answer
		useful = g.mine(now, t.costs())
	} else {
		var err error
		if useful, err = g.tryNow(t, now, t.deadline, t.costs()); err != nil || !useful.After(now) {
			return g.end(t, err)
		}
	}
	t.until = g.nextLook(t, now, useful)
	return t.until, true
}

// tryNow lets a request go, if that is possible now, and tells when it is.
func (g *Gate) tryNow(t *Turn, now, deadline time.Time, c costs) (at time.Time, err error) {
	if waiting.Passed(deadline, now) {
		return now, ErrExpired
	}
	at = g.mine(now, c)
	switch {
	case !at.After(now):
		t.Permit = g.depart(now, c)
	case at.Equal(limiter.Impossible):
		return at, c.Impossible()
	}
	return at, nil
}

// nextLook is the first look after now, or the first one after now that is of
// any use, which none is before the request can leave.
func (g *Gate) nextLook(w *Turn, now, useful time.Time) time.Time {
	if !g.poll.SkipIdle {
		return now.Add(g.poll.Every)
	}
	if !w.deadline.IsZero() {
		useful = waiting.Earliest(useful, w.deadline.Add(1)) // the look that gives up
	}
	return waiting.NextLook(g.poll.Every, w.came, now, useful)
}
