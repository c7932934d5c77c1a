package clients

import (
	"time"

	"ratebench/clients/pace"
)

// A Process is made of steps. The processes of a client are, so that there is one
// way in which they work, and several in which they wait: a goroutine blocks, and a
// runtime in virtual time takes the steps of thousands one after another, without
// a stack for each.
type Process interface {
	// Step does what there is to do at one instant, without blocking, and sets
	// what to wait for before the next; false is the end. (That it is set and not
	// returned is for the processor: what is returned in registers and kept in
	// memory is copied as soon as all writes before are done, which takes long
	// where thousands of processes take turns.)
	Step(w *Wait) (more bool)
}

// A Prefetcher is a Process that knows ahead of its turn what its next step will look
// at. Where thousands take turns, little of that is in the cache of the processor: what
// several of them need is fetched side by side then, and waited for once in place of
// once for each.
type Prefetcher interface {
	Process
	// Prefetch reads something in each line of the cache that the next steps of some
	// processes are likely to need, as far as they are of its own kind, and changes
	// nothing. It goes from what all of them have at hand to what that leads to, as
	// reads do not wait for each other unless one has to tell where the other is.
	// The sum means nothing: it is for a compiler that drops what
	// nobody uses.
	Prefetch(some []Process) (sum uint64)
}

// Crowd is from how many processes on it is worth prefetching: they and what their steps
// look at, 1 to 2 KB each, are more than the cache that a processor has for itself.
const Crowd = 2_000

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
	// Steps starts a process.
	Steps(name string, p Process)
}

// start starts a process. One whose steps block after all has a stack.
func start(rt Runtime, name string, blocks bool, p Process) {
	if s, ok := rt.(Stepper); ok && !blocks {
		s.Steps(name, p)
		return
	}
	rt.Go(name, func() {
		var w Wait
		for p.Step(&w) && w.pass(rt) == nil {
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
