package pace

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace/internal/pausing"
	"ratebench/clients/pace/internal/waiting"
)

// ErrExpired is returned by Gate.Acquire when the deadline passed before the
// limiter allowed a departure. Nothing has been spent.
var ErrExpired = errors.New("deadline passed at the gate")

// ErrFull is what the error is of Gate.Acquire and Gate.Wait for a request that
// found MaxWaiters in line before it. Nothing has been spent.
var ErrFull = errors.New("the line is full")

// ErrTooLong is what the error is of Gate.Wait for a request that was not let
// wait any longer, because its wait was known to be longer than it had time.
// Nothing has been spent.
var ErrTooLong = errors.New("the wait would be too long")

// A Gate is one limiter shared by the workers of a key. It does the waiting
// that a limiter does not: in a FIFO line, each worker with a deadline, asking
// the limiter again whenever an answer may have brought the departure forward.
//
// With polling there is no line: each worker looks again every so often, as
// the reference's clients do, and whoever looks first after a slot has become
// free takes it.
//
// A Gate is safe for concurrent use.
type Gate struct {
	// What every request looks at are three lines of a processor's cache: where
	// thousands of gates take turns there, that is most of what one costs.
	mu      sync.Locker // never held across a wait
	clock   Clock
	limiter limiter.Limiter
	line    line

	nonces  *nonce.Source
	group   *Group           // nil: it shares nothing
	pausing *pausing.Limiter // the limiter, if it is one
	alarm   *waiting.Alarm   // nil: the first in line waits by a timer of its own
	ahead   prefetcher       // the limiter, if it is one
	poll    Polling

	delayed    bool
	waking     bool // the limiter is
	openLoop   bool // the limiter is, and none is shared
	timed      bool // somebody has come who can know that a wait is too long
	maxWaiters int
	stats      Stats

	shared    []*Shared
	delayable limiter.Delayable // the limiter, if it is one
	signals   waiting.Signals
	spare     *Turn    // of Acquire, to be used again; linked by behind
	asked     []int64  // the costs that somebody asks for right now
	_         [32]byte // so that the allocator has each begin with a line
}

// GateConfig is what a Gate is made of.
type GateConfig struct {
	// Limiter decides when the next request may leave. It belongs to the gate:
	// nobody else may use it. Required.
	Limiter limiter.Limiter
	// Shared are limiters that have to let it go as well, and that other gates
	// of their Group share. Nil: there are none.
	Shared []*Shared
	// Nonces are those of the key, shared with its other gates if there are
	// any. Nil is Increasing ones.
	Nonces *nonce.Source
	// Clock is what departures are timed by. Nil is the computer's clock, read
	// once and running on steadily from there.
	Clock Clock
	// Lock guards the gate, unless it shares limiters. Nil is a sync.Mutex; one that
	// does nothing will do where goroutines take turns.
	Lock sync.Locker
	// Polling makes workers poll. The zero value is a line.
	Polling Polling
	// Delayed says that requests are not on the wire yet when they are let go,
	// and that Left, or Send, tells when they are. Otherwise a request counts
	// as having left when it was let go.
	Delayed bool
	// MaxWaiters is how many may stand in line at a time; any more are told
	// ErrFull. 0 is any number.
	MaxWaiters int
	// Refusals is how refusals are taken. The zero value pauses.
	Refusals Refusals
	// ColdUntil lets nothing go before: a program that starts again does not
	// know what it spent before it ended, and its requests may still be on their
	// way. Nothing of that counts any more after time.Now().Add(quota.Span() + j),
	// with j the longest latency of the way in. The zero time lets the first
	// requests go at once.
	ColdUntil time.Time
}

// A Permit is a departure that a gate has granted. Done takes it back.
type Permit struct {
	// Ticket is the departure's number at its limiter.
	Ticket limiter.Ticket
	// Nonce is that of the request.
	Nonce int64
	// Granted is when the request was let go.
	Granted time.Time

	departure *departure // nil: it left when it was let go, and the gate shares nothing
}

// A departure is what more there is to one that is delayed or spent in limiters that
// are shared; guarded by the mutex of its gate.
type departure struct {
	left   time.Time        // when it left, at last, if it was delayed
	ended  bool             // Done has been called
	shared []limiter.Ticket // of the limiters that the gate shares
}

// NewGate returns a gate. Its error says what is wrong with the configuration.
func NewGate(c GateConfig) (*Gate, error) {
	if c.Limiter == nil {
		return nil, errors.New("gate has no Limiter, want one")
	}
	if c.Polling.Every < 0 {
		return nil, errors.New("gate polls every " + c.Polling.Every.String() + ", want more than 0, or 0 for a line")
	}
	if c.MaxWaiters < 0 {
		return nil, fmt.Errorf("gate has MaxWaiters %d, want 0 or more", c.MaxWaiters)
	}
	if err := c.Refusals.Validate(); err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	group, err := groupOf(c)
	if err != nil {
		return nil, err
	}
	g := &Gate{
		clock: c.Clock, poll: c.Polling, nonces: c.Nonces, delayed: c.Delayed,
		maxWaiters: c.MaxWaiters, mu: c.Lock, limiter: c.Limiter, group: group, shared: c.Shared,
	}
	if !c.Refusals.Ignore || !c.ColdUntil.IsZero() {
		g.pausing = pausing.New(c.Limiter, pausing.Rules(c.Refusals), c.ColdUntil)
		g.limiter = g.pausing
	}
	if group != nil {
		g.mu = group.mu
	}
	if g.mu == nil {
		g.mu = &sync.Mutex{}
	}
	if g.clock == nil {
		g.clock = waiting.NewSteadyClock()
		if group == nil && c.Polling.Every == 0 {
			g.alarm = waiting.NewAlarm(g.clock, limiter.Never, g.ring)
		}
	}
	if g.nonces == nil {
		g.nonces = nonce.New(nonce.Increasing, nil)
	}
	g.ahead, _ = g.limiter.(prefetcher)
	g.delayable, _ = g.limiter.(limiter.Delayable)
	if group == nil {
		_, g.openLoop = g.limiter.(limiter.OpenLoop)
	}
	if w, ok := c.Limiter.(limiter.Waking); ok {
		g.waking = true
		w.Wake(g.lookAgain)
	}
	return g, nil
}

// lookAgain wakes whoever waits, to ask the limiter again.
func (g *Gate) lookAgain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.line.empty() {
		g.notify(g.clock.Now())
	}
}

// Wait waits in real time until the limiter lets a request go. The request costs
// 1, or what is given: the same of each limit, or one cost for each of those of
// the limiter and then of those that the gate shares. Its error is a *WaitError,
// and nothing has been spent: the context ended first, or such a request can
// never leave (ErrCost), or the line is full (ErrFull), or the wait is longer
// than the context's deadline (ErrTooLong).
//
// That is known while a pause or a cold start lasts, and, for who is first in
// line, while no request is under way whose answer could bring the departure
// forward. Where workers poll, nobody is told in advance.
func (g *Gate) Wait(ctx context.Context, costs ...int64) (Permit, error) {
	return g.waitUntil(ctx, time.Time{}, costs...)
}

// waitUntil is Wait with a deadline besides that of the context; zero is none.
func (g *Gate) waitUntil(ctx context.Context, deadline time.Time, costs ...int64) (Permit, error) {
	came := g.clock.Now()
	s := g.signals.Get(ctx, g.clock, came, deadline, ErrExpired)
	if ctx.Err() != nil {
		g.neverCame()
		return Permit{}, contextEnded(ctx, context.Cause(ctx), 0)
	}
	p, err := g.Acquire(s, deadline, costs...)
	if err == nil {
		g.signals.Put(s)
		return p, nil
	}
	waited := g.clock.Now().Sub(came)
	if err == waiting.ErrContextEnded {
		return p, contextEnded(ctx, context.Cause(ctx), waited)
	}
	failed := &WaitError{Waited: waited, Err: err, timeout: err == ErrExpired}
	if long, tooLong := err.(tooLongError); tooLong {
		failed.AtLeast, failed.timeout = long.wait, true
		failed.Err = fmt.Errorf("%w: %w", ErrTooLong, s.Lateness)
	}
	return p, failed
}

// contextEnded is the error of a wait that ended with its context.
func contextEnded(ctx context.Context, cause error, waited time.Duration) *WaitError {
	late := cause == context.DeadlineExceeded ||
		cause != context.Canceled && ctx.Err() == context.DeadlineExceeded // for a cause of somebody's own
	return &WaitError{Waited: waited, Err: cause, timeout: late}
}

// A tooLongError ends a wait that is known to be longer than there is time.
type tooLongError struct{ wait time.Duration }

func (tooLongError) Error() string { return ErrTooLong.Error() }

// Acquire waits until the limiter lets a request go and commits its departure; the costs
// are as for Wait, a departure at the deadline is in time, and the zero deadline never
// passes. The signal belongs to the caller, who waits for nothing else meanwhile. It
// returns ErrExpired, ErrFull, an error that is ErrCost, or what the signal's Wait
// returned other than nil and ErrDeadline; then nothing has been spent.
func (g *Gate) Acquire(s Signal, deadline time.Time, costs ...int64) (Permit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.spare
	if t == nil {
		t = &Turn{}
	} else {
		g.spare = t.behind
	}
	until, waits := g.enter(t, s, deadline, g.costsOf(costs))
	for waits {
		if err := g.wait(s, until); err != nil {
			g.end(t, err)
			break
		}
		until, waits = g.again(t)
	}
	p, err := t.Permit, t.Err
	t.Permit, t.Err, t.signal, t.behind = Permit{}, nil, nil, g.spare
	g.spare = t
	return p, err
}

// release is the end of a pause, before which nobody leaves; zero: there was none.
func (g *Gate) release() time.Time {
	if g.pausing == nil {
		return time.Time{}
	}
	return g.pausing.Release
}

// Left says that the request of a permit is on the wire by now. It is for
// permits of a Delayed gate, and is called again when a request is written
// again; for others, and after Done, it does nothing.
func (g *Gate) Left(p Permit) {
	if p.departure == nil || !g.delayed {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !p.departure.ended {
		g.tell(func(now time.Time) { g.left(now, p) })
	}
}

func (g *Gate) left(now time.Time, p Permit) {
	p.departure.left = now
	if g.delayable != nil {
		g.delayable.Left(now, p.Ticket)
	}
	g.sharedLeft(now, p)
}

// Done reports how a departure ended, and wakes whoever waits if that brought the next
// one forward. A delayed one that has not left has left by now, if at all. Done returns
// the outcome with the time when the request was sent. It is called once for each permit.
func (g *Gate) Done(p Permit, o limiter.Outcome) limiter.Outcome {
	g.End(&p, &o)
	return o
}

// End is Done for an outcome that stays where it is: it sets when the request was sent.
func (g *Gate) End(p *Permit, o *limiter.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.isNews(p, o) {
		g.tell(func(now time.Time) { g.ended(now, p, o) })
	} else {
		g.ended(g.clock.Now(), p, o)
	}
	g.countEnd(o)
}

// isNews reports whether the end of a departure may be of interest to those who wait.
// In an open loop that is one of which the answer says what it cost, one that nobody has
// said has left, and the last under way if some may know then that they wait too long.
func (g *Gate) isNews(p *Permit, o *limiter.Outcome) bool {
	left := p.departure == nil || !g.delayed || !p.departure.left.IsZero()
	return !g.openLoop || o.Cost > 0 || !left || g.stats.InFlight == 1 && g.timed
}

func (g *Gate) ended(now time.Time, p *Permit, o *limiter.Outcome) {
	o.Sent = p.Granted
	if d := p.departure; d != nil && g.delayed {
		if d.left.IsZero() {
			g.left(now, *p)
		}
		o.Sent, d.ended = d.left, true
	}
	g.stats.InFlight--
	g.limiter.Done(now, p.Ticket, *o)
	if g.group != nil {
		g.sharedDone(now, *p, *o)
	}
}

// tell tells the limiter something, and wakes whoever waits if that brought the
// next departure forward, or made it known that their wait is too long.
func (g *Gate) tell(something func(now time.Time)) {
	now := g.clock.Now()
	if g.group != nil {
		defer g.group.tell(now)
	}
	if g.line.empty() {
		something(now)
		return
	}
	if g.poll.Every > 0 && g.poll.SkipIdle && g.line.mixed() { // it may be forward for others than the first
		something(now)
		g.notify(now)
		return
	}
	before, release := g.ownNext(now, g.line.first.costs()), g.release()
	something(now)
	after := g.ownNext(now, g.line.first.costs())
	if !after.Before(before) {
		g.tellTooLong(after, release)
		return
	}
	g.notify(now)
}

// notify wakes those in a line that is not empty whose departure may have come
// forward, or lets them go.
func (g *Gate) notify(now time.Time) {
	switch {
	case g.alarm != nil:
		_, _ = g.letGo(nil, now) // what fails is its own business, and it is told
	case g.poll.Every == 0:
		g.line.first.signal.Notify()
	case g.poll.SkipIdle: // their next useful look may be an earlier one now
		for w := g.line.first; w != nil; w = w.behind {
			w.signal.Notify()
		}
	}
}

// tellTooLong wakes whoever can know by now that the wait is too long: everybody
// when a pause has begun, or else the first in line when nothing is under way.
func (g *Gate) tellTooLong(next, release time.Time) {
	first := g.line.first
	switch {
	case g.poll.Every > 0:
	case g.release().After(release):
		for w := first; w != nil; w = w.behind {
			w.signal.Notify()
		}
	case g.stats.InFlight == 0 && g.group == nil && waiting.HasNoUse(first.signal, next):
		first.signal.Notify()
	}
}

// next is when a request can leave that waits in turn.
func (g *Gate) next(now time.Time, c costs, t *Turn) time.Time {
	if g.group == nil {
		return g.mine(now, c)
	}
	g.group.look(now)
	return g.allowed(now, c, t.turn)
}

// mine is when the gate's own limiter lets a request go, and there is a nonce for it.
func (g *Gate) mine(now time.Time, c costs) time.Time {
	return waiting.Latest(g.ownNext(now, c), g.nonces.Ready(now))
}

// depart commits a departure. The nonce is made in the same step, so that
// nonces are issued in the order of departure.
func (g *Gate) depart(now time.Time, c costs) Permit {
	p := Permit{Ticket: g.ownSent(now, c), Nonce: g.nonces.Next(now), Granted: now}
	if g.delayed || g.group != nil {
		p.departure = &departure{shared: g.sharedSent(now, c)}
	}
	g.stats.InFlight++
	g.stats.Departed++
	if g.delayed && g.delayable != nil {
		g.delayable.Delay(p.Ticket)
	}
	return p
}
