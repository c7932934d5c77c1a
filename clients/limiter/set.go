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
	clock instant.Clock // of the parts that are slots
	parts []part
}

// A part is a Part. AckClocked, which is nothing but slots and what most parts are, is
// asked and told directly, in instants of the set's clock.
type part struct {
	Part
	slots *Slots // nil: it is something else
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
		own := part{Part: p}
		if a, ok := p.Limiter.(*ackClocked); ok && a.ring.Departures() == 0 { // none of its own clock
			own.slots = &a.Slots
		}
		s.parts = append(s.parts, own)
	}
	return s, nil
}

// Len is the number of limits.
func (s *Set) Len() int { return len(s.parts) }

// Next implements Limiter: the request costs the same of each limit.
func (s *Set) Next(now time.Time, cost int64) (at time.Time) {
	for i := range s.parts {
		if p := s.parts[i].slots; p != nil {
			at = latest(at, s.clock.Time(p.ring.Oldest(cost).Add(p.span)))
		} else {
			at = latest(at, s.parts[i].Limiter.Next(now, cost))
		}
	}
	return at
}

// NextEach implements Several. Another number of costs than of limits is
// Impossible.
func (s *Set) NextEach(now time.Time, costs []int64) (at time.Time) {
	if len(costs) != len(s.parts) {
		return Impossible
	}
	free := instant.Unused
	for i := range s.parts {
		switch cost, p := costs[i], &s.parts[i]; {
		case cost == 0: // it is no concern of this limit
		case p.slots != nil:
			free = max(free, p.slots.ring.Oldest(cost).Add(p.slots.span))
		default:
			at = latest(at, p.Limiter.Next(now, cost))
		}
	}
	if at.IsZero() {
		return s.clock.Time(free)
	}
	return latest(at, s.clock.Time(free))
}

// Sent implements Limiter. Each part counts all departures, so that they have
// the same tickets.
func (s *Set) Sent(now time.Time, cost int64) Ticket { return s.sent(now, nil, cost) }

// SentEach implements Several.
func (s *Set) SentEach(now time.Time, costs []int64) Ticket { return s.sent(now, costs, 0) }

// sent is Sent with a cost for each limit, or the same for all if costs is nil.
func (s *Set) sent(now time.Time, costs []int64, cost int64) (t Ticket) {
	at := s.clock.At(now)
	for i := range s.parts {
		if costs != nil {
			cost = costs[i]
		}
		if p := s.parts[i].slots; p != nil {
			t = Ticket(p.ring.Push(p.countedBy(at), cost))
		} else {
			t = s.parts[i].Limiter.Sent(now, cost)
		}
	}
	return t
}

// Done implements Limiter.
func (s *Set) Done(now time.Time, t Ticket, o Outcome) {
	at, budgets, cost := s.clock.At(now), o.Budgets, o.Cost
	for i := range s.parts {
		p := &s.parts[i]
		o.Cost = 0
		if p.Settled {
			o.Cost = cost
		}
		if p.slots != nil {
			p.slots.ended(at, t, &o)
			continue
		}
		o.Budgets = budgets
		if p.Budget != "" {
			o.Budgets = named(budgets, p.Budget)
		}
		p.Limiter.Done(now, t, o)
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
	for i := range s.parts {
		if p := s.parts[i].slots; p != nil {
			p.ring.Move(uint64(t), p.countedBy(at))
		} else if d, ok := s.parts[i].Limiter.(Delayable); ok {
			d.Left(now, t)
		}
	}
}
