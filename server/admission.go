package server

import (
	"errors"
	"sync/atomic"
)

var (
	errFull   = errors.New("too many requests at a time")
	errClosed = errors.New("server is stopping")
)

// An admission lets so many requests in at a time, until it is closed. It has
// no lock: all requests come by here, and those that had to wait for one would
// be late.
type admission struct {
	max   int64
	state atomic.Int64  // how many are inside, plus closedMark once it is closed
	empty chan struct{} // closed when nobody is inside any more, nor will be
}

const closedMark = 1 << 62

func newAdmission(max int) *admission {
	return &admission{max: int64(max), empty: make(chan struct{})}
}

// enter lets a request in, which is to leave, or says why not: errFull or
// errClosed.
func (a *admission) enter() error {
	for {
		inside := a.state.Load()
		if inside >= closedMark {
			return errClosed
		}
		if inside >= a.max {
			return errFull
		}
		if a.state.CompareAndSwap(inside, inside+1) {
			return nil
		}
	}
}

func (a *admission) leave() {
	if a.state.Add(-1) == closedMark {
		close(a.empty)
	}
}

// close lets nobody in from now on. The channel is closed when the last one
// has left.
func (a *admission) close() <-chan struct{} {
	for {
		inside := a.state.Load()
		if inside >= closedMark {
			return a.empty // closed before
		}
		if a.state.CompareAndSwap(inside, inside+closedMark) {
			if inside == 0 {
				close(a.empty)
			}
			return a.empty
		}
	}
}

func (a *admission) count() int { return int(a.state.Load() &^ closedMark) }
