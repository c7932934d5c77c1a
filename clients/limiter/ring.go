package limiter

import "time"

// ring is a sliding-window log with costs: the last departures, of a total cost
// of n. A departure takes the place of the oldest ones, of as much cost as its
// own. The ring takes up room for no more than have left, and never moves them
// about: a million are no more work at a time than one.
//
// Where departures may overtake each other, the entries are kept in the order
// of their times instead, so that the place that is free first is taken first.
// An entry is then looked for among those with later times, which are about as
// many as are under way.
type ring struct {
	n        int64 // what there is room for
	limit    int64 // of what may be held, n at most
	anyOrder bool
	blocks   [][]entry // of ringBlock entries each, made when they are needed
	first    uint      // place of the entry that is held for longest
	held     uint      // how many are; as each has a cost, n at most
	used     int64     // cost of all that are held
	sent     Ticket    // departures so far, also those of no cost
}

// An entry is a departure.
type entry struct {
	at     time.Time
	cost   int64 // that was charged
	left   int64 // of the cost, whose place no other has taken
	ticket Ticket
	more   bool // some of the cost came later than the departure: at answers only
}

// ringBlock is how many entries are in a block.
const ringBlock = 1024

func newRing(n int) ring { return ring{n: int64(n), limit: int64(n)} }

// entry is the i-th of those that are held, the oldest being 0, or the free
// place after them.
func (r *ring) entry(i uint) *entry {
	p := r.first + i
	if n := uint(r.n); p >= n {
		p -= n
	}
	return &r.blocks[p/ringBlock][p%ringBlock]
}

// oldest is the latest of the times of those departures whose place one of that
// cost will take; the zero time when that place was never used, and Impossible
// when there is not as much.
func (r *ring) oldest(cost int64) time.Time {
	return r.oldestOf(r.limit, cost)
}

// oldestOf is oldest under another limit.
func (r *ring) oldestOf(limit, cost int64) (at time.Time) {
	over := r.used + cost - limit
	switch {
	case cost > limit:
		return Impossible
	case cost == 0 || over <= 0:
		return time.Time{}
	}
	e := r.entry(0)
	at = e.at
	for i := uint(1); over > e.left; i++ {
		over -= e.left
		e = r.entry(i)
		at = latest(at, e.at)
	}
	return at
}

// push logs a departure with its time, in place of the oldest.
func (r *ring) push(t time.Time, cost int64) Ticket {
	k := r.sent
	r.sent++
	if cost == 0 {
		return k
	}
	cost = min(cost, r.limit) // Next allows no more
	over := r.used + cost - r.limit
	if over == cost && !r.anyOrder { // as all cost the same
		if cost == 1 && r.held == uint(r.n) {
			e := r.entry(0)
			e.at, e.cost, e.ticket, e.more = t, 1, k, false
			r.forget()
			return k
		}
		if r.replace(t, cost, k) {
			return k
		}
	}
	for over > 0 {
		part := min(over, r.entry(0).left)
		r.take(0, part)
		over -= part
	}
	if r.first+r.held == uint(len(r.blocks))*ringBlock && r.first+r.held < uint(r.n) {
		r.blocks = append(r.blocks, make([]entry, min(ringBlock, uint(r.n)-r.first-r.held)))
	}
	*r.entry(r.held) = entry{at: t, cost: cost, left: cost, ticket: k}
	r.used += cost
	r.held++
	if r.anyOrder {
		r.sort(r.held - 1)
	}
	return k
}

// replace is push in place of the oldest, if that has as much left as the new one
// costs, which is so as long as all cost the same.
func (r *ring) replace(t time.Time, cost int64, k Ticket) bool {
	if r.entry(0).left != cost || r.first+r.held == uint(len(r.blocks))*ringBlock {
		return false
	}
	r.forget()
	*r.entry(r.held - 1) = entry{at: t, cost: cost, left: cost, ticket: k}
	return true
}

// take takes a part of the place of entry i, which is held no longer when there
// is nothing left of it.
func (r *ring) take(i uint, part int64) {
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
func (r *ring) forget() {
	if r.first++; r.first == uint(r.n) {
		r.first = 0
	}
}

// find is the entry of departure t; false once others have taken its place, and
// for one of no cost.
func (r *ring) find(t Ticket) (i uint, found bool) {
	if r.held == 0 || t >= r.sent {
		return 0, false
	}
	if r.anyOrder {
		for i := r.held; i > 0; i-- {
			if r.entry(i-1).ticket == t {
				return i - 1, true
			}
		}
		return 0, false
	}
	// Without departures of no cost, of which there is no entry, tickets have
	// no gaps.
	newest := r.held - 1
	if r.entry(newest).ticket == t {
		return newest, true
	}
	if back := uint(r.entry(newest).ticket - t); back <= newest && r.entry(newest-back).ticket == t {
		return newest - back, true
	}
	for low, high := uint(0), r.held; low < high; {
		middle := low + (high-low)/2
		switch have := r.entry(middle).ticket; {
		case have == t:
			return middle, true
		case have < t:
			low = middle + 1
		default:
			high = middle
		}
	}
	return 0, false
}

// set changes the time of departure t, if it is held.
func (r *ring) set(t Ticket, at time.Time) {
	if i, found := r.find(t); found {
		r.entry(i).at = at
		r.sort(i)
	}
}

// sort puts an entry whose time has changed where it belongs, if that matters.
func (r *ring) sort(i uint) {
	if !r.anyOrder {
		return
	}
	for ; i > 0 && r.entry(i).at.Before(r.entry(i-1).at); i-- {
		r.swap(i, i-1)
	}
	for ; i+1 < r.held && r.entry(i+1).at.Before(r.entry(i).at); i++ {
		r.swap(i, i+1)
	}
}

func (r *ring) swap(i, j uint) {
	a, b := r.entry(i), r.entry(j)
	*a, *b = *b, *a
}

// settle corrects what departure t was charged, if its answer says at now what
// it cost; 0 says nothing. More than was charged counts from now, together with what is newest;
// less is given back, as far as its place has not been taken. The server settled
// before it answered, so that neither allows anything too early, as long as an
// answer does not take longer than the window. It returns by how much it is more.
func (r *ring) settle(now time.Time, t Ticket, cost int64) (more int64) {
	if cost <= 0 {
		return 0
	}
	i, found := r.find(t)
	if !found {
		return 0
	}
	e := r.entry(i)
	if more = cost - e.cost; more < 0 {
		r.take(i, min(-more, e.left))
		return more
	}
	r.add(now, more)
	return more
}

// add adds a cost that is none of a departure's to what is newest. It counts from
// now.
func (r *ring) add(now time.Time, cost int64) {
	if cost <= 0 || r.held == 0 {
		return
	}
	newest := r.entry(r.held - 1)
	newest.at = latest(newest.at, now)
	newest.left += cost
	newest.more = true
	r.used += cost
}

// Delay implements Delayable: who takes its place has to wait.
func (r *ring) Delay(t Ticket) { r.set(t, Never) }

// Left implements Delayable.
func (r *ring) Left(now time.Time, t Ticket) { r.set(t, now) }

// after is the first instant at which a clock of the given resolution shows
// strictly more than d since t: the rule "now - t > d" on whole ticks. A slot
// never used does not hold anything up, one whose departure is delayed does, and
// what is impossible stays so.
func after(t time.Time, d, resolution time.Duration) time.Time {
	if fixed(t) {
		return t
	}
	return t.Truncate(resolution).Add(d + max(resolution, 1))
}

// fixed reports whether a time is none to which anything could be added.
func fixed(t time.Time) bool { return t.IsZero() || !t.Before(Never) }

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// times is cost · d, or the longest time to wait for.
func times(d time.Duration, cost int64) time.Duration {
	if d > 0 && cost > int64(longestWait/d) {
		return longestWait
	}
	return d * time.Duration(cost)
}

// longestWait is a hundred years, which ends before Never does.
const longestWait = 100 * maxWindow
