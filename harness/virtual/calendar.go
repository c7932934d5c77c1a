package virtual

import "slices"

// A calendar is a heap of which only what is soon is kept in order, while there are
// many entries: the rest lies in days, which are short spans of time, and is put in
// order when its day has come. What the processor looks at then fits into its first
// cache, however many thousands of entries there are.
//
// Source: Brown, "Calendar queues: a fast O(1) priority queue implementation for the
// simulation event set problem", 1988, with a heap for what comes up in a day that
// has come.
type calendar struct {
	soon  heap      // what is before the first day that has not come, but for today, and what is after all days
	today []entry   // of the day that has come, in order
	next  int       // of today, the first that is not removed
	days  [][]entry // by the number of the day, modulo yearDays; nil: there never were many entries
	spare [][]entry // room of days that are over, which for the next ones is still in the processor's cache
	day   int64     // number of the first that has not come, which is later than today; never goes back
	later int       // entries that are in days

	firstIsToday bool               // as of the last look
	comes        func(next []entry) // told of entries of today, some at a time, before they come first; nil: nobody is
}

const (
	dayLength = 250_000 // ns
	yearDays  = 512
	// large is how many entries a heap may have and still be fast.
	large = 256
	// roomy is how many entries a day may have room for when it is over, to be used
	// again: one with more had a crowd that has gone on.
	roomy = 4 * large
	// atATime is of how many entries somebody is told at a time.
	atATime = 32
)

func (c *calendar) len() int { return c.soon.len() + len(c.today) - c.next + c.later }

// push adds an entry, which is not before now.
func (c *calendar) push(now int64, e entry) {
	if c.later == 0 {
		if c.len() < large {
			c.soon.push(e)
			return
		}
		c.day = max(c.day, now/dayLength+1) // today may be one that is ahead
		if c.days == nil {
			c.days = make([][]entry, yearDays)
		}
	}
	day := e.at / dayLength
	if day < c.day || day >= c.day+yearDays {
		c.soon.push(e)
		return
	}
	place := &c.days[day%yearDays]
	if n := len(c.spare); n > 0 && *place == nil {
		*place, c.spare = c.spare[n-1], c.spare[:n-1]
	}
	*place = append(*place, e)
	c.later++
}

// first returns the first entry of a calendar that is not empty.
func (c *calendar) first() entry {
	for c.later > 0 && c.startsAfter(c.day*dayLength-1) {
		c.turn()
	}
	c.firstIsToday = c.next < len(c.today) && (c.soon.len() == 0 || c.today[c.next].before(c.soon.first()))
	if c.firstIsToday {
		return c.today[c.next]
	}
	return c.soon.first()
}

// turn makes the first day that has not come today, of which nothing is left.
func (c *calendar) turn() {
	place := &c.days[c.day%yearDays]
	if n := cap(c.today); 0 < n && n <= roomy {
		c.spare = append(c.spare, c.today[:0])
	}
	c.today, *place, c.next = *place, nil, 0
	c.later -= len(c.today)
	c.day++
	sortEntries(c.today)
	c.announce()
}

// announce tells of the entries that come next, at every so many of today.
func (c *calendar) announce() {
	if c.comes != nil && c.next%atATime == 0 {
		c.comes(c.today[c.next:min(c.next+atATime, len(c.today))])
	}
}

// pop removes the first entry, which has been looked at.
func (c *calendar) pop() {
	if !c.firstIsToday {
		c.soon.pop()
		return
	}
	c.next++
	c.announce()
}

// startsAfter reports whether all entries are known to be later than an instant.
func (c *calendar) startsAfter(at int64) bool {
	return (c.later == 0 || at < c.day*dayLength) && (c.next == len(c.today) || c.today[c.next].at > at) && c.soon.startsAfter(at)
}

// keep removes all entries but some.
func (c *calendar) keep(some func(entry) bool) {
	c.soon.keep(some)
	drop := func(e entry) bool { return !some(e) }
	c.today = c.today[:c.next+len(slices.DeleteFunc(c.today[c.next:], drop))]
	if c.later == 0 {
		return
	}
	c.later = 0
	for i, day := range c.days {
		c.days[i] = slices.DeleteFunc(day, drop)
		c.later += len(c.days[i])
	}
}

// sortEntries sorts by insertion where that is the fastest.
func sortEntries(day []entry) {
	const few = 64
	if len(day) > few {
		slices.SortFunc(day, entry.compare)
		return
	}
	for i := 1; i < len(day); i++ {
		e, j := day[i], i
		for ; j > 0 && e.before(day[j-1]); j-- {
			day[j] = day[j-1]
		}
		day[j] = e
	}
}
