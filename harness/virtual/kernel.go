// Package virtual runs client and server code in virtual time: processes are
// coroutines of which exactly one runs at a time, and the clock jumps from one
// event to the next. What happens is a function of the program alone, on any
// number of cores.
package virtual

import (
	"fmt"
	"iter"
	"reflect"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"ratebench/clients"
)

// Epoch is the instant at which every virtual run begins.
var Epoch = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// A Kernel is a clients.Runtime in virtual time. It is used by one goroutine
// and for one Run.
type Kernel struct {
	now     int64     // ns since Epoch
	instant time.Time // the same
	until   int64     // ns since Epoch, the end of the run
	timers  timers
	ready   fifo       // may go on now, in the order in which they became so
	all     []*block   // of processes, by slots, and of signals
	details []details  // of processes, by slots
	signals int        // that are taken
	idle    []*process // their function has returned; Go uses them again
	walked  []*process // their steps have ended; Steps uses them again
	current *process
	ended   bool // Stop was called
	stopped bool // processes are being unwound
	events  uint64

	wait  clients.Wait // of the process that takes a step
	ahead ahead

	interrupted atomic.Bool // Interrupt was called
}

var _ clients.Stepper = (*Kernel)(nil)

// New returns a kernel at Epoch without any process.
func New() *Kernel {
	k := &Kernel{instant: Epoch, timers: timers{from: distantFrom}}
	k.timers.near.comes = k.prefetch
	return k
}

// process is one of steps, which the kernel takes by itself, or a coroutine that
// runs one function after another, and takes some steps in between. It fits into
// a line of the processor's cache.
type process struct {
	slot  uint32
	timer timer
	steps clients.Process // nil: there are none to take before the coroutine goes on
	waits *signal         // that it waits for; nil: none
}

// details are what is looked at seldom of a process.
type details struct {
	name string
	co   *coroutine // nil: it has steps only
}

type coroutine struct {
	f      func() // nil: idle
	next   func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool
	crash  error
	denied int
}

// ahead is room for the processes that are prefetched at a time.
type ahead struct {
	next      []*process
	signals   []*signal
	processes []clients.Process
	kinds     []reflect.Type // that are among them
	sum       uint64         // means nothing
}

// A block is what is made at a time: some processes, and as many signals, which are those
// that they wait for if they were made in the same order, one for each. Where thousands
// take turns, both are then found together.
type block struct {
	_         [56]byte // with 8 of the allocator's before it that makes a line, so that a process is in one
	processes [blockSize]process
	signals   [blockSize]signal
}

const blockSize = 32

// Now is the current virtual instant.
func (k *Kernel) Now() time.Time { return k.instant }

func (k *Kernel) moveTo(at int64) {
	if at == k.now {
		return
	}
	k.now, k.instant = at, time.Unix(Epoch.Unix(), at).UTC() // half of what Time.Add costs
}

// Events is how often a process was resumed or the clock moved, for measuring
// the cost of an event.
func (k *Kernel) Events() uint64 { return k.events }

// Go starts a process; it first runs when the caller blocks or returns. Once
// the run is over it does nothing.
func (k *Kernel) Go(name string, f func()) {
	if k.stopped {
		return
	}
	var p *process
	if n := len(k.idle); n > 0 {
		p, k.idle = k.idle[n-1], k.idle[:n-1]
	} else {
		p = k.newProcess()
	}
	d := &k.details[p.slot]
	d.name, d.co.f = name, f
	k.wake(p)
}

// Steps implements clients.Stepper: the process is the same as one that blocks
// between the steps. Once the run is over it does nothing.
func (k *Kernel) Steps(name string, steps clients.Process) {
	if k.stopped {
		return
	}
	var p *process
	if n := len(k.walked); n > 0 {
		p, k.walked = k.walked[n-1], k.walked[:n-1]
	} else {
		p = k.newSlot()
	}
	p.steps, k.details[p.slot].name = steps, name
	k.wake(p)
}

// Walk takes steps in place of the process that calls it, which goes on after
// the last. It returns nil or clients.ErrStopped.
func (k *Kernel) Walk(steps clients.Process) error {
	if k.stopped {
		k.park(k.current)
		return clients.ErrStopped
	}
	p := k.current
	p.steps = steps
	if k.walk(p) {
		return nil
	}
	if !k.park(p) {
		return clients.ErrStopped
	}
	return nil
}

// walk takes the steps of a process that are due, and reports whether that was
// the last.
func (k *Kernel) walk(p *process) bool {
	if s := p.waits; s != nil { // and was not notified in time
		s.waiter, p.waits = nil, nil
	}
	for w := &k.wait; ; {
		if !p.steps.Step(w) {
			p.steps = nil
			return true
		}
		at, s := k.after(w.For), (*signal)(nil)
		switch {
		case w.Signal != nil:
			s = w.Signal.(*signal)
			if s.take() {
				continue
			}
			if w.Until.IsZero() {
				s.await(p)
				return false
			}
			at = k.instantOf(w.Until)
		case w.For <= 0:
			continue
		}
		if !k.aloneUntil(at) { // or else nobody notifies it before either
			if s != nil {
				s.await(p)
				k.timers.await(p, k.now, at)
			} else {
				k.timers.sleep(p, k.now, at)
			}
			return false
		}
		k.moveTo(at)
		k.events++
	}
}

func (k *Kernel) newSlot() *process {
	slot := len(k.details)
	if slot == len(k.all)*blockSize {
		k.all = append(k.all, new(block))
	}
	k.details = append(k.details, details{})
	p := k.at(uint32(slot))
	p.slot = uint32(slot)
	return p
}

// prefetch reads what processes will look at when their turns come, which changes nothing
// but what they cost: where there are thousands, most of it is not in the processor's
// cache, which fetches that of several side by side.
func (k *Kernel) prefetch(next []entry) {
	if len(k.details) < clients.Crowd {
		return
	}
	a, sum := &k.ahead, uint64(0)
	a.next, a.signals, a.processes, a.kinds = a.next[:0], a.signals[:0], a.processes[:0], a.kinds[:0]
	for _, e := range next {
		b, i := k.all[e.slot()/blockSize], e.slot()%blockSize
		a.next, a.signals = append(a.next, &b.processes[i]), append(a.signals, &b.signals[i]) // which is mostly its own
	}
	for i, p := range a.next {
		if sum += p.timer.key; a.signals[i].token {
			sum++
		}
	}
	for _, p := range a.next {
		if p.steps != nil {
			a.processes = append(a.processes, p.steps)
		}
	}
	last := reflect.Type(nil)
	for _, p := range a.processes {
		kind := reflect.TypeOf(p)
		if kind == last || slices.Contains(a.kinds, kind) {
			continue
		}
		a.kinds, last = append(a.kinds, kind), kind
		if p, ok := p.(clients.Prefetcher); ok {
			sum += p.Prefetch(a.processes)
		}
	}
	a.sum += sum
}

// at is the process in a slot.
func (k *Kernel) at(slot uint32) *process {
	return &k.all[slot/blockSize].processes[slot%blockSize]
}

func (k *Kernel) newProcess() *process {
	p, c := k.newSlot(), &coroutine{}
	k.details[p.slot].co = c
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		// Caught here and not in Run, because the coroutine's stack is gone
		// by the time iter.Pull passes a panic on.
		defer func() {
			if r := recover(); r != nil {
				c.crash = k.crashed(p, r)
			}
		}()
		for c.f != nil {
			c.f()
			c.f = nil
			k.idle = append(k.idle, p)
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return p
}

func (k *Kernel) crashed(p *process, cause any) error {
	return fmt.Errorf("process %q panicked at %v of virtual time: %v\n%s", k.details[p.slot].name, time.Duration(k.now), cause, debug.Stack())
}

// Run lets time pass until d after Epoch, or until no process can go on, which
// may be earlier. What is due at that very end is not part of the run. Then it stops every process that is left: its blocking call returns
// clients.ErrStopped and its deferred calls run. The error, if any, is the
// panic of a process, with its name, the virtual time and its stack.
func (k *Kernel) Run(d time.Duration) (err error) {
	k.until = int64(d)
	defer func() {
		if e := k.stopAll(); err == nil {
			err = e
		}
	}()
	defer func() {
		if r := recover(); r != nil { // in a step
			err = k.crashed(k.current, r)
		}
	}()
	for !k.ended && !k.interrupted.Load() {
		p := k.pick()
		if p == nil {
			return nil
		}
		k.current = p
		k.events++
		if p.steps != nil && !k.walk(p) {
			continue
		}
		co := k.details[p.slot].co
		if co == nil {
			k.walked = append(k.walked, p)
			continue
		}
		co.next()
		if co.crash != nil {
			return co.crash
		}
	}
	return nil
}

// Stop ends the run at the current instant: no process goes on after the one
// that calls it has blocked.
func (k *Kernel) Stop() { k.ended = true }

// Interrupt ends the run as Stop does. It may be called by any goroutine; at
// what instant it takes effect is a matter of chance.
func (k *Kernel) Interrupt() { k.interrupted.Store(true) }

// pick returns the process to run next and moves the clock to its time, or nil
// at the end of the run.
func (k *Kernel) pick() *process {
	for p := k.ready.pop(); p != nil; p = k.ready.pop() {
		if !p.timer.reset() {
			return p
		}
		at := p.timer.due
		p.timer.due = 0
		k.timers.await(p, k.now, at)
	}
	p, at, later := k.next(k.until)
	if p != nil {
		k.moveTo(at)
	} else if later {
		k.moveTo(k.until)
	}
	return p
}

func (k *Kernel) stopAll() (err error) {
	k.stopped = true
	for slot := 0; slot < len(k.details); slot++ {
		co := k.details[slot].co
		if co == nil {
			continue
		}
		k.current = k.at(uint32(slot))
		co.stop()
		if err == nil {
			err = co.crash
		}
	}
	return err
}

func (k *Kernel) wake(p *process) {
	if p.timer.reset() { // it is among those that are ready
		p.timer.due = 0
		return
	}
	k.unset(p)
	k.ready.push(p)
}

// park hands control back to Run; false means that the run is over.
func (k *Kernel) park(p *process) bool {
	c := k.details[p.slot].co
	if !k.stopped && c.yield(struct{}{}) {
		return true
	}
	if c.denied++; c.denied > 1000 {
		panic("goes on blocking after ErrStopped")
	}
	return false
}

// Sleep implements clients.Runtime.
func (k *Kernel) Sleep(d time.Duration) error {
	if k.stopped {
		k.park(k.current)
		return clients.ErrStopped
	}
	if d <= 0 {
		return nil
	}
	at := k.after(d)
	if k.aloneUntil(at) {
		k.moveTo(at)
		k.events++
		return nil
	}
	p := k.current
	k.timers.sleep(p, k.now, at)
	if !k.park(p) {
		return clients.ErrStopped
	}
	return nil
}

// after is d from now, or the end of time.
func (k *Kernel) after(d time.Duration) int64 { return k.now + min(int64(d), never-k.now) }

// epoch is the Epoch in ns since 1970.
var epoch = Epoch.UnixNano()

// instantOf is an instant in ns since Epoch, or now if that is later.
func (k *Kernel) instantOf(t time.Time) int64 { return max(t.UnixNano()-epoch, k.now) }

// aloneUntil reports whether no other process acts before or at the given
// instant, so that the clock can simply be moved.
func (k *Kernel) aloneUntil(at int64) bool {
	return k.ready.empty() && !k.ended && !k.interrupted.Load() && at < k.until && k.timers.startsAfter(at)
}
