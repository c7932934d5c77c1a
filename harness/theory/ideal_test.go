package theory

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// latest is when request r arrived at the latest, by what is known at t.
func latest(c *ideal, knows knowledge, r request, t time.Duration) time.Duration {
	at := r.sent + c.inMax
	switch {
	case r.answered > t || knows == sends:
	case knows == answers:
		at = min(at, r.answered-c.outMin)
	case knows == serverTime:
		at = min(at, r.arrived)
	}
	return at
}

// mayLeave decides by definition: a request that leaves at t arrives at t + min in
// or later, and must be neither the (N+1)th in less than W', whatever the earlier
// ones did that is not known, nor before the one ahead of it.
func mayLeave(c *ideal, earlier []request, t time.Duration) bool {
	young := 0
	for _, r := range earlier {
		if latest(c, c.knows, r, t)+c.reuse > t+c.inMin {
			young++
		}
	}
	if young >= c.slots && c.slots > 0 {
		return false
	}
	if len(earlier) == 0 {
		return true
	}
	last := earlier[len(earlier)-1]
	switch {
	case t < last.sent,
		c.order && latest(c, max(c.knows, answers), last, t) > t+c.inMin,
		c.alone && t < c.ended(last):
		return false
	}
	return true
}

// drawIdeal draws a client, and the latencies of its requests, all in whole units.
func drawIdeal(rt *rapid.T) (c ideal, ins, outs []time.Duration) {
	number := func(name string, lo, hi int) time.Duration {
		return time.Duration(rapid.IntRange(lo, hi).Draw(rt, name))
	}
	c = ideal{
		knows: rapid.SampledFrom([]knowledge{sends, answers, serverTime}).Draw(rt, "knows"),
		order: rapid.Bool().Draw(rt, "order"), alone: rapid.Bool().Draw(rt, "alone"),
		slots: rapid.IntRange(1, 5).Draw(rt, "slots"), reuse: number("reuse", 1, 40),
		inMin: number("in min", 0, 5), outMin: number("out min", 0, 5), work: number("work", 0, 3),
	}
	c.inMax = c.inMin + number("in spread", 0, 12)
	for range 40 {
		ins = append(ins, number("in", int(c.inMin), int(c.inMax)))
		outs = append(outs, number("out", int(c.outMin), int(c.outMin)+12))
	}
	return c, ins, outs
}

func runIdeal(c ideal, ins, outs []time.Duration) (requests []request) {
	c.run(func(n uint64) (in, out time.Duration) { return ins[n], outs[n] }, func(r request) bool {
		requests = append(requests, r)
		return len(requests) < len(ins)
	})
	return requests
}

// The recursion sends at the first instant that the definition allows.
func TestIdealIsAsEarlyAsItMay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, ins, outs := drawIdeal(rt)
		var want []request
		at := time.Duration(0)
		for n := range ins {
			for !mayLeave(&c, want, at) {
				at++
			}
			want = append(want, request{at, at + ins[n], at + ins[n] + outs[n]})
		}
		if got := runIdeal(c, ins, outs); !slices.Equal(got, want) {
			rt.Fatalf("got\n%v\nwant\n%v", got, want)
		}
	})
}

// Whoever dawdles, and keeps to the rules otherwise, is never ahead afterwards.
func TestDawdlingNeverPays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, ins, outs := drawIdeal(rt)
		waits := rapid.SliceOfN(rapid.IntRange(0, 30), len(ins), len(ins)).Draw(rt, "waits")
		best := runIdeal(c, ins, outs)
		var slow []request
		at := time.Duration(0)
		for n := range ins {
			at += time.Duration(max(0, waits[n]-20)) // most do not wait
			for !mayLeave(&c, slow, at) {
				at++
			}
			slow = append(slow, request{at, at + ins[n], at + ins[n] + outs[n]})
			if at < best[n].sent {
				rt.Fatalf("request %d leaves at %v, before %v", n, at, best[n].sent)
			}
		}
	})
}

// Nobody who is ideal ever has more than N arrivals within less than W', nor
// nonces that overtake each other if that is a duty.
func TestIdealNeverBreaksTheRules(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, ins, outs := drawIdeal(rt)
		var arrivals []time.Duration
		for _, r := range runIdeal(c, ins, outs) {
			if n := len(arrivals); c.order && n > 0 && r.arrived < arrivals[n-1] {
				rt.Fatalf("arrival at %v after one at %v", r.arrived, arrivals[n-1])
			}
			arrivals = append(arrivals, r.arrived)
		}
		slices.Sort(arrivals)
		for i := c.slots; i < len(arrivals); i++ {
			if age := arrivals[i] - arrivals[i-c.slots]; age < c.reuse {
				rt.Fatalf("%d arrivals within %v of %v, reuse %v", c.slots+1, age, arrivals[i], c.reuse)
			}
		}
	})
}

// A timeout lets the client go on, and its work does not count then.
func TestAloneGoesOnAfterATimeout(t *testing.T) {
	c := ideal{alone: true, inMax: 20, work: 3, timeout: 10}
	got := runIdeal(c, []time.Duration{4, 20, 5, 1}, []time.Duration{5, 1, 5, 1})
	want := []request{{0, 4, 9}, {12, 32, 33}, {22, 27, 32}, {35, 36, 37}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The longest that is ever drawn of an exponential is ln(2⁵³) = 36.74 times the
// mean, or a little less, since the probabilities near 1 are rounded.
func TestLongest(t *testing.T) {
	if got := longest(parse(t, "exponential(10ms)", 0)); got < 363*time.Millisecond || got > 368*time.Millisecond {
		t.Errorf("got %v", got)
	}
	if got := longest(parse(t, "uniform(3ms, 50ms)", 0)); got != 50*time.Millisecond {
		t.Errorf("got %v", got)
	}
}
