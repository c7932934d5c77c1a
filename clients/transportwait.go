package clients

import (
	"context"
	"errors"
	"time"
)

// steadyClock reads the wall clock once and runs on steadily from there: the
// time it tells never goes back, even where a limiter rounds it.
type steadyClock struct{ start time.Time }

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
