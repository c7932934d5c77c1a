package clients

import (
	"errors"
	"sync"
	"time"

	"ratebench/clients/pace"
)

// ErrStopped is returned by every blocking call of a Runtime once the run is
// over. Whoever receives it returns.
var ErrStopped = errors.New("run stopped")

// Runtime is all that blocking client code may touch: nothing else in this
// package sleeps, reads a clock, starts a goroutine or locks. harness/virtual and
// harness/live implement it.
type Runtime interface {
	// Now is the current instant of this world. It does not go back, neither do its
	// seconds since 1970: where wall clocks can be set, they are read at the start.
	Now() time.Time
	// Sleep blocks for at least d; it returns nil or ErrStopped. It returns
	// at once when d is not positive.
	Sleep(d time.Duration) error
	// Go starts a process. The name appears in the report of a panic.
	Go(name string, f func())
	// NewSignal returns a signal without a token: the only blocking primitive
	// beside Sleep. Its Wait returns nil, pace.ErrDeadline or ErrStopped.
	NewSignal() pace.Signal
	// NewLock returns what guards memory that processes share, which is never
	// held across a wait. Where processes take turns it does nothing.
	NewLock() sync.Locker
}
