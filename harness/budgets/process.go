package budgets

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients"
	"ratebench/clients/budget"
	"ratebench/clients/limiter"
	"ratebench/harness/dist"
)

// ErrCrashed is the outcome of a request whose process crashed before the answer.
var ErrCrashed = errors.New("the process crashed")

// Crashes are those of each process. The zero value has none.
type Crashes struct {
	// Every is the time from the start to a crash, and from then on; For how long
	// the process is gone. Nil is none.
	Every, For dist.Dist
}

// A Process is one of several that share limits: their limiters, one for each
// key, and whether it runs. What its queue holds outlives a crash; what its
// limiters know does not, and requests under way have no answer.
type Process struct {
	world    World
	open     Opener
	limiters []*restarting
	down     bool
	life     int
}

// An Opener makes the limiter of a key, anew after each crash, in which abandon ends
// it; nil: there is nothing to end.
type Opener func(key int) (l limiter.Limiter, abandon func(), err error)

// NewProcess starts a process.
func NewProcess(w World, open Opener) *Process {
	return &Process{world: w, open: open}
}

// NewLimiter makes the limiter of the next key.
func (p *Process) NewLimiter() (limiter.Limiter, error) {
	l, abandon, err := p.open(len(p.limiters))
	if err != nil {
		return nil, err
	}
	r := &restarting{process: p, inner: l, abandon: abandon, wake: func() {}, tickets: map[limiter.Ticket]ticket{}}
	p.limiters = append(p.limiters, r)
	return r, nil
}

// Crash has the process crash and start again, over and over.
func (p *Process) Crash(c Crashes, seed uint64, number int) {
	if c.Every == nil {
		return
	}
	draw := func(n uint64, d dist.Dist) time.Duration {
		return d.Quantile(dist.U(seed, streamCrashes, uint64(number)<<32|n))
	}
	p.world.Go("crashes", func() {
		for n := uint64(0); ; n += 2 {
			if p.world.Sleep(draw(n, c.Every)) != nil {
				return
			}
			p.stop()
			if p.world.Sleep(draw(n+1, c.For)) != nil || p.start() != nil {
				return
			}
		}
	})
}

func (p *Process) stop() {
	p.down = true
	p.life++
	for _, l := range p.limiters {
		if l.abandon != nil {
			l.abandon()
		}
	}
}

func (p *Process) start() error {
	p.down = false
	for key, l := range p.limiters {
		var err error
		if l.inner, l.abandon, err = p.open(key); err != nil {
			return err
		}
		l.Wake(l.wake)
		l.wake()
	}
	return nil
}

// Caller has the answers lost that come to a process which has crashed since.
func (p *Process) Caller(next clients.Caller) clients.Caller { return mortal{next, p} }

type mortal struct {
	next    clients.Caller
	process *Process
}

// Call implements clients.Caller.
func (m mortal) Call(c *clients.Call, o *limiter.Outcome) error {
	life := m.process.life
	err := m.next.Call(c, o)
	if life != m.process.life {
		*o = limiter.Outcome{Err: ErrCrashed}
	}
	return err
}

// A restarting limiter is a new one after each crash of its process.
type restarting struct {
	process *Process
	inner   limiter.Limiter
	abandon func()
	wake    func()
	sent    limiter.Ticket
	tickets map[limiter.Ticket]ticket
}

// A ticket is one of the limiter of some life.
type ticket struct {
	life   int
	ticket limiter.Ticket
}

// Next implements limiter.Limiter.
func (r *restarting) Next(now time.Time, cost int64) time.Time {
	if r.process.down {
		return limiter.Never
	}
	return r.inner.Next(now, cost)
}

// Sent implements limiter.Limiter.
func (r *restarting) Sent(now time.Time, cost int64) limiter.Ticket {
	t := r.sent
	r.sent++
	r.tickets[t] = ticket{r.process.life, r.inner.Sent(now, cost)}
	return t
}

// Done implements limiter.Limiter.
func (r *restarting) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	of := r.tickets[t]
	delete(r.tickets, t)
	if of.life == r.process.life {
		r.inner.Done(now, of.ticket, o)
	}
}

// Wake implements limiter.Waking.
func (r *restarting) Wake(f func()) {
	r.wake = f
	if w, ok := r.inner.(limiter.Waking); ok {
		w.Wake(f)
	}
}

// Open makes what shares the quota of a key in a process.
func (s *Store) Open(w World, key, number int) (l limiter.Limiter, abandon func(), err error) {
	if !HasSlots(s.config.Kind) {
		a := NewAsking(w, int64(s.quota.Limit), func(cost int64) (time.Duration, error) { return s.ask(key, cost) })
		return a, a.Abandon, nil
	}
	b, err := budget.OpenIn(w, s.config.Budget(fmt.Sprint("process ", number), s.quota), s.OfKey(key))
	if err != nil {
		return nil, nil, err
	}
	return b, b.Abandon, nil
}

// Budget is what a process with slots is told.
func (c *Config) Budget(process string, q limiter.Quota) budget.Config {
	return budget.Config{
		Process: process, Quota: q, Latency: c.Latency, Slack: c.Slack, Ahead: c.Ahead,
		Batch: c.Batch, Linger: c.Linger, Mode: c.Mode, Silent: c.Silent, Alone: c.Alone,
	}
}

// ClockRate is how many seconds the clock of a process shows per second, if clocks
// run fast or slow by up to so many parts per million.
func ClockRate(seed uint64, number int, ppm float64) float64 {
	return 1 + (2*dist.U(seed, streamClocks, uint64(number))-1)*ppm*1e-6
}
