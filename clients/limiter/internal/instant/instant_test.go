package instant_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter/internal/instant"
	"ratebench/clients/limiter/limitertest"
)

var (
	never      = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
	impossible = time.Date(2201, time.January, 1, 0, 0, 0, 0, time.UTC)
)

const farthest = 6e9 * time.Second

// Times and their instants are in the same order, the same distance apart, and the
// same again, as long as they are within 190 years of the first and before 2200.
func TestInstantsAreAsTimesAre(t *testing.T) {
	zone := time.FixedZone("east", 3*3600)
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.SampledFrom([]time.Time{
			{}, time.Unix(0, 0).UTC(), time.UnixMilli(1_700_000_000_123).In(zone), time.Date(1700, 1, 2, 3, 4, 5, 6, time.UTC),
			never.Add(-time.Hour), never.Add(-1),
		}).Draw(rt, "first").Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(rt, "later")))
		var c Clock
		start := c.At(first)
		if got := c.Time(start); !got.Equal(first) && first.Before(never) || got.Location() != first.Location() && first.Before(never) {
			rt.Fatalf("the first time, %v, is %v again", first, got)
		}
		span := func(label string) time.Duration {
			most := int64(farthest) >> rapid.IntRange(1, 62).Draw(rt, "bits")
			return time.Duration(rapid.Int64Range(-most, most).Draw(rt, label))
		}
		a, b := first.Add(span("a")), first.Add(span("b"))
		i, j := c.At(a), c.At(b)
		for at, n := range map[time.Time]Instant{a: i, b: j} {
			want := at
			if !at.Before(never) {
				want = never
			}
			if got := c.Time(n); !got.Equal(want) {
				rt.Fatalf("first %v: %v is %v again", first, at, got)
			}
		}
		if a.Before(never) && b.Before(never) {
			if got, want := time.Duration(j-i), b.Sub(a); got != want {
				rt.Fatalf("first %v: from %v to %v it is %v, want %v", first, a, b, got, want)
			}
		}
	})
}

func TestClockOfTimesThatAreFar(t *testing.T) {
	first := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)
	var c Clock
	c.At(first)
	for _, x := range []struct{ at, want time.Time }{
		{time.Time{}, first.Add(-farthest)},
		{first.Add(-farthest), first.Add(-farthest)},
		{first.Add(-farthest + 1), first.Add(-farthest + 1)},
		{first.Add(farthest), first.Add(farthest)},
		{first.Add(farthest + 1), never},
		{never.Add(-1), never},
		{never, never},
		{impossible.Add(time.Hour), never},
		{time.Unix(1<<60, 0), never},
		{time.Unix(-1<<60, 0), first.Add(-farthest)},
	} {
		if got := c.Time(c.At(x.at)); !got.Equal(x.want) {
			t.Errorf("%v is %v again, want %v", x.at, got, x.want)
		}
	}
	var late Clock
	for _, at := range []time.Time{impossible, never} {
		if got := late.At(at); got != Never {
			t.Errorf("%v is %d, want Never", at, got)
		}
	}
}

func TestConstants(t *testing.T) {
	var c Clock
	for _, began := range []bool{false, true} {
		for i, want := range map[Instant]time.Time{Unused: {}, Never: never, Impossible: impossible} {
			if got := c.Time(i); got != want {
				t.Errorf("%d is %v, want %v", i, got, want)
			}
			if !i.Fixed() || i.Add(time.Hour) != i || i.Add(-time.Hour) != i {
				t.Errorf("%v moves", want)
			}
		}
		if began {
			break
		}
		c.At(time.Now())
	}
	for _, i := range []Instant{0, Unused + 1, Never - 1} {
		if i.Fixed() {
			t.Errorf("%d is fixed", i)
		}
	}
	if got := Instant(5).Add(-7); got != -2 {
		t.Errorf("7 before 5 is %d", got)
	}
}

// A clock that begins with a monotonic reading goes by them: setting the wall clock
// makes no difference. One that does not goes by the wall clock.
func TestMonotonicReadings(t *testing.T) {
	first := time.Now()
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		set := limitertest.WithWallSet(t, first, jump).Add(time.Second)
		var steady, wall Clock
		from := steady.At(first)
		if got := time.Duration(steady.At(set) - from); got != time.Second {
			t.Errorf("a second later it is %v later, by a wall clock that has been set by %v", got, jump)
		}
		if got := steady.Time(steady.At(set)); got.Sub(set) != 0 || got.Sub(first) != time.Second {
			t.Errorf("the time is %v again, want %v", got, set)
		}
		if got := steady.At(never.Add(time.Hour)); got != Never {
			t.Errorf("a time without a monotonic reading is %v, want Never", got)
		}
		if got := time.Duration(steady.At(first.Round(0).Add(time.Minute)) - from); got != time.Minute {
			t.Errorf("a minute later by the wall clock is %v later", got)
		}
		from = wall.At(first.Round(0))
		if got := time.Duration(wall.At(set) - from); got != time.Second+jump {
			t.Errorf("by the wall clock it is %v later, want %v", got, time.Second+jump)
		}
	}
}

// Whole multiples are those of time.Truncate, and keep to the clock that the first
// time set.
func TestFloor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.SampledFrom([]time.Time{{}, time.UnixMilli(1_700_000_000_123).Add(456), time.Now()}).Draw(rt, "first")
		d := rapid.SampledFrom([]time.Duration{-1, 0, 1, 3, 1000, time.Millisecond, 7 * time.Millisecond, time.Second, time.Minute, 3 * time.Hour}).Draw(rt, "d")
		at := first.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(rt, "later")))
		var c Clock
		c.At(first)
		got := c.Time(c.Floor(c.At(at), d))
		if want := at.Truncate(d); !got.Round(0).Equal(want) {
			rt.Fatalf("first %v: of %v the last multiple of %v is %v, want %v", first, at, d, got, want)
		}
		if past := at.Sub(got); past < 0 || past >= max(d, 1) {
			rt.Fatalf("first %v: of %v the last multiple of %v is %v, %v before it", first, at, d, got, past)
		}
	})
	var c Clock
	c.At(time.Unix(1_700_000_000, 0))
	for _, x := range []struct {
		i    Instant
		d    time.Duration
		want Instant
	}{
		{Never, time.Second, Never}, {Impossible, time.Second, Impossible}, {Unused, time.Second, Unused},
		{-1, time.Millisecond, -1e6}, {-1e6, time.Millisecond, -1e6}, {-1e6 - 1, time.Millisecond, -2e6},
		{1e6 - 1, time.Millisecond, 0}, {1e6, time.Millisecond, 1e6}, {0, 3, floor3(0)}, {1, 3, floor3(1)}, {2, 3, floor3(2)},
	} {
		if got := c.Floor(x.i, x.d); got != x.want {
			t.Errorf("of %d the last multiple of %v is %d, want %d", x.i, x.d, got, x.want)
		}
	}
	if got := new(Clock).Floor(Never, time.Second); got != Never {
		t.Errorf("Never is %d", got)
	}
}

// floor3 is the last multiple of three nanoseconds, some of them after 1.7e9 s.
func floor3(after time.Duration) Instant {
	at := time.Unix(1_700_000_000, 0).Add(after)
	return Instant(at.Truncate(3).Sub(at) + after)
}

// What is far from the first time does not begin the clock again, nor does a first
// time that is zero, or the beginning of 2200.
func TestClockBeginsOnce(t *testing.T) {
	year2020 := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		first, at time.Time
		want      Instant
	}{
		{year2020, never, Never},
		{year2020, never.Add(-1), Instant(never.Sub(year2020)) - 1},
		{year2020, year2020.Add(-farthest - 1), Instant(-farthest)},
		{time.Time{}, year2020, Never},
		{time.Time{}, time.Time{}.Add(farthest), Instant(farthest)},
		{never, never, Never},
		{never, never.Add(-time.Hour), Instant(-time.Hour)},
		{impossible, never.Add(-time.Hour), Instant(never.Sub(impossible) - time.Hour)},
	} {
		var c Clock
		c.At(x.first)
		for range 2 {
			if got := c.At(x.at); got != x.want {
				t.Errorf("first %v: %v is %d, want %d", x.first, x.at, got, x.want)
			}
		}
	}
}
