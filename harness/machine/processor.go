package machine

import (
	"sync"
	"time"

	"ratebench/clients"
	"ratebench/clients/pace"
	"ratebench/harness/scenario/client"
)

// A processor is what the processes of a client run on, if not each on one of
// its own: an event loop, or threads that take turns at an interpreter lock.
// It is a single resource with a FIFO line: whoever needs it for d has to wait
// for all who came before.
type processor struct {
	clients.Runtime
	wakeUp time.Duration // what a process spends whenever it goes on

	mu   sync.Mutex // never held across a sleep
	free time.Time  // when everything asked for so far is done
}

// Processor wraps the runtime that the client of a strategy runs on, and
// returns with it how the client spends time on work.
func Processor(rt clients.Runtime, c client.Runtime) (clients.Runtime, clients.Work) {
	w := clients.Work{
		Send:     c.PerRequest / 2,
		Receive:  c.PerRequest - c.PerRequest/2,
		Generate: c.Generator,
		Spend:    rt.Sleep, // goroutines: a core for each
	}
	if c.Kind == client.RuntimeGoroutines {
		return rt, w
	}
	p := &processor{Runtime: rt, wakeUp: c.PerWakeUp}
	w.Spend = p.spend
	w.Receive += c.PerWakeUp // the answer wakes a process, too
	return p, w
}

// spend waits for the processor and keeps it for d.
func (p *processor) spend(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	p.mu.Lock()
	now := p.Now()
	if p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(d)
	wait := p.free.Sub(now)
	p.mu.Unlock()
	return p.Runtime.Sleep(wait)
}

// Sleep implements clients.Runtime: waking up takes a turn of the processor.
func (p *processor) Sleep(d time.Duration) error {
	if err := p.Runtime.Sleep(d); err != nil {
		return err
	}
	return p.spend(p.wakeUp)
}

// NewSignal implements clients.Runtime.
func (p *processor) NewSignal() pace.Signal {
	return costlySignal{p.Runtime.NewSignal(), p}
}

// costlySignal takes a turn of the processor after each wait.
type costlySignal struct {
	pace.Signal
	processor *processor
}

// Wait implements pace.Signal.
func (s costlySignal) Wait(until time.Time) error {
	err := s.Signal.Wait(until)
	if err != nil && err != pace.ErrDeadline {
		return err
	}
	if stopped := s.processor.spend(s.processor.wakeUp); stopped != nil {
		return stopped
	}
	return err
}
