// Package ring is the memory of limiters: when the last requests left, and what
// they cost.
package ring

import (
	"slices"
	"unsafe"

	"ratebench/clients/limiter/internal/instant"
)

// A Ring is a sliding-window log with costs: the last departures, of a total cost
// of n. A departure takes the place of the oldest ones, of as much cost as its
// own. The ring takes up room for about as many as it has held, and when it needs
// more, moves a block of them at most: a million are no more work at a time than
// one block.
//
// Where departures may overtake each other, the entries are kept in the order
// of their times instead, so that the place that is free first is taken first.
// An entry is then looked for among those with later times, which are about as
// many as are under way.
type Ring struct {
	n        int32  // what there is room for
	limit    int32  // of what may be held, n at most
	size     uint32 // how many places there are
	first    uint32 // place of the entry that is held for longest
	held     uint32 // how many are; as each has a cost, n at most
	anyOrder bool
	used     int64     // cost of all that are held
	sent     uint64    // departures so far, also those of no cost
	block    []entry   // the places, or the first blockSize of them
	blocks   [][]entry // all of them, of blockSize each, when that is not all
}

// An entry is a departure. Two fit into a line of a processor's cache.
type entry struct {
	at     instant.Instant
	left   int64 // of the cost, whose place no other has taken
	ticket uint64
	cost   int32 // that was charged
	more   bool  // some of the cost came later than the departure: at answers only
}

// blockSize is how many entries are in a block, when there are several.
const blockSize = 1024

// firstSize is how many there are at first, if there is room for as many.
const firstSize = 32

// New returns a ring with room for a cost of n, 1 to 1000000. In any order,
// departures may overtake each other.
func New(n int, anyOrder bool) Ring {
	return Ring{n: int32(n), limit: int32(n), anyOrder: anyOrder}
}

// Departures is how many there have been.
func (r *Ring) Departures() uint64 { return r.sent }

// Limit is how much may be held.
func (r *Ring) Limit() int64 { return int64(r.limit) }

// SetLimit changes it: 1 to n, to which other values are cut.
func (r *Ring) SetLimit(limit int64) { r.limit = int32(max(1, min(limit, int64(r.n)))) }

// entry is the i-th of those that are held, the oldest being 0, or the free
// place after them.
func (r *Ring) entry(i uint32) *entry {
	p := r.first + i
	if p >= r.size {
		p -= r.size
	}
	if int(p) < len(r.block) {
		return &r.block[p]
	}
	return &r.blocks[p/blockSize][p%blockSize]
}

// newest is the entry that is held for shortest; nil: none is.
func (r *Ring) newest() *entry {
	if r.held == 0 {
		return nil
	}
	return r.entry(r.held - 1)
}

// Oldest is the latest of the times of those departures whose place one of that
// cost will take; Unused when that place was never used, and Impossible when there
// is not as much.
func (r *Ring) Oldest(cost int64) instant.Instant {
	return r.OldestOf(int64(r.limit), cost)
}

// OldestOf is Oldest under another limit.
func (r *Ring) OldestOf(limit, cost int64) instant.Instant {
	over := r.used + cost - limit
	switch {
	case cost > limit:
		return instant.Impossible
	case cost == 0 || over <= 0:
		return instant.Unused
	}
	e := r.entry(0)
	at := e.at
	for i := uint32(1); over > e.left; i++ {
		over -= e.left
		e = r.entry(i)
		at = max(at, e.at)
	}
	return at
}

// Lines appends, one pointer away, where the two entries are that are next to go, if there
// are two, for who wants them in the processor's cache.
func (r *Ring) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	if far == 1 && r.held > 1 {
		lines = append(lines, unsafe.Pointer(r.entry(0)), unsafe.Pointer(r.entry(1)))
	}
	return lines
}

// Push logs a departure with its time, in place of the oldest, and returns its
// ticket.
func (r *Ring) Push(at instant.Instant, cost int64) uint64 {
	k := r.sent
	r.sent++
	if cost == 0 {
		return k
	}
	cost = min(cost, int64(r.limit)) // Oldest allows no more
	over := r.used + cost - int64(r.limit)
	if over == cost && !r.anyOrder { // as all cost the same
		if e := r.entry(0); e.left == cost {
			if r.forget(); r.held < r.size {
				e = r.entry(r.held - 1)
			}
			e.set(at, cost, k)
			return k
		}
	}
	for over > 0 {
		part := min(over, r.entry(0).left)
		r.take(0, part)
		over -= part
	}
	if r.held == r.size {
		r.grow()
	}
	r.entry(r.held).set(at, cost, k)
	r.used += cost
	r.held++
	if r.anyOrder {
		r.sort(r.held - 1)
	}
	return k
}

// set makes it a departure that has just been.
func (e *entry) set(at instant.Instant, cost int64, k uint64) {
	e.at, e.left, e.ticket, e.cost, e.more = at, cost, k, int32(cost), false
}

// grow makes more places where all are held: twice as many, up to a block, or
// another block. That goes in after the one in which the oldest is, and takes over
// those in it from the oldest on, so that the free places come before it.
func (r *Ring) grow() {
	if r.size < blockSize {
		block := make([]entry, min(max(firstSize, 2*r.size), blockSize, uint32(r.n)))
		copy(block[copy(block, r.block[r.first:]):], r.block[:r.first])
		r.block, r.first, r.size = block, 0, uint32(len(block))
		return
	}
	if r.blocks == nil {
		r.blocks = [][]entry{r.block}
	}
	block, offset := r.first/blockSize, r.first%blockSize
	more := make([]entry, blockSize)
	copy(more[offset:], r.blocks[block][offset:])
	r.blocks = slices.Insert(r.blocks, int(block)+1, more)
	r.first += blockSize
	r.size += blockSize
}

// take takes a part of the place of entry i, which is held no longer when there
// is nothing left of it.
func (r *Ring) take(i uint32, part int64) {
	e := r.entry(i)
	e.left -= part
	r.used -= part
	if e.left > 0 {
		return
	}
	for ; i > 0; i-- {
		r.swap(i, i-1)
	}
	r.held--
	r.forget()
}

// forget makes the second entry the first.
func (r *Ring) forget() {
	if r.first++; r.first == r.size {
		r.first = 0
	}
}

// find is departure t: which of those that are held it is, and its entry; nil once
// others have taken its place, and for one of no cost.
func (r *Ring) find(t uint64) (i uint32, e *entry) {
	if r.held == 0 || t >= r.sent {
		return 0, nil
	}
	if r.anyOrder {
		for i := r.held; i > 0; i-- {
			if e := r.entry(i - 1); e.ticket == t {
				return i - 1, e
			}
		}
		return 0, nil
	}
	// Without departures of no cost, of which there is no entry, tickets have
	// no gaps.
	newest := r.held - 1
	e = r.entry(newest)
	if e.ticket == t {
		return newest, e
	}
	if back := e.ticket - t; back <= uint64(newest) {
		i := newest - uint32(back)
		if e = r.entry(i); e.ticket == t {
			return i, e
		}
	}
	for low, high := uint32(0), r.held; low < high; {
		middle := low + (high-low)/2
		e = r.entry(middle)
		switch {
		case e.ticket == t:
			return middle, e
		case e.ticket < t:
			low = middle + 1
		default:
			high = middle
		}
	}
	return 0, nil
}

// Holds reports whether departure t has a place.
func (r *Ring) Holds(t uint64) bool {
	_, e := r.find(t)
	return e != nil
}

// More reports whether departure t has a place, and stands for a cost as well that
// came later than it.
func (r *Ring) More(t uint64) bool {
	_, e := r.find(t)
	return e != nil && e.more
}

// Move changes the time of departure t, if it is held.
func (r *Ring) Move(t uint64, at instant.Instant) {
	if i, e := r.find(t); e != nil {
		e.at = at
		if r.anyOrder {
			r.sort(i)
		}
	}
}

// Tighten is Move to an earlier time only.
func (r *Ring) Tighten(t uint64, at instant.Instant) {
	i := r.held - 1
	e := r.newest()
	if e == nil || e.ticket != t {
		i, e = r.find(t)
	}
	if e != nil && at < e.at {
		e.at = at
		if r.anyOrder {
			r.sort(i)
		}
	}
}

// sort puts an entry whose time has changed where it belongs in the order of times.
func (r *Ring) sort(i uint32) {
	for ; i > 0 && r.entry(i).at < r.entry(i-1).at; i-- {
		r.swap(i, i-1)
	}
	for ; i+1 < r.held && r.entry(i+1).at < r.entry(i).at; i++ {
		r.swap(i, i+1)
	}
}

func (r *Ring) swap(i, j uint32) {
	a, b := r.entry(i), r.entry(j)
	*a, *b = *b, *a
}

// Settle corrects what departure t was charged, if its answer says at now what
// it cost; 0 says nothing. More than was charged counts from now, together with
// what is newest; less is given back, as far as its place has not been taken. The
// server settled before it answered, so that neither allows anything too early, as
// long as an answer does not take longer than the window. It returns by how much it
// is more.
func (r *Ring) Settle(now instant.Instant, t uint64, cost int64) (more int64) {
	if cost <= 0 {
		return 0
	}
	i, e := r.find(t)
	if e == nil {
		return 0
	}
	if more = cost - int64(e.cost); more < 0 {
		r.take(i, min(-more, e.left))
		return more
	}
	r.Add(now, more)
	return more
}

// Add adds a cost that is none of a departure's to what is newest. It counts from
// now.
func (r *Ring) Add(now instant.Instant, cost int64) {
	if cost <= 0 || r.held == 0 {
		return
	}
	newest := r.entry(r.held - 1)
	newest.at = max(newest.at, now)
	newest.left += cost
	newest.more = true
	r.used += cost
}

// Free gives back what is left of the place of departure t.
func (r *Ring) Free(t uint64) {
	if i, e := r.find(t); e != nil {
		r.take(i, e.left)
	}
}

// FreeUntil gives back the places of the oldest departures, up to the first that was
// not by then for certain, and returns the cost of all that are still held.
func (r *Ring) FreeUntil(then instant.Instant) int64 {
	for r.held > 0 {
		e := r.entry(0)
		if e.at.Fixed() || e.at > then {
			break
		}
		r.take(0, e.left)
	}
	return r.used
}
