package budgets

import (
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A World is what a process runs in, by its own clock.
type World interface {
	Now() time.Time
	Sleep(d time.Duration) error
	Go(name string, f func())
	NewSignal() pace.Signal
}

// An Asking limiter asks a store for a grant whenever a request wants to leave,
// and again when the store has said that there can be one: the way in which
// libraries that count grants are used. What becomes of a request is of no concern
// to it. Without the store nothing leaves.
type Asking struct {
	ask    func(cost int64) (wait time.Duration, err error)
	most   int64
	world  World
	signal pace.Signal

	mu      sync.Mutex // never held across a call or a wait
	wake    func()
	wanted  int64
	granted int64
	sent    limiter.Ticket
	ended   bool
}

// NewAsking starts one. Ask asks for a grant of a cost of at most so much: if there
// is none, wait is in how long there can be one.
func NewAsking(w World, most int64, ask func(cost int64) (wait time.Duration, err error)) *Asking {
	a := &Asking{ask: ask, most: most, world: w, signal: w.NewSignal(), wake: func() {}}
	w.Go("asking", a.run)
	return a
}

// afterFailure is how long to wait before a store that failed is asked again.
const afterFailure = 100 * time.Millisecond

func (a *Asking) run() {
	for {
		cost, ended := a.needs()
		if ended {
			return
		}
		if cost == 0 {
			if a.signal.Wait(time.Time{}) != nil {
				return
			}
			continue
		}
		wait, err := a.ask(cost)
		switch {
		case err != nil:
			wait = afterFailure
		case wait == 0:
			a.add(cost)
			continue
		}
		if a.world.Sleep(wait) != nil {
			return
		}
	}
}

// needs is what to ask for now.
func (a *Asking) needs() (cost int64, ended bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(0, a.wanted-a.granted), a.ended
}

// add takes a grant.
func (a *Asking) add(cost int64) {
	a.mu.Lock()
	a.granted += cost
	wake := a.wake
	a.mu.Unlock()
	wake() // which asks Next
}

// Next implements limiter.Limiter.
func (a *Asking) Next(now time.Time, cost int64) time.Time {
	if cost > a.most {
		return limiter.Impossible
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.granted >= cost {
		return now
	}
	if cost > a.wanted {
		a.wanted = cost
		a.signal.Notify()
	}
	return limiter.Never
}

// Sent implements limiter.Limiter.
func (a *Asking) Sent(_ time.Time, cost int64) limiter.Ticket {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.granted -= cost
	a.wanted = 0
	a.sent++
	return a.sent - 1
}

// Done implements limiter.Limiter.
func (a *Asking) Done(time.Time, limiter.Ticket, limiter.Outcome) {}

// Wake implements limiter.Waking.
func (a *Asking) Wake(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wake = f
}

// Abandon ends it.
func (a *Asking) Abandon() {
	a.mu.Lock()
	a.ended = true
	a.mu.Unlock()
	a.signal.Notify()
}
