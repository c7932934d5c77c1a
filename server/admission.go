package server

import (
	"errors"
	"sync"
)

var (
	errFull   = errors.New("too many requests at a time")
	errClosed = errors.New("server is stopping")
)

// An admission lets so many requests in at a time, until it is closed.
type admission struct {
	max int

	mu     sync.Mutex
	inside int
	closed bool
	empty  chan struct{} // closed when nobody is inside any more, nor will be
}

func newAdmission(max int) *admission {
	return &admission{max: max, empty: make(chan struct{})}
}

// enter lets a request in, which is to leave, or says why not: errFull or
// errClosed.
func (a *admission) enter() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return errClosed
	}
	if a.inside >= a.max {
		return errFull
	}
	a.inside++
	return nil
}

func (a *admission) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inside--
	if a.closed && a.inside == 0 {
		close(a.empty)
	}
}

// close lets nobody in from now on. The channel is closed when the last one
// has left.
func (a *admission) close() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed && a.inside == 0 {
		close(a.empty)
	}
	a.closed = true
	return a.empty
}

func (a *admission) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inside
}
