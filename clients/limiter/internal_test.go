package limiter

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

func TestMeanWindowForgets(t *testing.T) {
	m := meanWindow{last: make([]time.Duration, 0, 3)}
	for i, want := range []time.Duration{1, 1, 2, 3, 4} { // 1; 1,2 → 1.5; 1..3; 2..4; 3..5
		m.add(time.Duration(i + 1))
		if got := m.mean(); got != want {
			t.Errorf("after %d: %d, want %d", i+1, got, want)
		}
	}
}

// The ring against a slice of everything, around the ends of its blocks.
func TestRing(t *testing.T) {
	at := func(k Ticket) time.Time { return time.UnixMilli(int64(k)) }
	for _, n := range []int{1, 2, 3, ringBlock - 1, ringBlock, ringBlock + 1, 2*ringBlock + 5} {
		r := newRing(n)
		for k := range Ticket(5 * ringBlock) {
			var want time.Time
			if int(k) >= n {
				want = at(k - Ticket(n))
			}
			if got := r.oldest(1); !got.Equal(want) {
				t.Fatalf("%d slots: before departure %d the oldest is %v, want %v", n, k, got, want)
			}
			if got := r.push(at(k), 1); got != k {
				t.Fatalf("departure %d has ticket %d", k, got)
			}
			for _, back := range []Ticket{0, Ticket(n) - 1, Ticket(n)} {
				i, found := r.find(k - back)
				if held := back <= k && int(back) < n; found != held || held && !r.entry(i).at.Equal(at(k-back)) {
					t.Fatalf("%d slots: after departure %d that of %d back is found: %v", n, k, back, found)
				}
			}
		}
		if _, found := r.find(r.sent); found {
			t.Error("finds a departure that has not been")
		}
	}
}

// A large limit takes up no room before it is used, nor all at once.
func TestRingOfAMillionIsSmallAtFirst(t *testing.T) {
	r := newRing(1_000_000)
	if n := testing.AllocsPerRun(ringBlock-2, func() { r.push(time.Time{}, 1) }); n != 0 {
		t.Errorf("%v allocations for a departure", n)
	}
	if len(r.blocks) != 1 || len(r.blocks[0]) != ringBlock {
		t.Errorf("%d blocks", len(r.blocks))
	}
}

// The best bound of the block before counts until the block is full.
func TestOffsetBoundOfTheBlockBefore(t *testing.T) {
	q := Quota{Limit: 1, Window: time.Second}
	start := time.UnixMilli(1_700_000_000_000)
	var b offsetBound
	for i := range offsetBlock + 1 {
		sent := start.Add(time.Duration(i) * ms)
		answered, late := sent.Add(50*ms), 40*ms
		if i == 0 {
			late = ms
		}
		b.add(q, answered, sent, answered.Add(-late), ms)
	}
	sent := start.Add(offsetBlock * ms)
	if b.answers != 1 || b.current.bound != -40*ms {
		t.Fatalf("the block has %d answers and the bound %v, want a new one with -40ms", b.answers, b.current.bound)
	}
	if got := b.at(q, sent.Add(50*ms), sent); got > -ms || got < -2*ms {
		t.Errorf("the bound is %v, want -1ms less the drift", got)
	}
}

// A place is an entry of a naive ring.
type place struct {
	at         time.Time
	cost, left int64
	ticket     Ticket
}

// naive is the ring as a list: a departure takes the place of those in front.
type naive struct {
	n        int64
	anyOrder bool
	held     []place
	sent     Ticket
}

func (l *naive) used() (sum int64) {
	for _, e := range l.held {
		sum += e.left
	}
	return sum
}

func (l *naive) oldest(cost int64) (at time.Time) {
	over := l.used() + cost - l.n
	for _, e := range l.held {
		if over > 0 && cost > 0 {
			at = latest(at, e.at)
		}
		over -= e.left
	}
	return at
}

func (l *naive) push(at time.Time, cost int64) {
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
		slices.SortStableFunc(l.held, func(a, b place) int { return a.at.Compare(b.at) })
	}
}

func (l *naive) of(t Ticket) *place {
	for i := range l.held {
		if l.held[i].ticket == t {
			return &l.held[i]
		}
	}
	return nil
}

func (l *naive) settle(now time.Time, t Ticket, cost int64) {
	if e := l.of(t); e != nil {
		if more := cost - e.cost; more > 0 {
			newest := &l.held[len(l.held)-1]
			newest.at, newest.left = latest(newest.at, now), newest.left+more
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
		r, l := newRing(int(n)), naive{n: n, anyOrder: anyOrder}
		r.anyOrder = anyOrder
		for step := range rapid.IntRange(1, 200).Draw(rt, "steps") {
			now := time.Unix(0, int64(step)*1000)
			later := now.Add(time.Duration(rapid.IntRange(-20_000, 20_000).Draw(rt, "later")*1000 + step))
			ticket := Ticket(rapid.IntRange(0, int(l.sent)+1).Draw(rt, "ticket"))
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				cost := rapid.Int64Range(1, 2*n).Draw(rt, "settled")
				r.settle(now, ticket, cost)
				l.settle(now, ticket, cost)
			case 1:
				r.set(ticket, later)
				if e := l.of(ticket); e != nil {
					e.at = later
				}
				l.tidy()
			default:
				cost := rapid.Int64Range(0, n).Draw(rt, "cost")
				r.push(later, cost)
				l.push(later, cost)
			}
			for cost := range n + 1 {
				if got, want := r.oldest(cost), l.oldest(cost); !got.Equal(want) {
					rt.Fatalf("step %d: a cost of %d waits for %v, want %v", step, cost, got, want)
				}
			}
			if !r.oldest(n + 1).Equal(Impossible) {
				rt.Fatal("more than there is may leave")
			}
		}
	})
}
