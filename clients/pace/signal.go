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
}

func newContextSignal(ctx context.Context, clock Clock) *contextSignal {
	return &contextSignal{ctx: ctx, clock: clock, token: make(chan struct{}, 1)}
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
	}
	if s.ctx.Err() != nil {
		return errContextEnded
	}
	return err
}
