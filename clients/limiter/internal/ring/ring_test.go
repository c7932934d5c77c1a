package ring

import (
	"cmp"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"ratebench/clients/limiter/internal/instant"
)

// The ring against a slice of everything, around the ends of its blocks.
func TestRing(t *testing.T) {
	at := func(k uint64) instant.Instant { return instant.Instant(k) * 1e6 }
	for _, n := range []int{1, 2, 3, blockSize - 1, blockSize, blockSize + 1, 2*blockSize + 5} {
		r := New(n, false)
		for k := range uint64(5 * blockSize) {
			want := instant.Unused
			if int(k) >= n {
				want = at(k - uint64(n))
			}
			if got := r.Oldest(1); got != want {
				t.Fatalf("%d slots: before departure %d the oldest is %v, want %v", n, k, got, want)
			}
			if got := r.Push(at(k), 1); got != k {
				t.Fatalf("departure %d has ticket %d", k, got)
			}
			for _, back := range []uint64{0, uint64(n) - 1, uint64(n)} {
				_, e := r.find(k - back)
				if held := back <= k && int(back) < n; (e != nil) != held || held && e.at != at(k-back) {
					t.Fatalf("%d slots: after departure %d that of %d back is found: %v", n, k, back, e)
				}
			}
		}
		if _, e := r.find(r.sent); e != nil {
			t.Error("finds a departure that has not been")
		}
	}
}

// A large limit takes up no room before it is used, nor all at once.
// What is foretold of a ring are the two entries that are the next to go.
func TestRingForetells(t *testing.T) {
	r := New(3, false)
	for k := range 5 {
		for far := range 3 {
			var want []unsafe.Pointer
			if far == 1 && k > 1 {
				want = []unsafe.Pointer{unsafe.Pointer(r.entry(0)), unsafe.Pointer(r.entry(1))}
			}
			if got := r.Lines(far, nil); !slices.Equal(got, want) {
				t.Errorf("after %d departures, %d away: %v, want %v", k, far, got, want)
			}
		}
		r.Push(instant.Instant(k), 1)
	}
}

func TestRingOfAMillionIsSmallAtFirst(t *testing.T) {
	r := New(1_000_000, false)
	for _, c := range []struct {
		departures int
		size       uint32
	}{{0, 0}, {1, firstSize}, {firstSize, firstSize}, {firstSize + 1, 2 * firstSize}, {blockSize, blockSize}, {blockSize + 1, 2 * blockSize}} {
		for int(r.sent) < c.departures {
			r.Push(0, 1)
		}
		if r.size != c.size {
			t.Errorf("after %d departures there are %d places, want %d", c.departures, r.size, c.size)
		}
	}
	if n := testing.AllocsPerRun(blockSize-2, func() { r.Push(0, 1) }); n != 0 {
		t.Errorf("%v allocations for a departure", n)
	}
}

// Few departures of a large cost take up few places, however long it goes on.
func TestRingOfLargeCostsIsSmall(t *testing.T) {
	r := New(2000, false)
	for range 10_000 {
		r.Push(0, 50)
	}
	if r.size != 2*firstSize {
		t.Errorf("%d places for 40 departures", r.size)
	}
}

// A ring that needs more room keeps its order, wherever the oldest is: large costs
// make way for small ones.
func TestRingGrows(t *testing.T) {
	const n = 2*blockSize + 7
	for _, c := range []struct{ large, cost int }{
		{0, 1}, {n / 4, 4}, {n/4 + 1, 4}, {500, 8}, {n/3 + blockSize - 5, 3}, {n/3 + 100, 3}, {n, 2},
	} {
		r, l := New(n, false), naive{n: n, limit: n}
		push := func(cost int64) {
			at := instant.Instant(r.sent)
			r.Push(at, cost)
			l.push(at, cost)
		}
		for range c.large {
			push(int64(c.cost))
		}
		for i := range n + 10 {
			push(1)
			if i%97 > 0 {
				continue
			}
			for _, cost := range []int64{1, 2, n / 2, n} {
				if got, want := r.Oldest(cost), l.oldest(cost); got != want {
					t.Fatalf("%d of %d, then %d of 1: a cost of %d takes the place of %v, want %v", c.large, c.cost, i+1, cost, got, want)
				}
			}
			for _, want := range []place{l.held[0], l.held[len(l.held)/2]} {
				if _, e := r.find(want.ticket); e == nil || e.at != want.at || e.left != want.left {
					t.Fatalf("%d of %d: departure %d is found: %v, want %v", c.large, c.cost, want.ticket, e, want)
				}
			}
		}
	}
}

// A place is an entry of a naive ring.
type place struct {
	at         instant.Instant
	cost, left int64
	ticket     uint64
	more       bool
}

// naive is the ring as a list: a departure takes the place of those in front.
type naive struct {
	n, limit int64
	anyOrder bool
	held     []place
	sent     uint64
}

func (l *naive) used() (sum int64) {
	for _, e := range l.held {
		sum += e.left
	}
	return sum
}

func (l *naive) oldest(cost int64) instant.Instant {
	if cost > l.limit {
		return instant.Impossible
	}
	at, over := instant.Unused, l.used()+cost-l.limit
	for _, e := range l.held {
		if over > 0 && cost > 0 {
			at = max(at, e.at)
		}
		over -= e.left
	}
	return at
}

func (l *naive) push(at instant.Instant, cost int64) {
	if cost = min(cost, l.limit); cost > 0 {
		for over := l.used() + cost - l.limit; over > 0; {
			part := min(over, l.held[0].left)
			l.held[0].left -= part
			over -= part
			l.tidy()
		}
		l.held = append(l.held, place{at: at, cost: cost, left: cost, ticket: l.sent})
	}
	l.sent++
	l.tidy()
}

func (l *naive) tidy() {
	l.held = slices.DeleteFunc(l.held, func(e place) bool { return e.left == 0 })
	if l.anyOrder {
		slices.SortStableFunc(l.held, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	}
}

func (l *naive) of(t uint64) *place {
	for i := range l.held {
		if l.held[i].ticket == t {
			return &l.held[i]
		}
	}
	return nil
}

func (l *naive) settle(now instant.Instant, t uint64, cost int64) (more int64) {
	if e := l.of(t); e != nil && cost > 0 {
		if more = cost - e.cost; more > 0 {
			l.add(now, more)
		} else {
			e.left = max(0, e.left+more)
		}
	}
	l.tidy()
	return more
}

func (l *naive) add(now instant.Instant, cost int64) {
	if len(l.held) > 0 && cost > 0 {
		newest := &l.held[len(l.held)-1]
		newest.at, newest.left, newest.more = max(newest.at, now), newest.left+cost, true
	}
}

func (l *naive) freeUntil(then instant.Instant) int64 {
	for len(l.held) > 0 && l.held[0].at <= then && !l.held[0].at.Fixed() {
		l.held = l.held[1:]
	}
	return l.used()
}

// The ring against a list, with costs, times that change, costs that turn out
// otherwise, and a limit that comes down and goes up. Times that are the same keep
// the order of the departures.
func TestRingAgainstAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n, anyOrder := rapid.Int64Range(1, 12).Draw(rt, "n"), rapid.Bool().Draw(rt, "any order")
		r, l := New(int(n), anyOrder), naive{n: n, limit: n, anyOrder: anyOrder}
		for step := range 300 {
			now := instant.Instant(step)
			later := now + instant.Instant(rapid.IntRange(-10, 10).Draw(rt, "later"))
			if rapid.IntRange(0, 30).Draw(rt, "never") == 0 {
				later = instant.Never
			}
			ticket := l.sent + 1 - uint64(rapid.IntRange(0, min(int(l.sent)+1, 20)).Draw(rt, "ticket"))
			var got, want int64
			switch what := rapid.IntRange(0, 13).Draw(rt, "what"); what {
			case 0, 1:
				cost := rapid.Int64Range(0, 2*n).Draw(rt, "settled")
				got, want = r.Settle(now, ticket, cost), l.settle(now, ticket, cost)
			case 2, 3:
				r.Move(ticket, later)
				if e := l.of(ticket); e != nil {
					e.at = later
				}
			case 4, 5:
				r.Tighten(ticket, later)
				if e := l.of(ticket); e != nil {
					e.at = min(e.at, later)
				}
			case 6:
				r.Free(ticket)
				if e := l.of(ticket); e != nil {
					e.left = 0
				}
			case 7:
				got, want = r.FreeUntil(later-8), l.freeUntil(later-8)
			case 8:
				limit := rapid.Int64Range(-1, n+2).Draw(rt, "limit")
				r.SetLimit(limit)
				l.limit = min(max(limit, 1), n)
				got, want = r.Limit(), l.limit
			case 9:
				cost := rapid.Int64Range(-1, n).Draw(rt, "added")
				r.Add(now, cost)
				l.add(now, cost)
			default:
				cost := rapid.Int64Range(0, n+1).Draw(rt, "cost")
				got, want = int64(r.Push(later, cost)), int64(l.sent)
				l.push(later, cost)
			}
			l.tidy()
			if got != want || r.Departures() != l.sent || r.used != l.used() {
				rt.Fatalf("step %d: returned %d, want %d; %d of %d departures are held, want %d of %d", step, got, want, r.used, r.sent, l.used(), l.sent)
			}
			l.compare(rt, &r)
		}
	})
}

// compare compares what waits for what, and the last departures.
func (l *naive) compare(rt *rapid.T, r *Ring) {
	for cost := range l.n + 2 {
		if got, want := r.Oldest(cost), l.oldest(cost); got != want {
			rt.Fatalf("a cost of %d waits for %v, want %v", cost, got, want)
		}
	}
	for i, want := range l.held {
		if e := r.entry(uint32(i)); e.ticket != want.ticket || r.held != uint32(len(l.held)) {
			rt.Fatalf("entry %d of %d is %+v, want %+v of %d", i, r.held, e, want, len(l.held))
		}
	}
	for back := range min(l.sent+2, 20) {
		k := l.sent + 1 - back
		want := l.of(k)
		_, got := r.find(k)
		if (got != nil) != (want != nil) || got != nil && *want != (place{got.at, int64(got.cost), got.left, got.ticket, got.more}) {
			rt.Fatalf("departure %d is %+v, want %+v", k, got, want)
		}
		if r.Holds(k) != (want != nil) || r.More(k) != (want != nil && want.more) {
			rt.Fatalf("departure %d is held: %v; with more: %v; want %+v", k, r.Holds(k), r.More(k), want)
		}
	}
}

// Departures are found across gaps, which those of no cost leave, and those in the
// gaps are not.
func TestFindAcrossGaps(t *testing.T) {
	for gap := range uint64(5) {
		r := New(40, false)
		for range 50 {
			for range gap {
				r.Push(0, 0)
			}
			r.Push(0, 1)
		}
		for k := range r.sent + 3 {
			want := k%(gap+1) == gap && k < r.sent && k >= 10*(gap+1)
			i, e := r.find(k)
			if (e != nil) != want || want && (e.ticket != k || e != r.entry(i)) {
				t.Errorf("gaps of %d: departure %d is found at %d: %+v, want %v", gap, k, i, e, want)
			}
		}
	}
}

// Nothing is known of a ring without departures, and nothing that is told changes it.
func TestRingOfNone(t *testing.T) {
	for _, anyOrder := range []bool{false, true} {
		r := New(3, anyOrder)
		r.Add(5, 2)
		r.Move(0, 7)
		r.Tighten(0, 7)
		r.Free(0)
		if got := r.Settle(5, 0, 3); got != 0 {
			t.Errorf("settles %d", got)
		}
		if got := r.FreeUntil(100); got != 0 || r.Holds(0) || r.More(0) || r.Oldest(3) != instant.Unused || r.Oldest(4) != instant.Impossible {
			t.Errorf("holds %d: %+v", got, r)
		}
	}
}

// What left before any time is known is not given back, whatever the time.
func TestFreeUntilKeepsWhatIsFixed(t *testing.T) {
	for _, at := range []instant.Instant{instant.Unused, instant.Never, instant.Impossible} {
		r := New(3, false)
		r.Push(at, 2)
		r.Push(5, 1)
		if got := r.FreeUntil(instant.Impossible); got != 3 {
			t.Errorf("%d: %d are held, want 3", at, got)
		}
	}
}
