package virtual

import (
	"sync"
	"time"
	"unsafe"

	"ratebench/clients"
	"ratebench/clients/pace"
)

// NewLock implements clients.Runtime. Processes take turns and hand over only
// where they block, so that there is nothing to guard.
func (k *Kernel) NewLock() sync.Locker { return &noLock{} }

type noLock struct{}

func (*noLock) Lock()   {}
func (*noLock) Unlock() {}

// NewSignal implements clients.Runtime.
func (k *Kernel) NewSignal() pace.Signal {
	if k.signals == len(k.all)*blockSize {
		k.all = append(k.all, new(block))
	}
	s := &k.all[k.signals/blockSize].signals[k.signals%blockSize]
	k.signals++
	s.k = k
	return s
}

var _ pace.Resettable = (*signal)(nil)

type signal struct {
	k      *Kernel
	waiter *process
	token  bool
}

func (s *signal) Notify() {
	if p := s.waiter; p != nil {
		s.waiter, p.waits = nil, nil
		s.k.wake(p)
		return
	}
	s.token = true
}

// Reset implements pace.Resettable. Whoever waits takes its place among those that are
// ready, as if notified, and its timer is set when its turn comes: so that the timer is
// in the same order among those of one instant as if it had gone on and waited again.
func (s *signal) Reset(until time.Time) bool {
	k, p := s.k, s.waiter
	if p == nil || !until.After(k.instant) {
		return false
	}
	if !p.timer.reset() {
		k.unset(p)
		k.ready.push(p)
	}
	p.timer.due = k.instantOf(until)
	return true
}

// Lines appends, for who prefetches, the signal or, one pointer away, the process that
// waits for it: see pace.Ahead.
func (s *signal) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	switch {
	case far == 0:
		lines = append(lines, unsafe.Pointer(s))
	case far == 1 && s.waiter != nil:
		lines = append(lines, unsafe.Pointer(s.waiter))
	}
	return lines
}

// take takes the token, if there is one.
func (s *signal) take() bool {
	had := s.token
	s.token = false
	return had
}

// await makes a process the one that waits.
func (s *signal) await(p *process) {
	if s.waiter != nil {
		panic("two processes wait for one signal")
	}
	s.waiter, p.waits = p, s
}

// Wait implements pace.Signal.
func (s *signal) Wait(until time.Time) error {
	if s.take() {
		return nil
	}
	k, p := s.k, s.k.current
	s.await(p)
	if !until.IsZero() {
		k.timers.await(p, k.now, k.instantOf(until))
	}
	running := k.park(p)
	notified := s.waiter == nil
	s.waiter, p.waits = nil, nil
	switch {
	case !running:
		return clients.ErrStopped
	case !notified:
		return pace.ErrDeadline
	}
	return nil
}
