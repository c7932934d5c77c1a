// Package live runs client code in real time: processes are goroutines, the
// clock is the time package's and requests travel as HTTP. Inside a
// testing/synctest bubble the same code runs on the bubble's clock.
package live

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"ratebench/clients"
	"ratebench/clients/pace"
)

// A Runtime is a clients.Runtime in real time.
type Runtime struct {
	start time.Time
	ctx   context.Context
	stop  context.CancelFunc
	wg    sync.WaitGroup

	mu    sync.Mutex
	crash error // the first panic of a process
}

var _ clients.Runtime = (*Runtime)(nil)

// New returns a runtime that stops when ctx is done.
func New(ctx context.Context) *Runtime {
	r := &Runtime{start: time.Now()}
	r.ctx, r.stop = context.WithCancel(ctx)
	return r
}

// Start is the instant of New.
func (r *Runtime) Start() time.Time { return r.start }

// Context is done when the run is over. Calls hang on it at the edge to HTTP;
// everything else learns of the end from ErrStopped.
func (r *Runtime) Context() context.Context { return r.ctx }

// Run waits until d after Start, or until the context given to New is done;
// then it stops every process and returns when the last one has. The error, if
// any, is the panic of a process, which ends the run.
func (r *Runtime) Run(d time.Duration) error {
	_ = r.Sleep(d - time.Since(r.start)) // either way the run is over
	r.Stop()
	r.wg.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.crash
}

// Stop ends the run: blocking calls return ErrStopped.
func (r *Runtime) Stop() { r.stop() }

// Now implements clients.Runtime. The wall clock is read once, at the start,
// so that time never goes back.
func (r *Runtime) Now() time.Time { return r.start.Add(time.Since(r.start)) }

// Go implements clients.Runtime. A panic of the process ends the run and not
// the program.
func (r *Runtime) Go(name string, f func()) {
	r.wg.Go(func() {
		defer func() {
			if cause := recover(); cause != nil {
				r.crashed(fmt.Errorf("process %q panicked after %v: %v\n%s", name, time.Since(r.start), cause, debug.Stack()))
			}
		}()
		f()
	})
}

func (r *Runtime) crashed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.crash == nil {
		r.crash = err
	}
	r.Stop()
}

// Sleep implements clients.Runtime.
func (r *Runtime) Sleep(d time.Duration) error {
	if d <= 0 {
		return r.stopped()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-r.ctx.Done():
		return clients.ErrStopped
	}
}

func (r *Runtime) stopped() error {
	if r.ctx.Err() != nil {
		return clients.ErrStopped
	}
	return nil
}

// NewLock implements clients.Runtime.
func (r *Runtime) NewLock() sync.Locker { return &sync.Mutex{} }

// NewSignal implements clients.Runtime.
func (r *Runtime) NewSignal() pace.Signal {
	return &signal{runtime: r, token: make(chan struct{}, 1)}
}

type signal struct {
	runtime *Runtime
	token   chan struct{}
}

func (s *signal) Notify() {
	select {
	case s.token <- struct{}{}:
	default:
	}
}

func (s *signal) Wait(until time.Time) error {
	var late <-chan time.Time // nil never fires
	if !until.IsZero() {
		t := time.NewTimer(until.Sub(s.runtime.Now()))
		defer t.Stop()
		late = t.C
	}
	select {
	case <-s.token:
		return nil
	case <-late:
		return pace.ErrDeadline
	case <-s.runtime.ctx.Done():
		return clients.ErrStopped
	}
}
