// Package waiting waits in real time, until a context ends at most.
package waiting

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrDeadline is returned by Signal.Wait when its deadline passed first.
var ErrDeadline = errors.New("deadline passed")

// ErrContextEnded is what Signal.Wait returns when its context ends. The cause is
// left to who knows the context: it could be any error, even one that means
// something else to a gate.
var ErrContextEnded = errors.New("context ended")

// A SteadyClock reads the wall clock once and runs on steadily from there: the
// time it tells never goes back, even where a limiter rounds it.
type SteadyClock struct{ start time.Time }

// NewSteadyClock reads the wall clock.
func NewSteadyClock() SteadyClock { return SteadyClock{time.Now()} }

// Now implements pace.Clock.
func (c SteadyClock) Now() time.Time { return c.start.Add(time.Since(c.start)) }

// A Signal is a pace.Signal whose waiting ends with a context.
type Signal struct {
	// Came is when its waiter came.
	Came time.Time
	// Lateness is what becomes of a departure that is of no use.
	Lateness error

	useful time.Time // a departure after that is of no use; zero: any is
	ctx    context.Context
	clock  clock
	token  chan struct{}
}

type clock interface{ Now() time.Time }

// Signals keeps signals that nobody waits by.
type Signals struct{ pool sync.Pool }

// Get returns one for who came now, and has until a deadline, after which it is
// late, and until that of the context, if there are any.
func (f *Signals) Get(ctx context.Context, clock clock, now, deadline time.Time, late error) *Signal {
	s, ok := f.pool.Get().(*Signal)
	if !ok {
		s = &Signal{token: make(chan struct{}, 1)}
	}
	s.ctx, s.clock, s.Came, s.useful, s.Lateness = ctx, clock, now, deadline, late
	if end, ok := ctx.Deadline(); ok {
		end = now.Add(time.Until(end))
		if deadline.IsZero() || end.Before(deadline) {
			s.useful, s.Lateness = end, context.DeadlineExceeded
		}
	}
	return s
}

// Put takes back a signal that nobody waits by and nobody else knows.
func (f *Signals) Put(s *Signal) {
	select {
	case <-s.token: // which came too late
	default:
	}
	s.ctx = nil
	f.pool.Put(s)
}

// HasNoUse reports whether a departure at some instant is known to be too late
// for who waits by a signal, of whatever kind that is.
func HasNoUse(signal any, at time.Time) bool {
	s, ok := signal.(*Signal)
	return ok && !s.useful.IsZero() && at.After(s.useful)
}

// HasEnded reports whether nobody is known to wait by a signal any more, of
// whatever kind that is.
func HasEnded(signal any) bool {
	s, ok := signal.(*Signal)
	return ok && s.ctx.Err() != nil
}

// Notify implements pace.Signal.
func (s *Signal) Notify() {
	select {
	case s.token <- struct{}{}:
	default:
	}
}

// Wait implements pace.Signal. When the context has ended, nothing else counts.
func (s *Signal) Wait(until time.Time) error {
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
		return ErrContextEnded
	}
	if s.ctx.Err() != nil {
		return ErrContextEnded
	}
	return err
}
