package pace

import (
	"context"
	"errors"
	"time"
)

// Clock tells the time of one world.
type Clock interface{ Now() time.Time }

// A Signal is a semaphore of one token with one waiter at a time: the only way
// to wait at a gate, so that gates work in virtual and in real time alike.
type Signal interface {
	// Notify leaves a token, or none if there already is one. It never blocks.
	Notify()
	// Wait takes the token, waiting for it until the given instant; the zero
	// time means for ever. It returns nil, ErrDeadline, or an error of its
	// own when there is no point in waiting any more.
	Wait(until time.Time) error
}

// ErrDeadline is returned by Signal.Wait when its deadline passed first.
var ErrDeadline = errors.New("deadline passed")

// steadyClock reads the wall clock once and runs on steadily from there: the
// time it tells never goes back, even where a limiter rounds it.
type steadyClock struct{ start time.Time }

func newSteadyClock() steadyClock { return steadyClock{time.Now()} }

func (c steadyClock) Now() time.Time { return c.start.Add(time.Since(c.start)) }

// errContextEnded is what a contextSignal's Wait returns when its context ends.
// The cause is left to who knows the context: it could be any error, even one
// that means something else to a gate.
var errContextEnded = errors.New("context ended")

// A contextSignal is a Signal whose waiting ends with a context.
type contextSignal struct {
	ctx   context.Context
	clock Clock
	token chan struct{}

	came     time.Time
	useful   time.Time // a departure after that is of no use; zero: any is
	lateness error     // what happens after that
}

// signal returns one for who came now, and has until a deadline and until that of
// the context, if there are any.
func (g *Gate) signal(ctx context.Context, now, deadline time.Time) *contextSignal {
	s, ok := g.signals.Get().(*contextSignal)
	if !ok {
		s = &contextSignal{clock: g.clock, token: make(chan struct{}, 1)}
	}
	s.ctx, s.came, s.useful, s.lateness = ctx, now, deadline, ErrExpired
	if end, ok := ctx.Deadline(); ok {
		end = now.Add(time.Until(end))
		if deadline.IsZero() || end.Before(deadline) {
			s.useful, s.lateness = end, context.DeadlineExceeded
		}
	}
	return s
}

// takeBack takes back a signal that nobody waits by and nobody else knows.
func (g *Gate) takeBack(s *contextSignal) {
	select {
	case <-s.token: // which came too late
	default:
	}
	s.ctx = nil
	g.signals.Put(s)
}

// hasNoUse reports whether a departure at some instant is known to be too late
// for a waiter.
func hasNoUse(s Signal, at time.Time) bool {
	c, ok := s.(*contextSignal)
	return ok && !c.useful.IsZero() && at.After(c.useful)
}

// hasEnded reports whether a waiter is known not to wait any more.
func hasEnded(s Signal) bool {
	c, ok := s.(*contextSignal)
	return ok && c.ctx.Err() != nil
}

// Notify implements Signal.
func (s *contextSignal) Notify() {
	select {
	case s.token <- struct{}{}:
	default:
	}
}

// Wait implements Signal. When the context has ended, nothing else counts.
func (s *contextSignal) Wait(until time.Time) error {
	var late <-chan time.Time // nil never fires
	if !until.IsZero() {
		timer := time.NewTimer(until.Sub(s.clock.Now()))
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case <-s.token:
	case <-late:
		err = ErrDeadline
	case <-s.ctx.Done():
		return errContextEnded
	}
	if s.ctx.Err() != nil {
		return errContextEnded
	}
	return err
}
