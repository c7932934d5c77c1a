package clients

import (
	"errors"
	"time"
)

// ErrStopped is returned by every blocking call of a Runtime once the run is
// over. Whoever receives it returns.
var ErrStopped = errors.New("run stopped")

// ErrDeadline is returned by Signal.Wait when its deadline passed first.
var ErrDeadline = errors.New("deadline passed")

// Runtime is all that blocking client code may touch: nothing else in this
// package sleeps, reads a clock or starts a goroutine, except for Transport,
// which lives in real time alone. harness/virtual and harness/live implement
// it.
type Runtime interface {
	// Now is the current instant of this world.
	Now() time.Time
	// Sleep blocks for at least d; it returns nil or ErrStopped. It returns
	// at once when d is not positive.
	Sleep(d time.Duration) error
	// Go starts a process. The name appears in the report of a panic.
	Go(name string, f func())
	// NewSignal returns a signal without a token.
	NewSignal() Signal
}

// A Signal is a semaphore of one token with one waiter at a time: the only
// blocking primitive beside Sleep.
type Signal interface {
	// Notify leaves a token, or none if there already is one. It never blocks.
	Notify()
	// Wait takes the token, waiting for it until the given instant; the zero
	// time means for ever. It returns nil, ErrDeadline or ErrStopped.
	Wait(until time.Time) error
}
