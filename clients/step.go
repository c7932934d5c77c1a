package clients

import (
	"time"

	"ratebench/clients/pace"
)

// A Step does what a process has to do at one instant, without blocking, and
// returns what it waits for before the next; false is the end of it.
//
// The processes of a client are made of steps, so that there is one way in which
// they work, and several in which they wait: a goroutine blocks, and a runtime in
// virtual time takes the steps of thousands one after another, without a stack
// for each.
type Step = func() (w Wait, more bool)

// A Wait is what a process waits for: for a signal, or else that time passes.
type Wait struct {
	// For is how long, if there is no Signal; not at all if it is not positive.
	For time.Duration
	// Signal is waited for until it is notified, or Until, whichever comes
	// first. Nil: there is none.
	Signal pace.Signal
	// Until is how long the signal is waited for; zero: for ever.
	Until time.Time
}

// A Stepper is a Runtime that takes steps by itself, just as if the process had
// blocked in between. Its signals are those of its NewSignal.
type Stepper interface {
	Runtime
	// Steps starts a process that consists of steps.
	Steps(name string, step Step)
}

// start starts a process that consists of steps. Those that block can only be
// taken in a process of their own.
func start(rt Runtime, name string, blocks bool, step Step) {
	if s, ok := rt.(Stepper); ok && !blocks {
		s.Steps(name, step)
		return
	}
	rt.Go(name, func() {
		for {
			w, more := step()
			if !more || w.pass(rt) != nil {
				return
			}
		}
	})
}

// pass blocks until the wait is over; its only error is ErrStopped.
func (w *Wait) pass(rt Runtime) error {
	if w.Signal == nil {
		return rt.Sleep(w.For)
	}
	if err := w.Signal.Wait(w.Until); err != nil && err != pace.ErrDeadline {
		return err
	}
	return nil
}
