package budget

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// A Ledger is the state of a budget at its store, where calls are applied one
// after the other. Its zero value has no memory yet.
//
// It is what the script of package redis does in Redis, decision by decision.
type Ledger struct {
	terms    Terms
	instance string
	epoch    string
	seen     int64 // µs: the highest time so far
	learning int64 // µs: until then there may be shares that it has not heard of
	number   int64 // the last fencing number
	slots    []slot
	order    []int // of slots: the one first that is free first
	line     []place
	members  []*member // whose share counts, the one first that was heard first
}

// A slot is one of N.
type slot struct {
	free   int64 // µs: the time from which it is
	number int64 // of its last grant; 0: none in this epoch
}

// A place is that of a process in line.
type place struct {
	process    string
	seq        int64 // of the call that brought it into line
	joined     int64 // µs
	take, upTo int
}

// Call applies a call at a time of the store's clock. Instance names what keeps
// the ledger: another one begins it anew. Pushes are for processes other than the
// caller. The only error is ErrTerms, and then nothing has changed.
func (l *Ledger) Call(now time.Time, instance string, c Call) (Reply, []Push, error) {
	t := max(now.UnixMicro(), l.seen)
	if l.epoch == "" || l.instance != instance {
		l.begin(t, instance, c.Terms)
	} else if back := l.seen - now.UnixMicro(); l.terms == c.Terms && back > micros(c.Terms.Silent+c.Terms.Recovery()) {
		t = now.UnixMicro() // to begin anew takes less than to wait for the clock
		l.begin(t, instance, c.Terms)
	}
	if l.terms != c.Terms {
		return Reply{}, nil, fmt.Errorf("ledger has %v, the call %v: %w", l.terms, c.Terms, ErrTerms)
	}
	l.seen = t
	if c.Epoch == l.epoch {
		l.giveBack(t, c.Returns)
	}
	r := Reply{Epoch: l.epoch}
	switch {
	case c.Bye:
		l.leave(t, c.Process)
	case c.Beat != nil:
		r.Share, r.Heard = l.beat(t, c)
	}
	l.takeForSilent(t)
	if c.Take > 0 {
		l.stand(t, c)
	}
	pushes := l.serve(t, c.Process, &r)
	if i := l.place(c.Process); i >= 0 {
		r.Seq, r.Wait = l.line[i].seq, l.wait(t, i)
	}
	return r, pushes, nil
}

// begin has every slot held until nothing can count any more that was granted
// by a ledger before this one.
func (l *Ledger) begin(t int64, instance string, terms Terms) {
	*l = Ledger{terms: terms, instance: instance, epoch: fmt.Sprintf("%s/%d", instance, t), seen: t}
	l.learning = t + micros(terms.Silent)
	free := l.learning + micros(terms.Recovery())
	l.slots, l.order = make([]slot, terms.Slots), make([]int, terms.Slots)
	for i := range l.slots {
		l.slots[i].free, l.order[i] = free, i
	}
}

// giveBack frees slots earlier whose fencing numbers still hold.
func (l *Ledger) giveBack(t int64, returns []Return) {
	for _, r := range returns {
		if r.Slot < 0 || r.Slot >= len(l.slots) || r.Number == 0 || l.slots[r.Slot].number != r.Number {
			continue
		}
		free := t + micros(l.terms.Span)
		if r.Unused { // it is as free as it was
			free = l.slots[r.Slot].free - micros(l.terms.Hold+l.terms.Span)
		}
		l.slots[r.Slot].number = 0 // each grant is given back once
		l.free(r.Slot, min(free, l.slots[r.Slot].free))
	}
}

// stand gives a process a place in line, or keeps the one that it has.
func (l *Ledger) stand(t int64, c Call) {
	i := l.place(c.Process)
	if i < 0 {
		i = len(l.line)
		l.line = append(l.line, place{process: c.Process, seq: c.Seq, joined: t})
	}
	l.line[i].take = min(c.Take, len(l.slots))
	l.line[i].upTo = max(c.UpTo, l.line[i].take)
}

// place is where a process stands in line; -1: it does not.
func (l *Ledger) place(process string) int {
	return slices.IndexFunc(l.line, func(p place) bool { return p.process == process })
}

// serve grants slots to those in line, as long as there are enough for the
// first. Beyond what it needs it gets its part of them only, if others wait.
func (l *Ledger) serve(t int64, caller string, r *Reply) (pushes []Push) {
	for len(l.line) > 0 {
		first := l.line[0]
		grantable := l.freeBy(t + micros(l.terms.Ahead))
		if grantable < first.take {
			break
		}
		n := max(first.take, min(first.upTo, grantable/len(l.line)))
		g := Granted{Seq: first.seq, Age: duration(t - first.joined)}
		for range n {
			g.Grants = append(g.Grants, l.grant(t))
		}
		l.line = slices.Delete(l.line, 0, 1)
		if first.process == caller {
			r.Granted = g
		} else {
			pushes = append(pushes, Push{Process: first.process, Epoch: l.epoch, Granted: g})
		}
	}
	return pushes
}

// grant takes the slot that is free first.
func (l *Ledger) grant(t int64) Grant {
	i := l.order[0]
	from := max(t, l.slots[i].free)
	l.number++
	l.slots[i].number = l.number
	l.free(i, from+micros(l.terms.Hold+l.terms.Span))
	return Grant{Slot: i, Number: l.number, After: duration(from - t)}
}

// wait is how long the i-th in line has to wait before it asks again. It leaves
// others time to call first. A report can bring a slot forward, but to a window
// from now at most.
func (l *Ledger) wait(t int64, i int) time.Duration {
	at, needed := t+micros(l.terms.Span), 0
	for _, p := range l.line[:i+1] {
		needed += p.take
	}
	if needed <= len(l.order) {
		at = min(at, l.slots[l.order[needed-1]].free)
	}
	some := micros(l.terms.Ahead) / 4
	return duration(max(at-some-t, some, micros(leastWait)))
}

// leastWait keeps those in line from asking all the time.
const leastWait = time.Millisecond

// free sets the time from which a slot is free, and keeps the order.
func (l *Ledger) free(i int, at int64) {
	from, _ := l.search(i)
	l.order = slices.Delete(l.order, from, from+1)
	l.slots[i].free = at
	to, _ := l.search(i)
	l.order = slices.Insert(l.order, to, i)
}

// search finds the place of a slot in the order.
func (l *Ledger) search(i int) (int, bool) {
	return slices.BinarySearchFunc(l.order, i, func(a, b int) int {
		if c := cmp.Compare(l.slots[a].free, l.slots[b].free); c != 0 {
			return c
		}
		return a - b
	})
}

// freeBy is how many slots are free by a time.
func (l *Ledger) freeBy(t int64) int {
	return sort.Search(len(l.order), func(i int) bool { return l.slots[l.order[i]].free > t })
}

func micros(d time.Duration) int64 { return int64(d / time.Microsecond) }

func duration(us int64) time.Duration { return time.Duration(us) * time.Microsecond }

// byTime orders members.
func byTime(a, b *member) int {
	if c := cmp.Compare(a.heard, b.heard); c != 0 {
		return c
	}
	return strings.Compare(a.process, b.process)
}
