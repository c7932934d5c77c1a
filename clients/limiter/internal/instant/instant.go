// Package instant has times as numbers: they take up a third of the room of a
// time.Time, and are compared and added to in a fraction of the time.
package instant

import (
	"math"
	"time"
)

// An Instant is a number of nanoseconds by a Clock, or one of the constants.
type Instant int64

const (
	// Unused is before any other: the zero time.
	Unused Instant = math.MinInt64
	// Never is what the beginning of 2200 is, and any time after it.
	Never Instant = math.MaxInt64 - 1
	// Impossible is later than Never: the beginning of 2201.
	Impossible Instant = math.MaxInt64
)

// farthest is how far a time may be from the first: 190 years. It leaves room for
// spans of 100 years to be added.
const farthest Instant = 6e9 * 1e9

// Fixed reports whether this is none to which anything could be added. Never,
// Impossible and Unused come one after another, where numbers start over.
func (i Instant) Fixed() bool { return uint64(i-Never) <= 2 }

// Add is the instant a span of at most 100 years later; what is fixed stays.
func (i Instant) Add(d time.Duration) Instant {
	if i.Fixed() {
		return i
	}
	return i + Instant(d)
}

// A Clock turns times into instants and back. Its instants count from the first
// time that it is given. If that has a monotonic reading, the times after it are
// told apart by theirs, as those of package time are, so that a wall clock that is set
// makes no difference; if not, they are told apart by the wall clock. A time more than 190
// years from the first is taken to be that far from it, or Never.
//
// The zero Clock has been given none yet.
type Clock struct {
	start  time.Time // whole seconds, if it has no monotonic reading
	second int64     // of it, since 1970
	near   int64     // seconds before and after it that convert by the wall clock alone
	left   Instant   // from which on it is Never
}

var (
	never      = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
	impossible = time.Date(2201, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// At is a time as an instant.
func (c *Clock) At(t time.Time) Instant {
	if s := t.Unix() - c.second; -c.near < s && s < c.near {
		return Instant(s*1e9) + Instant(t.Nanosecond())
	}
	return c.far(t)
}

// far is At of the first time, of monotonic readings, and of what is far away.
func (c *Clock) far(t time.Time) Instant {
	if c.left == 0 && c.start.IsZero() {
		c.begin(t)
	}
	i := Instant(t.Sub(c.start))
	if i >= c.left {
		return Never
	}
	return max(i, -farthest)
}

func (c *Clock) begin(t time.Time) {
	c.start = t
	if t == t.Round(0) { // it has no monotonic reading
		c.start = t.Add(-time.Duration(t.Nanosecond()))
		c.second = t.Unix()
		c.near = max(0, min(never.Unix()-c.second, int64(farthest/1e9)))
	}
	c.left = min(Instant(never.Sub(c.start)), farthest+1)
}

// Floor is the last whole multiple of d at the instant or before it, counted from
// the zero time by the wall clock, as time.Truncate does; the instant itself if d is 0.
func (c *Clock) Floor(i Instant, d time.Duration) Instant {
	switch {
	case d <= 0 || i.Fixed():
		return i
	case c.near > 0 && time.Second%d == 0: // instants count from a whole second
		past := i % Instant(d)
		if past < 0 {
			past += Instant(d)
		}
		return i - past
	}
	t := c.Time(i)
	return i - Instant(t.Sub(t.Truncate(d)))
}

// Time is the instant as a time, in the location of the first; the zero time for
// Unused.
func (c *Clock) Time(i Instant) time.Time {
	switch {
	case i.Fixed():
		return fixed(i)
	case c.near > 0:
		return time.Unix(c.second+int64(i/1e9), int64(i%1e9)).In(c.start.Location())
	}
	return c.start.Add(time.Duration(i))
}

func fixed(i Instant) time.Time {
	switch i {
	case Never:
		return never
	case Impossible:
		return impossible
	}
	return time.Time{}
}
