package budget

import (
	"context"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A World is what a Budget runs in.
type World interface {
	pace.Clock
	// Go starts a process of its own.
	Go(name string, f func())
	// NewSignal returns a signal without a token.
	NewSignal() pace.Signal
}

// A Budget is one process's limiter for a limit that it shares. It talks to the
// store by itself, and takes slots when somebody asks for a departure.
//
// It is a limiter.Waking: a gate is told when slots have come. It is safe for
// concurrent use, but belongs to one gate.
type Budget struct {
	store  Store
	world  World
	signal pace.Signal
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // never held across a call or a wait
	process *process
	wake    func()
	alone   bool // when last looked at
	closed  bool
	calls   int64
	err     error
}

var (
	_ limiter.Limiter = (*Budget)(nil)
	_ limiter.Waking  = (*Budget)(nil)
)

// Open starts a process's side of a budget in real time. Close ends it. The error
// is that of Validate.
func Open(c Config, s Store) (*Budget, error) { return OpenIn(newRealWorld(), c, s) }

// OpenIn is Open in a world of its own time. The gate has to have the same clock.
func OpenIn(w World, c Config, s Store) (*Budget, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	b := &Budget{store: s, world: w, signal: w.NewSignal(), process: newProcess(c, w.Now()), wake: func() {}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	w.Go("budget", b.run)
	return b, nil
}

// run makes the calls that are due until Close, or until the world ends.
func (b *Budget) run() {
	defer b.cancel()
	stop := b.store.Listen(b.process.config.Process, b.pushed)
	defer stop()
	for !b.isClosed() {
		if b.aloneChanged() {
			b.wakeGate()
		}
		call, sent, next := b.due()
		if call == nil {
			if err := b.signal.Wait(next); err != nil && err != pace.ErrDeadline {
				return
			}
			continue
		}
		r, err := b.store.Call(b.ctx, *call)
		b.note(sent, *call, r, err)
		b.wakeGate()
	}
}

func (b *Budget) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// aloneChanged reports whether the process has begun or ceased to live off its
// share since it was last asked.
func (b *Budget) aloneChanged() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.alone
	b.alone = b.process.livesAlone(b.world.Now())
	return b.alone != was
}

// due returns the call to make now, or when to look again.
func (b *Budget) due() (c *Call, now, next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now = b.world.Now()
	if next = b.process.nextCall(now); next.After(now) {
		if from, until, may := b.process.aloneTime(); may && now.Before(from) {
			next = earlier(next, from)
		} else if may && now.Before(until) {
			next = earlier(next, until)
		}
		return nil, now, next
	}
	call := b.process.call(now)
	b.calls++
	return &call, now, next
}

// note takes what came of a call.
func (b *Budget) note(sent time.Time, c Call, r Reply, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
	if now := b.world.Now(); err != nil {
		b.process.failed(now)
	} else {
		b.process.answered(now, sent, c, r)
	}
}

// wakeGate has the gate ask again.
func (b *Budget) wakeGate() {
	b.mu.Lock()
	wake := b.wake
	b.mu.Unlock()
	wake() // which takes the lock
}

func (b *Budget) pushed(p Push) {
	b.mu.Lock()
	b.process.pushed(b.world.Now(), p)
	b.mu.Unlock()
	b.signal.Notify()
	b.wakeGate()
}

// Wake implements limiter.Waking.
func (b *Budget) Wake(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake = f
}

// Next implements limiter.Limiter: when the slots can be used that the process
// has, and Never as long as it has too few.
func (b *Budget) Next(now time.Time, cost int64) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := b.process.next(now, cost)
	b.stir(now)
	return at
}

// Sent implements limiter.Limiter.
func (b *Budget) Sent(now time.Time, cost int64) limiter.Ticket {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.process.sent(now, cost)
}

// Done implements limiter.Limiter.
func (b *Budget) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.process.done(now, t, o)
	b.stir(now)
}

// stir has the calls made that have become due.
func (b *Budget) stir(now time.Time) {
	if at := b.process.nextCall(now); !at.After(now) || len(b.process.returns) > 0 {
		b.signal.Notify()
	}
}

// Close gives back what the process holds and says that it ends: its share goes
// to the others at once. Requests still under way count as long as they could.
func (b *Budget) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	c := b.process.bye(b.world.Now())
	b.mu.Unlock()
	_, err := b.store.Call(context.Background(), c)
	b.cancel()
	b.signal.Notify()
	return err
}

// Abandon ends the process's side without a word, as a crash does. It is there to
// try out what comes of that.
func (b *Budget) Abandon() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.signal.Notify()
}

// A Status is how a process stands with its store.
type Status struct {
	// Lost: the last call had no reply. Err says why.
	Lost bool
	Err  error
	// Alone: the process lives off its share.
	Alone bool
	// Share is what it may live off, in requests per window.
	Share int
	// Calls is how many calls were made.
	Calls int64
}

// Status is how the process stands now.
func (b *Budget) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.process
	return Status{Lost: p.contact.lost, Err: b.err, Alone: p.livesAlone(b.world.Now()), Share: p.contact.share, Calls: b.calls}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
