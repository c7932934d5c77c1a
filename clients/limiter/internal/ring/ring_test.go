package ring

import (
	"cmp"
	"slices"
	"testing"

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
func TestRingOfAMillionIsSmallAtFirst(t *testing.T) {
	r := New(1_000_000, false)
	for _, c := range []struct {
		departures int
		size       uint
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
		r, l := New(n, false), naive{n: n}
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
	n        int64
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
	at, over := instant.Unused, l.used()+cost-l.n
	for _, e := range l.held {
		if over > 0 && cost > 0 {
			at = max(at, e.at)
		}
		over -= e.left
	}
	return at
}

func (l *naive) push(at instant.Instant, cost int64) {
	if cost > 0 {
		for over := l.used() + cost - l.n; over > 0; {
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

func (l *naive) settle(now instant.Instant, t uint64, cost int64) {
	if e := l.of(t); e != nil {
		if more := cost - e.cost; more > 0 {
			newest := &l.held[len(l.held)-1]
			newest.at, newest.left = max(newest.at, now), newest.left+more
			newest.more = newest.more || more > 0
		} else {
			e.left = max(0, e.left+more)
		}
	}
	l.tidy()
}

// The ring against a list, with costs, times that change, and costs that turn
// out otherwise. No two times are the same, so that the order is one.
func TestRingAgainstAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n, anyOrder := rapid.Int64Range(1, 12).Draw(rt, "n"), rapid.Bool().Draw(rt, "any order")
		r, l := New(int(n), anyOrder), naive{n: n, anyOrder: anyOrder}
		for step := range rapid.IntRange(1, 200).Draw(rt, "steps") {
			now := instant.Instant(step * 1000)
			later := now + instant.Instant(rapid.IntRange(-20_000, 20_000).Draw(rt, "later")*1000+step)
			ticket := uint64(rapid.IntRange(0, int(l.sent)+1).Draw(rt, "ticket"))
			switch rapid.IntRange(0, 8).Draw(rt, "what") {
			case 0:
				cost := rapid.Int64Range(1, 2*n).Draw(rt, "settled")
				r.Settle(now, ticket, cost)
				l.settle(now, ticket, cost)
			case 1:
				r.Move(ticket, later)
				if e := l.of(ticket); e != nil {
					e.at = later
				}
				l.tidy()
			case 2:
				r.Tighten(ticket, later)
				if e := l.of(ticket); e != nil {
					e.at = min(e.at, later)
				}
				l.tidy()
			case 3:
				r.Free(ticket)
				if e := l.of(ticket); e != nil {
					e.left = 0
				}
				l.tidy()
			case 4:
				got := r.FreeUntil(later)
				for len(l.held) > 0 && l.held[0].at <= later {
					l.held = l.held[1:]
				}
				if want := l.used(); got != want {
					rt.Fatalf("step %d: a cost of %d is held, want %d", step, got, want)
				}
			default:
				cost := rapid.Int64Range(0, n).Draw(rt, "cost")
				r.Push(later, cost)
				l.push(later, cost)
			}
			if e := l.of(ticket); r.Holds(ticket) != (e != nil) || r.More(ticket) != (e != nil && e.more) {
				rt.Fatalf("step %d: departure %d is held: %v, with more: %v; want %v", step, ticket, r.Holds(ticket), r.More(ticket), e)
			}
			for cost := range n + 1 {
				if got, want := r.Oldest(cost), l.oldest(cost); got != want {
					rt.Fatalf("step %d: a cost of %d waits for %v, want %v", step, cost, got, want)
				}
			}
			if r.Oldest(n+1) != instant.Impossible {
				rt.Fatal("more than there is may leave")
			}
		}
	})
}
