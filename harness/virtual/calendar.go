package virtual

// A calendar is a heap of which only what is soon is kept in order, while there are
// many entries: the rest lies in days, which are short spans of time, and is put in
// order when its day has come. What the processor looks at then fits into its first
// cache, however many thousands of entries there are.
//
// Source: Brown, "Calendar queues: a fast O(1) priority queue implementation for the
// simulation event set problem", 1988, with a heap for the day that has come.
type calendar struct {
	soon  heap      // all that is before the first day that has not come, and some of what is after
	days  [][]entry // by the number of the day, modulo yearDays; nil: there never were many entries
	day   int64     // number of the first that has not come; only of meaning while later > 0
	later int       // entries that are in days

	comes func(day []entry) // told of a day that has come; nil: nobody is
}

const (
	dayLength = 500_000 // ns
	yearDays  = 256
	// large is how many entries a heap may have and still be fast.
	large = 256
	// roomy is how many entries a day may have room for when it is over. What it
	// has more is given back: it had a crowd that has gone on, and would else have
	// left as much room in each of the days that it came to.
	roomy = 4 * large
)

func (c *calendar) len() int { return c.soon.len() + c.later }

// push adds an entry, which is not before now.
func (c *calendar) push(now int64, e entry) {
	if c.later == 0 {
		if c.soon.len() < large {
			c.soon.push(e)
			return
		}
		c.day = now/dayLength + 1
		if c.days == nil {
			c.days = make([][]entry, yearDays)
		}
	}
	day := e.at / dayLength
	if day < c.day || day >= c.day+yearDays {
		c.soon.push(e)
		return
	}
	c.days[day%yearDays] = append(c.days[day%yearDays], e)
	c.later++
}

// first returns the first entry of a calendar that is not empty.
func (c *calendar) first() entry {
	for c.later > 0 && (c.soon.len() == 0 || c.day*dayLength <= c.soon.first().at) {
		today := &c.days[c.day%yearDays]
		if c.comes != nil {
			c.comes(*today)
		}
		for _, e := range *today {
			c.soon.push(e)
		}
		c.later -= len(*today)
		*today = emptied(*today)
		c.day++
	}
	return c.soon.first()
}

// emptied is a day without entries, with room for as many again unless they were a
// crowd.
func emptied(day []entry) []entry {
	if cap(day) > roomy {
		return nil
	}
	return day[:0]
}

// pop removes the first entry, which has been looked at.
func (c *calendar) pop() { c.soon.pop() }

// startsAfter reports whether all entries are known to be later than an instant.
func (c *calendar) startsAfter(at int64) bool {
	return (c.later == 0 || at < c.day*dayLength) && c.soon.startsAfter(at)
}

// keep removes all entries but some.
func (c *calendar) keep(some func(entry) bool) {
	c.soon.keep(some)
	if c.later == 0 {
		return
	}
	c.later = 0
	for i, day := range c.days {
		kept := day[:0]
		for _, e := range day {
			if some(e) {
				kept = append(kept, e)
			}
		}
		c.days[i] = kept
		c.later += len(kept)
	}
}
