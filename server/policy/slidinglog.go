package policy

import (
	"time"
	"unsafe"
)

// A slidingLog is the sliding window log: an arrival passes if what was charged
// in the length of the window before it, both ends included, leaves room for
// its cost. Ages are differences of whole ticks, so that with a tick of 1ms and
// a window of 1s an age of 1000ms still counts and 1001ms does not.
//
// What is charged in one tick is one entry. There are at most limit + 1: of
// more the oldest can go, because the others use the limit up without it. That
// changes nothing, unless something is given back while more than the limit is
// used. What is given back is taken off the youngest entries.
type slidingLog struct {
	limit  int64
	length int64
	clock  ticker

	ring   []entry // its places after the held ones are free, or have older ones
	oldest int     // the place of the oldest that is held
	held   int     // how many are in the window, as of the last look
	older  int     // how many before the oldest are still there
	sum    int64   // of the costs that are held

	lookedAt, shown int64 // when, in ns since 1970, and what the clock showed
}

// An entry is what was charged in one tick.
type entry struct {
	at   int64 // ns since 1970
	cost int64
}

// roomAtFirst is for how many entries there is room from the start, if the
// limit is no less.
const roomAtFirst = 64

// mostUsed is where a sum of costs ends that is beyond any measure.
const mostUsed = 1 << 62

func newSlidingLog(limit int64, length time.Duration, clock ticker) *slidingLog {
	return &slidingLog{limit: limit, length: int64(length), clock: clock, ring: make([]entry, min(limit, roomAtFirst))}
}

// Check implements Policy.
func (l *slidingLog) Check(now time.Time, cost int64) (ok bool, retry time.Duration) {
	l.look(now)
	switch {
	case cost > l.limit:
		return false, Never
	case l.sum <= l.limit-cost || cost == 0:
		return true, 0
	}
	return false, l.clock.wait(now, l.whenAtMost(l.limit-cost))
}

// Charge implements Policy.
func (l *slidingLog) Charge(now time.Time, cost int64) {
	at := l.look(now)
	if cost = min(cost, mostUsed-l.sum); cost <= 0 {
		return
	}
	l.sum += cost
	if l.held > 0 {
		if youngest := l.entry(l.held - 1); youngest.at == at {
			youngest.cost += cost
			return
		}
	}
	l.makeRoom()
	*l.entry(l.held) = entry{at, cost}
	l.held++
}

// Settle implements Policy.
func (l *slidingLog) Settle(now time.Time, by int64) {
	if by >= 0 {
		l.Charge(now, by)
		return
	}
	l.look(now)
	for back := -by; back > 0 && l.held > 0; {
		youngest := l.entry(l.held - 1)
		part := min(back, youngest.cost)
		youngest.cost -= part
		l.sum -= part
		back -= part
		if youngest.cost == 0 {
			l.held--
		}
	}
}

// State implements Policy.
func (l *slidingLog) State(now time.Time) State {
	l.look(now)
	s := State{Limit: l.limit, Remaining: max(l.limit-l.sum, 0), Window: time.Duration(l.length)}
	if l.held > 0 {
		s.Reset = l.clock.wait(now, l.whenAtMost(min(l.sum, l.limit)-1))
		s.Full = l.clock.wait(now, l.whenAtMost(0))
	}
	return s
}

// used is what is held against the limit.
func (l *slidingLog) used(now time.Time) int64 {
	l.look(now)
	return l.sum
}

// Lines appends the lines of the log or, one pointer away, those of the oldest entry and of
// the place of the next: see server.Ahead.
func (l *slidingLog) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	switch {
	case far == 0: // not the addresses of fields: to be sure that there are, it would be read here
		lines = append(lines, unsafe.Pointer(l), unsafe.Add(unsafe.Pointer(l), unsafe.Offsetof(l.shown)))
	case far == 1 && len(l.ring) > 0:
		lines = append(lines, unsafe.Pointer(l.entry(0)), unsafe.Pointer(&l.ring[l.after(l.oldest, min(l.held, len(l.ring)-1))]))
	}
	return lines
}

// clear forgets everything.
func (l *slidingLog) clear() { l.oldest, l.held, l.older, l.sum = 0, 0, 0, 0 }

// Adjust implements Adjuster. Remembered are as many entries as the largest
// limit so far, or 64 if it was more, older ones than the window too.
func (l *slidingLog) Adjust(_ time.Time, c Config) error {
	a, err := adjustedWindow(c, Log)
	if err != nil {
		return err
	}
	l.limit, l.length, l.lookedAt = a.Limit, int64(a.Length), 0
	for ; l.older > 0; l.older-- {
		l.oldest = l.before(l.oldest)
		l.held++
		l.sum += l.entry(0).cost
	}
	if n := int(min(l.limit, roomAtFirst)); n > len(l.ring) {
		l.grow(n)
	}
	return nil
}

// look lets go of what is out of the window now, and returns what the clock shows.
// The next look is mostly at the same instant.
func (l *slidingLog) look(now time.Time) (at int64) {
	ns := now.UnixNano()
	if ns == l.lookedAt {
		return l.shown
	}
	l.lookedAt, l.shown = ns, floorTo(ns, int64(l.clock))
	for l.held > 0 && l.shown-l.entry(0).at > l.length {
		l.dropOldest()
	}
	return l.shown
}

func (l *slidingLog) dropOldest() {
	l.sum -= l.entry(0).cost
	l.oldest = l.after(l.oldest, 1)
	l.held--
	l.older++
}

// whenAtMost is when the sum is no more than so much, which is less than it is
// now and not negative.
func (l *slidingLog) whenAtMost(sum int64) int64 {
	left := l.sum
	for i := 0; ; i++ {
		e := l.entry(i)
		if left -= e.cost; left <= sum {
			return e.at + l.length + 1
		}
	}
}

// entry is the i-th of those that are held, from the oldest on.
func (l *slidingLog) entry(i int) *entry { return &l.ring[l.after(l.oldest, i)] }

func (l *slidingLog) after(place, n int) int {
	if place += n; place >= len(l.ring) {
		place -= len(l.ring)
	}
	return place
}

func (l *slidingLog) before(place int) int {
	if place == 0 {
		place = len(l.ring)
	}
	return place - 1
}

// makeRoom sees to a free place after the youngest.
func (l *slidingLog) makeRoom() {
	if l.held == len(l.ring) && int64(l.held) > l.limit {
		l.dropOldest()
	}
	if l.held == len(l.ring) {
		l.grow(int(min(2*int64(len(l.ring)), max(l.limit, int64(len(l.ring)))+1)))
	}
	if l.held+l.older == len(l.ring) {
		l.older--
	}
}

// grow makes room for n entries and keeps those that are there.
func (l *slidingLog) grow(n int) {
	ring := make([]entry, n)
	first := l.after(l.oldest, len(l.ring)-l.older)
	for i := range l.older + l.held {
		ring[i] = l.ring[l.after(first, i)]
	}
	l.ring, l.oldest = ring, l.older
}
