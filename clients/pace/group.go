package pace

import (
	"errors"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
)

// A Group is gates that share limiters, because some limit is wider than a key:
// it adds up what comes from an address, or for an account. Each gate has its
// own line. The limits that are shared let those go first who have waited
// longest: a request at the head of its line that waits for such a limit and for
// nothing else is not overtaken there, whatever it costs. One that waits for
// something of its own, or for another limit, holds nobody up.
//
// A departure is spent in all limits at once. What a shared limiter promises
// holds for all gates together; no limiter is asked while another gate asks.
//
// A Group is safe for concurrent use. In virtual time, what it does depends on
// nothing but the calls and their order.
type Group struct {
	mu      sync.Locker // of all gates
	shared  []*Shared
	turns   uint64  // how many have joined a line
	waiting []*Gate // those with somebody in line, in no order that matters
}

// NewGroup returns a group without gates. The lock guards all of them; nil is a
// sync.Mutex, and one that does nothing will do where goroutines take turns.
func NewGroup(lock sync.Locker) *Group {
	if lock == nil {
		lock = &sync.Mutex{}
	}
	return &Group{mu: lock}
}

// A Shared is a limiter that gates of a group share.
type Shared struct {
	group     *Group
	limiter   limiter.Limiter
	delayable limiter.Delayable // the limiter, if it is one
	holder    *Turn             // who waits for this limit alone, the longest of all
}

// next is when the limiter lets a request of that cost go. One that costs nothing
// is no concern of it.
func (s *Shared) next(now time.Time, cost int64) time.Time {
	if cost == 0 {
		return time.Time{}
	}
	return s.limiter.Next(now, cost)
}

// Share makes a limiter one that gates of the group can share. It belongs to the
// group from now on.
func (g *Group) Share(l limiter.Limiter) (*Shared, error) {
	if l == nil {
		return nil, errors.New("there is no limiter to share, want one")
	}
	s := &Shared{group: g, limiter: l}
	s.delayable, _ = l.(limiter.Delayable)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shared = append(g.shared, s)
	if w, ok := l.(limiter.Waking); ok {
		w.Wake(g.lookAgain)
	}
	return s, nil
}

// lookAgain wakes the heads of all lines, to ask again.
func (g *Group) lookAgain() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, gate := range g.waiting {
		gate.line.first.signal.Notify()
	}
}

// groupOf returns the group of what a gate shares; nil if it shares nothing.
func groupOf(c GateConfig) (*Group, error) {
	if len(c.Shared) == 0 {
		return nil, nil
	}
	for _, s := range c.Shared {
		if s == nil || s.group == nil || s.group != c.Shared[0].group {
			return nil, errors.New("gate shares limiters of several groups, or none, want those of one")
		}
	}
	switch {
	case c.Polling.Every > 0:
		return nil, errors.New("gate polls, and shares limiters, want one of the two")
	case c.Lock != nil:
		return nil, errors.New("gate shares limiters and has a Lock, want that of the group only")
	}
	return c.Shared[0].group, nil
}

// join notes that a gate has got another waiter.
func (g *Group) join(gate *Gate, w *Turn) {
	g.turns++
	w.turn = g.turns
	if gate.stats.Waiting == 1 {
		g.waiting = append(g.waiting, gate)
	}
}

// part notes that a waiter of a gate is in line no longer.
func (g *Group) part(gate *Gate) {
	if !gate.line.empty() {
		return
	}
	for i, other := range g.waiting {
		if other == gate {
			last := len(g.waiting) - 1
			g.waiting[i], g.waiting[last] = g.waiting[last], nil
			g.waiting = g.waiting[:last]
			return
		}
	}
}

// look finds out who holds which shared limit at now.
func (g *Group) look(now time.Time) {
	for _, s := range g.shared {
		s.holder = nil
	}
	for _, gate := range g.waiting {
		gate.hold(now, gate.line.first)
	}
}

// hold lets the head of a line hold the limit that it waits for, if for no other, or all
// of them if for none; unless somebody does who has waited longer.
func (g *Gate) hold(now time.Time, w *Turn) {
	if g.mine(now, w.costs()).After(now) {
		return
	}
	var waitsFor *Shared
	for i, s := range g.shared {
		at := s.next(now, w.costs().Shared(i, len(g.shared)))
		switch {
		case !at.After(now):
		case waitsFor != nil || at.Equal(limiter.Impossible):
			return
		default:
			waitsFor = s
		}
	}
	for i, s := range g.shared {
		wants := waitsFor == s || waitsFor == nil && w.costs().Shared(i, len(g.shared)) > 0
		if wants && (s.holder == nil || w.turn < s.holder.turn) {
			s.holder = w
		}
	}
}

// allowed is when a request of a gate can leave that has waited since a turn, as
// far as that is known: Never while another holds what it needs.
func (g *Gate) allowed(now time.Time, c costs, turn uint64) time.Time {
	at := g.mine(now, c)
	for i, s := range g.shared {
		cost := c.Shared(i, len(g.shared))
		if s.holder != nil && s.holder.turn < turn && cost > 0 {
			at = waiting.Latest(at, limiter.Never)
		}
		at = waiting.Latest(at, s.next(now, cost))
	}
	return at
}

// tell wakes the heads of all lines that could leave earlier than they know.
func (g *Group) tell(now time.Time) {
	g.look(now)
	for _, gate := range g.waiting {
		w := gate.line.first
		if at := gate.allowed(now, w.costs(), w.turn); at.Before(w.until) || w.until.IsZero() && at.Before(limiter.Never) {
			w.signal.Notify()
		}
	}
}

// sharedNext is when all shared limits let a request go.
func (g *Gate) sharedNext(now time.Time, c costs) (at time.Time) {
	for i, s := range g.shared {
		at = waiting.Latest(at, s.next(now, c.Shared(i, len(g.shared))))
	}
	return at
}

// sharedSent commits a departure with all shared limits.
func (g *Gate) sharedSent(now time.Time, c costs) (tickets []limiter.Ticket) {
	tickets = make([]limiter.Ticket, len(g.shared))
	for i, s := range g.shared {
		tickets[i] = s.limiter.Sent(now, c.Shared(i, len(g.shared)))
		if g.delayed && s.delayable != nil {
			s.delayable.Delay(tickets[i])
		}
	}
	return tickets
}

// sharedLeft tells all shared limits that a delayed departure has left.
func (g *Gate) sharedLeft(now time.Time, p Permit) {
	for i, s := range g.shared {
		if s.delayable != nil {
			s.delayable.Left(now, p.departure.shared[i])
		}
	}
}

// sharedDone tells all shared limits how a departure ended.
func (g *Gate) sharedDone(now time.Time, p Permit, o limiter.Outcome) {
	for i, s := range g.shared {
		s.limiter.Done(now, p.departure.shared[i], o)
	}
}
