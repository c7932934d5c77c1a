package limiter

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter/internal/instant"
)

// Several is a Limiter of several limits, each of which may charge a request
// something else. A Limiter that is not Several is one of a single limit.
type Several interface {
	Limiter
	// NextEach is Next for a request with a cost for each limit, in their order.
	NextEach(now time.Time, costs []int64) time.Time
	// SentEach is Sent for such a request.
	SentEach(now time.Time, costs []int64) Ticket
}

// NextEach is NextEach of a Several, and Next of any other limiter, for which
// there has to be one cost: another number is Impossible.
func NextEach(l Limiter, now time.Time, costs []int64) time.Time {
	if s, ok := l.(Several); ok {
		return s.NextEach(now, costs)
	}
	if len(costs) != 1 {
		return Impossible
	}
	return l.Next(now, costs[0])
}

// SentEach is SentEach of a Several, and Sent of any other limiter with the
// first cost.
func SentEach(l Limiter, now time.Time, costs []int64) Ticket {
	if s, ok := l.(Several); ok {
		return s.SentEach(now, costs)
	}
	return l.Sent(now, costs[0])
}

// A Set is one limiter for each of the limits that the requests of a key meet. A
// request leaves when all of them allow it, and what is spent is spent in all of
// them at once. A limit that does not concern a request has a cost of 0 for it.
//
// What each limiter promises it keeps in a Set: the others only make requests
// leave later, and none leaves that it does not know of.
type Set struct {
	parts []Part
	// AckClocked, which is nothing but slots and what most parts are, is asked and
	// told directly, in instants of the set's clock.
	clock  instant.Clock
	slots  []*Slots // of each part; nil: it is something else
	others bool     // there are such parts
}

// A Part is a limiter in a Set.
type Part struct {
	// Limiter belongs to the set: nobody else may use it. Of several, none has
	// let anything leave before. Required.
	Limiter Limiter
	// Settled says that Outcome.Cost is what a request turned out to cost of
	// this limit. What it cost of others is as charged.
	Settled bool
	// Budget is the name of the limit in what the server states of its budgets,
	// of which this limiter sees none but that. "": it sees all of them.
	Budget string
}

// NewSet returns a Set. Its error says which part is missing its limiter, or
// that there are none.
func NewSet(parts ...Part) (*Set, error) {
	if len(parts) == 0 {
		return nil, errors.New("a set of no limiters, want one at least")
	}
	s := &Set{}
	for i, p := range parts {
		if p.Limiter == nil {
			return nil, fmt.Errorf("part %d of a set has no Limiter, want one", i)
		}
		var slots *Slots
		if a, ok := p.Limiter.(*ackClocked); ok && a.ring.Departures() == 0 { // none of its own clock
			slots = &a.Slots
		}
		s.parts, s.slots = append(s.parts, p), append(s.slots, slots)
		s.others = s.others || slots == nil
	}
	return s, nil
}

// Len is the number of limits.
func (s *Set) Len() int { return len(s.parts) }

// Next implements Limiter: the request costs the same of each limit.
func (s *Set) Next(now time.Time, cost int64) (at time.Time) {
	for i, p := range s.slots {
		if p != nil {
			at = latest(at, s.clock.Time(p.ring.Oldest(cost).Add(p.span)))
		} else {
			at = latest(at, s.parts[i].Limiter.Next(now, cost))
		}
	}
	return at
}

// NextEach implements Several. Another number of costs than of limits is
// Impossible. A cost of 0 is no concern of its limit.
func (s *Set) NextEach(now time.Time, costs []int64) time.Time {
	if len(costs) != len(s.slots) {
		return Impossible
	}
	free := instant.Unused
	for i, p := range s.slots {
		if cost := costs[i]; p != nil && cost != 0 {
			free = max(free, p.ring.Oldest(cost).Add(p.span))
		}
	}
	at := s.clock.Time(free)
	if s.others {
		for i := range s.parts {
			if s.slots[i] == nil && costs[i] != 0 {
				at = latest(at, s.parts[i].Limiter.Next(now, costs[i]))
			}
		}
	}
	return at
}

// Sent implements Limiter. Each part counts all departures, so that they have
// the same tickets.
func (s *Set) Sent(now time.Time, cost int64) (t Ticket) {
	at := s.clock.At(now)
	for i, p := range s.slots {
		if p != nil {
			t = Ticket(p.ring.Push(p.countedBy(at), cost))
		} else {
			t = s.parts[i].Limiter.Sent(now, cost)
		}
	}
	return t
}

// SentEach implements Several.
func (s *Set) SentEach(now time.Time, costs []int64) (t Ticket) {
	at := s.clock.At(now)
	for i, p := range s.slots {
		if p != nil {
			t = Ticket(p.ring.Push(p.countedBy(at), costs[i]))
		}
	}
	if s.others {
		for i := range s.parts {
			if s.slots[i] == nil {
				t = s.parts[i].Limiter.Sent(now, costs[i])
			}
		}
	}
	return t
}

// Done implements Limiter.
func (s *Set) Done(now time.Time, t Ticket, o Outcome) {
	at := s.clock.At(now)
	for i, p := range s.slots {
		if p == nil {
			continue
		}
		if p.tells(&o) {
			p.ring.Tighten(uint64(t), at)
		}
		if o.Cost > 0 && s.parts[i].Settled {
			p.ring.Settle(at, uint64(t), o.Cost)
		}
	}
	if s.others {
		s.tellOthers(now, t, &o)
	}
}

// tellOthers is Done of what is no slots: each is told of its own limit.
func (s *Set) tellOthers(now time.Time, t Ticket, o *Outcome) {
	for i, p := range s.parts {
		if s.slots[i] != nil {
			continue
		}
		own := *o
		if !p.Settled {
			own.Cost = 0
		}
		if p.Budget != "" {
			own.Budgets = named(o.Budgets, p.Budget)
		}
		p.Limiter.Done(now, t, own)
	}
}

// named is the part of the budgets that has a name; it has its place in them.
func named(budgets []Budget, name string) []Budget {
	for i := range budgets {
		if budgets[i].Name == name {
			return budgets[i : i+1]
		}
	}
	return nil
}

// Due implements Punctual, for those parts that are.
func (s *Set) Due(at time.Time) {
	for i := range s.parts {
		if p, ok := s.parts[i].Limiter.(Punctual); ok {
			p.Due(at)
		}
	}
}

// Wake implements Waking, for those parts that do.
func (s *Set) Wake(f func()) {
	for i := range s.parts {
		if w, ok := s.parts[i].Limiter.(Waking); ok {
			w.Wake(f)
		}
	}
}

// Delay implements Delayable.
func (s *Set) Delay(t Ticket) {
	for i := range s.parts {
		if d, ok := s.parts[i].Limiter.(Delayable); ok {
			d.Delay(t)
		}
	}
}

// Left implements Delayable.
func (s *Set) Left(now time.Time, t Ticket) {
	at := s.clock.At(now)
	for i, p := range s.slots {
		if p != nil {
			p.ring.Move(uint64(t), p.countedBy(at))
		} else if d, ok := s.parts[i].Limiter.(Delayable); ok {
			d.Left(now, t)
		}
	}
}
