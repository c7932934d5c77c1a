package policy

import (
	"math"
	"testing"
	"time"
)

// Sums and shares beyond what there is are the largest or smallest number.
func TestExact(t *testing.T) {
	const most, least = math.MaxInt64, math.MinInt64
	for _, tt := range []struct{ a, b, want int64 }{
		{1, 2, 3}, {1, -2, -1}, {-5, 5, 0}, {0, 0, 0}, {most, 0, most}, {least, 0, least},
		{most, 1, most}, {most - 1, 1, most}, {most - 1, 5, most}, {most, most, most},
		{least, -1, least}, {least + 1, -1, least}, {least + 1, -5, least}, {least, least, least}, {most, least, -1},
	} {
		if got := plus(tt.a, tt.b); got != tt.want {
			t.Errorf("%d + %d is %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	for _, tt := range []struct{ a, b, c, q, r int64 }{
		{7, 3, 2, 10, 1}, {7, 0, 2, 0, 0}, {most, 2, 2, most, 0}, {most, most, most, most, 0},
		{most, 2, 1, most, 0}, {most, most, 1, most, 0}, {1 << 62, 2, 1, most, 0}, {1 << 62, 3, 2, 3 << 61, 0}, {1 << 62, 4, 2, most, 0},
	} {
		if q, r := mulDiv(tt.a, tt.b, tt.c); q != tt.q || r != tt.r {
			t.Errorf("%d · %d / %d is %d and %d, want %d and %d", tt.a, tt.b, tt.c, q, r, tt.q, tt.r)
		}
	}
}

// What is under way, step by step, of a limit of 3.
func TestConcurrencyTimeline(t *testing.T) {
	p, err := Concurrency{Limit: 3}.New(0)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	check := func(cost int64, ok bool, retry time.Duration, left int64) {
		t.Helper()
		if gotOK, gotRetry := p.Check(now, cost); gotOK != ok || gotRetry != retry {
			t.Errorf("a cost of %d: %v, %v; want %v, %v", cost, gotOK, gotRetry, ok, retry)
		}
		if s := p.State(now); s.Limit != 3 || s.Remaining != left {
			t.Errorf("%d of %d are left, want %d of 3", s.Remaining, s.Limit, left)
		}
	}
	check(3, true, 0, 3)
	check(4, false, Never, 3)
	p.Charge(now, 2)
	check(1, true, 0, 1)
	check(2, false, 0, 1)
	p.Charge(now, 1)
	check(1, false, 0, 0)
	check(0, true, 0, 0)
	p.Charge(now, 5) // more than there is: others may be told to
	check(0, true, 0, 0)
	p.(Releaser).Release(now, 5)
	check(1, false, 0, 0)
	p.(Releaser).Release(now, 2)
	check(2, true, 0, 2)
	p.(Releaser).Release(now, 9)
	check(3, true, 0, 3)
}
