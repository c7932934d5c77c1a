package budgets

import (
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

// An asking limiter asks the store for a grant whenever a request wants to leave,
// and again when the store has said that there can be one: the way in which
// libraries that count grants are used. What becomes of a request is of no concern
// to it. Without the store nothing leaves.
type asking struct {
	store   *Store
	key     int
	world   World
	signal  pace.Signal
	wake    func()
	wanted  int64
	granted int64
	sent    limiter.Ticket
	ended   bool
}

func newAsking(w World, s *Store, key int) *asking {
	a := &asking{store: s, key: key, world: w, signal: w.NewSignal(), wake: func() {}}
	w.Go("asking", a.run)
	return a
}

// afterFailure is how long to wait before a store that failed is asked again.
const afterFailure = 100 * time.Millisecond

func (a *asking) run() {
	for !a.ended {
		if a.granted >= a.wanted {
			if a.signal.Wait(time.Time{}) != nil {
				return
			}
			continue
		}
		cost := a.wanted - a.granted
		wait, err := a.store.ask(a.key, cost)
		switch {
		case err != nil:
			wait = afterFailure
		case wait == 0:
			a.granted += cost
			a.wake()
			continue
		}
		if a.world.Sleep(wait) != nil {
			return
		}
	}
}

// Next implements limiter.Limiter.
func (a *asking) Next(now time.Time, cost int64) time.Time {
	if cost > int64(a.store.quota.Limit) {
		return limiter.Impossible
	}
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
func (a *asking) Sent(_ time.Time, cost int64) limiter.Ticket {
	a.granted -= cost
	a.wanted = 0
	a.sent++
	return a.sent - 1
}

// Done implements limiter.Limiter.
func (a *asking) Done(time.Time, limiter.Ticket, limiter.Outcome) {}

// Wake implements limiter.Waking.
func (a *asking) Wake(f func()) { a.wake = f }

// Abandon ends it.
func (a *asking) Abandon() {
	a.ended = true
	a.signal.Notify()
}
