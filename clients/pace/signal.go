package pace

import (
	"time"

	"ratebench/clients/pace/internal/waiting"
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

// A Resettable signal lets another instant be set for whoever waits by it, who then
// need not wake up just to wait again.
type Resettable interface {
	Signal
	// Reset has whoever waits do so until the given instant, in place of the one
	// that it was given before. It returns false, and does nothing, if nobody waits
	// or that instant is not after now, as the zero time is not.
	Reset(until time.Time) bool
}

// ErrDeadline is returned by Signal.Wait when its deadline passed first.
var ErrDeadline = waiting.ErrDeadline
