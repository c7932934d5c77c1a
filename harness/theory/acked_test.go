package theory

import (
	"math"
	"testing"
	"time"
)

// A bucket of 1 is a window of 1 in each token's time, of which there is a formula:
// 50 ms, the 25 ms of the latency on average, and what is not known of an arrival.
// Larger ones get more, and no more than their rate.
func TestOfBucket(t *testing.T) {
	ceiling := func(limits string) float64 { return Of(withLimits(t, "limits: ["+limits+"]", "")).Provable }
	one := ceiling("{bucket: 1, refill: 20/1s}")
	sc := withLimits(t, "limit: 20/1s", "")
	doubt := meanDoubt(sc.Server.Incoming, sc.Server.Outgoing)
	if want := 5 / (75*time.Millisecond + doubt).Seconds(); math.Abs(one/want-1) > 0.002 {
		t.Errorf("a bucket of 1: %.3f, by the formula %.3f", one, want)
	}
	two, three := ceiling("{bucket: 2, refill: 40/1s}"), ceiling("{bucket: 3, refill: 40/1s}")
	if !(2*one < two && two < three && three <= 200) {
		t.Errorf("a bucket of 2 in 25 ms: %.3f, of 3: %.3f, want more than %.3f, and no more than 200", two, three, 2*one)
	}
	if got := ceiling("{bucket: 2, refill: 20/1s}"); math.Abs(got/100-1) > 0.001 {
		t.Errorf("a bucket that makes up for the latency alone, beside ticks that divide its token: %.3f, want 100", got)
	}
	for _, none := range []string{"{bucket: 1, refill: 20/1s, every: 100ms}", "{bucket: 10, refill: 100000/1s}"} {
		if got := ceiling(none); got != 0 {
			t.Errorf("%s: %.3f, want none", none, got)
		}
	}
}

// The recursion is what the earliest safe departures are, by trying all that can
// arrive when: see the limiter of the same rule, clients/limiter/bucket.
func TestPourByHand(t *testing.T) {
	const ms = time.Millisecond
	p := pour{capacity: 2, token: 100 * ms, tick: ms, latency: ideal{inMax: 50 * ms}, past: math.MinInt64 / 2}
	for i, step := range []struct{ in, out, want time.Duration }{
		{10 * ms, 0, 0}, // each is sent as soon as it may
		{20 * ms, 0, 0},
		{50 * ms, 50 * ms, 110 * ms}, // the first came by 10 ms, and a token
		{0, 50 * ms, 210 * ms},       // two after the first; one after the second, by 20 ms
		{0, 0, 310 * ms},
	} {
		at := p.next(0)
		if i > 0 {
			at = p.next(p.recent[len(p.recent)-1].sent)
		}
		if at != step.want {
			t.Fatalf("departure %d at %v, want %v", i, at, step.want)
		}
		p.fold(at)
		p.recent = append(p.recent, request{at, at + step.in, at + step.in + step.out})
	}
}
