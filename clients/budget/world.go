package budget

import (
	"time"

	"ratebench/clients/pace"
)

// realWorld is the computer's.
type realWorld struct{}

func newRealWorld() World { return realWorld{} }

func (realWorld) Now() time.Time { return time.Now() }

func (realWorld) Go(_ string, f func()) { go f() }

func (realWorld) NewSignal() pace.Signal { return make(realSignal, 1) }

// realSignal holds the token.
type realSignal chan struct{}

// Notify implements pace.Signal.
func (s realSignal) Notify() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Wait implements pace.Signal.
func (s realSignal) Wait(until time.Time) error {
	var late <-chan time.Time // nil never fires
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-s:
		return nil
	case <-late:
		return pace.ErrDeadline
	}
}
