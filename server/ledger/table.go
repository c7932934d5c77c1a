package ledger

import "time"

// A table has a machine for each id, but only so many. If it is full, a machine
// that is clean makes room for a newcomer: it would say the same if it were new.
// Two are looked at for each newcomer, one after the other all around, so that
// its price does not depend on how many there are. As long as none is found,
// newcomers share a machine, so that all of them together get what one may have.
// So memory is bounded whoever asks, and asking under more names than that gets
// nobody more.
type table[M any] struct {
	scope Scope // what tells ids apart
	max   int
	fresh func() M
	clean func(M, time.Time) bool

	single M // the only one, if nothing tells ids apart
	places map[id]int
	slots  []slot[M]
	hand   int // the slot to look at next
	others M   // what newcomers share; made when it is needed
	full   bool
}

type slot[M any] struct {
	id      id
	machine M
}

// looks is how many slots are looked at for a newcomer.
const looks = 2

func newTable[M any](scope Scope, max int, fresh func() M, clean func(M, time.Time) bool) *table[M] {
	t := &table[M]{scope: scope, max: max, fresh: fresh, clean: clean}
	t.forget()
	return t
}

// of is the machine for a request.
func (t *table[M]) of(now time.Time, r *Request) M {
	if t.scope == 0 {
		return t.single
	}
	return t.find(now, r)
}

func (t *table[M]) find(now time.Time, r *Request) M {
	i := t.scope.id(r)
	if place, ok := t.places[i]; ok {
		return t.slots[place].machine
	}
	return t.add(now, i)
}

// add makes a machine for an id that has none, or returns the one that is
// shared.
func (t *table[M]) add(now time.Time, i id) M {
	if len(t.slots) < t.max {
		t.places[i] = len(t.slots)
		t.slots = append(t.slots, slot[M]{i, t.fresh()})
		return t.slots[len(t.slots)-1].machine
	}
	for range looks {
		s := &t.slots[t.hand]
		place := t.hand
		t.hand = (t.hand + 1) % len(t.slots)
		if t.clean(s.machine, now) {
			delete(t.places, s.id)
			t.places[i] = place
			*s = slot[M]{i, t.fresh()}
			return s.machine
		}
	}
	if !t.full {
		t.full, t.others = true, t.fresh()
	}
	return t.others
}

// each calls yield with every machine.
func (t *table[M]) each(yield func(M)) {
	if t.scope == 0 {
		yield(t.single)
	}
	for i := range t.slots {
		yield(t.slots[i].machine)
	}
	if t.full {
		yield(t.others)
	}
}

// forget begins anew.
func (t *table[M]) forget() {
	t.places, t.slots, t.hand, t.full = nil, nil, 0, false
	if t.scope == 0 {
		t.single = t.fresh()
		return
	}
	t.places = make(map[id]int)
}
