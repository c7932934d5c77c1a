package bucket

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

const ms = time.Millisecond

// Arrivals against a list: in the order of their latest times, those that are the
// same in that in which they came.
func TestArrivalsAgainstAList(t *testing.T) {
	var a arrivals
	var want []arrival
	for step := range uint64(3000) {
		draw := func(key uint64, n int) int { return int(keyedrand.Number(step, key) % uint64(n)) }
		at := time.Unix(int64(step/4)+int64(draw(1, 8)), 0)
		switch what := draw(2, 5); {
		case what < 2 && len(want) < 20 || len(want) == 0:
			h := arrival{at, 1, limiter.Ticket(step)}
			a.insert(h)
			want = append(want, h)
		case what < 3:
			i := draw(3, len(want))
			a.remove(i)
			want = slices.Delete(want, i, i+1)
		default:
			i := draw(3, len(want))
			moved := a.at(i).ticket
			if got := a.move(i, at); a.at(got).ticket != moved {
				t.Fatalf("step %d: what is moved is not at %d", step, got)
			}
			want[i].latest = at
		}
		slices.SortStableFunc(want, func(x, y arrival) int { return x.latest.Compare(y.latest) })
		if a.len() != len(want) {
			t.Fatalf("step %d: there are %d, want %d", step, a.len(), len(want))
		}
		for i := range want {
			if *a.at(i) != want[i] {
				t.Fatalf("step %d: %d is %v, want %v", step, i, *a.at(i), want[i])
			}
			if got := a.find(want[i].ticket); got != i {
				t.Fatalf("step %d: departure %d is found at %d, want %d", step, want[i].ticket, got, i)
			}
		}
	}
}

// A bucket that is refilled between the ticks of the server's clock is a tick late.
func TestAckedIsATickLate(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		limit        int
		window, tick time.Duration
		want         time.Duration
	}{
		{4, s, ms, 0}, {3, s, ms, ms}, {4, s, 7 * ms, 7 * ms}, {4, s, 0, 0}, {3, s, 1, 1}, {1, s + 1, s, s}, {1, s, s, 0},
	} {
		q := limiter.Quota{Limit: c.limit, Window: c.window, Resolution: c.tick, Burst: 2}
		l, err := (&Acked{}).New(q)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.(*acked).late; got != q.Widen(c.want) {
			t.Errorf("%d in %v by ticks of %v: late by %v, want %v", c.limit, c.window, c.tick, got, c.want)
		}
	}
}

// Steps in which an instant, a part of a token or a bucket makes the difference.
func TestBoundsOfBuckets(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_000)
	build := func(c limiter.Config, q limiter.Quota) limiter.Limiter {
		l, err := c.New(q)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	wantNext := func(what string, l limiter.Limiter, now, want time.Duration, cost int64) {
		t.Helper()
		if got := l.Next(start.Add(now), cost).Sub(start); got != want {
			t.Errorf("%s: at %v a cost of %d may leave at %v, want %v", what, now, cost, got, want)
		}
	}
	never, impossible := limiter.Never.Sub(start), limiter.Impossible.Sub(start)

	three := build(&TokenBucket{Burst: 1}, limiter.Quota{Limit: 3, Window: time.Second})
	three.Sent(start, 1)
	wantNext("a part short", three, 333_333_333, 333_333_334, 1)
	wantNext("full", three, 333_333_334, 333_333_334, 1)

	tutorial := build(&TokenBucketTutorial{}, limiter.Quota{Limit: 2, Window: time.Second})
	tutorial.Done(start, tutorial.Sent(start, 1), limiter.Outcome{Status: 200, Cost: 1e6})
	wantNext("a hundred buckets of two, but for one", tutorial, 0, 100*time.Second, 1)
	tutorial.Done(start, tutorial.Sent(start, 1), limiter.Outcome{Status: 200, Cost: 1e6})
	wantNext("no more than that", tutorial, 0, 101*time.Second, 2)

	reserved := build(&Reservation{}, limiter.Quota{Limit: 2, Window: time.Second})
	wantNext("as many as there are", reserved, 0, 0, 2)
	wantNext("more than there are", reserved, 0, impossible, 3)

	atOnce, err := Concurrency{Limit: 3}.New()
	if err != nil {
		t.Fatal(err)
	}
	atOnce.Sent(start, 2)
	atOnce.Sent(start, 2) // more than there is
	wantNext("what costs nothing", atOnce, 0, 0, 0)
	wantNext("what costs something", atOnce, 0, never, 1)

	small := build(&Acked{}, limiter.Quota{Limit: 2, Window: time.Second, Burst: 2})
	small.Sent(start, 3) // more than there is
	wantNext("of a bucket of two", small, 0, never, 1)

	if got := spreadParts(366*24*time.Hour, limiter.Quota{Limit: 1e6, Window: time.Second}); got != mostParts {
		t.Errorf("a year's spread of a million a second is %d parts, want the most", got)
	}
	for limit := 1; limit <= 60; limit++ {
		q, c := limiter.Quota{Limit: limit, Window: time.Second}, &CounterPaced{Spread: 50 * ms}
		age := q.Span() + q.Widen(c.Spread)
		if got, n := c.Interval(q), time.Duration(limit); got*n < age || (got-1)*n >= age {
			t.Errorf("%d of %v are not the least that last %v", limit, got, age)
		}
	}
}
