package virtual

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A calendar gives entries in the order of a sorted list, however they are pushed,
// popped and removed, whether they are few or many, soon or years ahead.
func TestCalendarIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c calendar
		var want []entry
		var now int64
		var key uint64
		atOnce := rapid.SampledFrom([]int{1, 100, 3 * large}).Draw(t, "at once")
		spread := rapid.SampledFrom([]int64{10, dayLength, 10 * dayLength, 3 * yearDays * dayLength}).Draw(t, "spread")
		if rapid.Bool().Draw(t, "at the end of time") {
			now = never - 10*(spread+dayLength)
		}
		push := func(n int) {
			for range n {
				key++
				at := now + int64(key*2_654_435_761%uint64(spread))
				if key%4 == 0 { // where a day begins
					at += dayLength - at%dayLength
				}
				e := entry{at, key * 0x9E3779B97F4A7C15} // in any order
				i, _ := slices.BinarySearchFunc(want, e, compareEntries)
				want = slices.Insert(want, i, e)
				c.push(now, e)
			}
		}
		pop := func(n int) {
			for ; n > 0 && len(want) > 0; n-- {
				if got := c.first(); got != want[0] {
					t.Fatalf("first is %v, want %v", got, want[0])
				}
				now = want[0].at
				c.pop()
				want = want[1:]
			}
		}
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			push(rapid.IntRange(0, atOnce).Draw(t, "push"))
			if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				odd := func(e entry) bool { return e.key%2 == 1 }
				c.keep(odd)
				want = slices.DeleteFunc(want, func(e entry) bool { return !odd(e) })
			}
			pop(rapid.IntRange(0, 2*atOnce).Draw(t, "pop"))
			if c.len() != len(want) {
				t.Fatalf("%d entries, want %d", c.len(), len(want))
			}
			at := now + rapid.Int64Range(0, spread).Draw(t, "at")
			if rapid.Bool().Draw(t, "where a day begins") {
				at += dayLength - at%dayLength
			}
			if c.startsAfter(at) && len(want) > 0 && want[0].at <= at {
				t.Fatalf("starts after %d, and the first is %v", at, want[0])
			}
		}
		pop(len(want))
	})
}

func compareEntries(a, b entry) int {
	if a == b {
		return 0
	}
	return a.compare(b)
}

// Of many entries only those of the day are kept in order.
func TestCalendarKeepsFewInOrder(t *testing.T) {
	var c calendar
	for i := range uint64(10_000) {
		c.push(0, entry{int64(i) * 10_000, i})
	}
	for range 5_000 {
		c.first()
		c.pop()
		if n := c.soon.len(); n > 2*large {
			t.Fatalf("%d of %d entries are kept in order", n, c.len())
		}
	}
}

// What lies in a day is told of before it comes first: each entry once, in order, and not
// many at a time.
func TestCalendarTellsAhead(t *testing.T) {
	var c calendar
	var told []entry
	c.comes = func(next []entry) {
		if len(next) > atATime {
			t.Fatalf("told of %d at a time, want %d at most", len(next), atATime)
		}
		told = append(told, next...)
	}
	for i := range uint64(10 * large) {
		c.push(0, entry{int64(i*2_654_435_761%7_919) * 1_000, i})
	}
	for c.len() > 0 {
		e := c.first()
		inDays := e.key >= large && e.at >= dayLength // or else it has been soon from the start
		if got := slices.Contains(told[max(0, len(told)-atATime):], e); got != inDays {
			t.Fatalf("%v comes first, and was told of: %v, want %v", e, got, inDays)
		}
		c.pop()
	}
	if !slices.IsSortedFunc(told, compareEntries) || len(slices.Compact(told)) != len(told) {
		t.Error("told of entries out of order, or twice")
	}
	if len(told) < 8*large {
		t.Errorf("told of %d of %d entries, want most", len(told), 10*large)
	}
}

// What lies in a day may be where it begins.
func TestCalendarStartsWithADay(t *testing.T) {
	var c calendar
	for i := range uint64(large) {
		c.push(0, entry{0, i})
	}
	c.push(0, entry{dayLength, large})
	for range large {
		c.first()
		c.pop()
	}
	if !c.startsAfter(dayLength-1) || c.startsAfter(dayLength) {
		t.Errorf("starts after %d: %v, after %d: %v, want true and false", dayLength-1, c.startsAfter(dayLength-1), dayLength, c.startsAfter(dayLength))
	}
}

// A crowd that goes from day to day leaves no room for as many behind in each.
func TestCalendarGivesRoomBack(t *testing.T) {
	const crowd = 3_000
	var c calendar
	now := int64(0)
	for range 2 * yearDays {
		for i := range uint64(crowd) {
			c.push(now, entry{now + dayLength, i})
		}
		for range crowd {
			now = c.first().at
			c.pop()
		}
		c.push(now, entry{now, 0}) // as if there were always some
		c.first()
		c.pop()
	}
	room := 0
	for _, day := range append(c.spare, c.days...) {
		room += cap(day)
	}
	if most := yearDays*roomy + 2*crowd; room > most {
		t.Errorf("room for %d entries, want %d at most", room, most)
	}
}

// A day that comes takes the room of one that has been: there are few of them at a time, if
// entries are not far ahead.
func TestCalendarUsesRoomAgain(t *testing.T) {
	const crowd = 2 * large
	var c calendar
	for i := range uint64(crowd) {
		c.push(0, entry{int64(i) * dayLength / 100, i})
	}
	for i := range uint64(100 * crowd) {
		e := c.first()
		c.pop()
		c.push(e.at, entry{e.at + 6*dayLength, crowd + i})
	}
	rooms := len(c.spare)
	for _, day := range c.days {
		if cap(day) > 0 {
			rooms++
		}
	}
	if rooms > 10 {
		t.Errorf("there is room for %d days, want 10 at most", rooms)
	}
}
