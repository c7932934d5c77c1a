package feedback_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
)

// What is at a bound is valid, and what is beyond it is refused, by New as well.
func TestConfigsAtTheirBounds(t *testing.T) {
	const year = 366 * 24 * time.Hour
	for _, c := range []struct {
		config Config
		valid  bool
	}{
		{&ATB{Burst: 1e6, First: 10, Second: 10, Min: 1, Every: year}, true},
		{&ATB{Burst: 1, First: 1, Second: 1, Min: 0.0001}, true},
		{&ATB{Burst: 1e6 + 1, First: 1, Second: 1, Min: 1}, false},
		{&ATB{Burst: 1, First: 10.5, Second: 1, Min: 1}, false},
		{&ATB{Burst: 1, First: 1, Second: 10.5, Min: 1}, false},
		{&ATB{Burst: 1, First: 1, Second: 1, Min: 1.5}, false},
		{&ATB{Burst: 1, First: 1, Second: 1, Min: 1, Every: year + 1}, false},
		{&AATB{Burst: 1e6, First: 10, Second: 10, Min: 1, Every: year, Over: year, Jitter: year / 3}, true},
		{&AATB{Burst: 1, First: 1, Second: 1, Min: 0.0001, Every: ms, Over: ms}, true},
		{&AATB{Burst: 1, First: 10.5, Second: 1, Min: 1, Every: ms, Over: ms}, false},
		{&AATB{Burst: 1, First: 1, Second: 10.5, Min: 1, Every: ms, Over: ms}, false},
		{&AATB{Burst: 1, First: 1, Second: 1, Min: 1.5, Every: ms, Over: ms}, false},
		{(&AATB{Burst: 1, First: 1, Second: 1, Min: 1.5, Every: ms, Over: ms}).Together(), false},
		{&Learn{Start: 20, Spend: 1e6, Retry: year}, true},
		{&Learn{Spend: 1, Retry: 1}, true},
		{&Learn{Start: -1, Spend: 1, Retry: 1}, false},
		{&Learn{Start: 21, Spend: 1, Retry: 1}, false},
		{&Learn{Spend: 1e6 + 1, Retry: 1}, false},
		{&Learn{Spend: 1, Retry: year + 1}, false},
		{&SRE{K: 1000, Over: year, Every: year}, true},
		{&SRE{K: 1, Over: time.Second}, true},
		{&SRE{K: 1, Over: year + 1}, false},
	} {
		l, err := c.config.New(reference)
		if (err == nil) != c.valid || (l == nil) == c.valid || (c.config.Validate(reference) == nil) != c.valid {
			t.Errorf("%+v: %v, valid: %v", c.config, err, c.valid)
		}
	}
	if err := (&Learn{Spend: 1, Retry: 1}).Validate(Quota{Limit: 1, Window: time.Second, Drift: -1}); err == nil {
		t.Error("a clock that drifts backwards is valid")
	}
}

// What Learn starts at, and the most that a request may cost.
func TestLearnAtItsLimits(t *testing.T) {
	four := Quota{Limit: 4, Window: time.Second, Resolution: ms}
	for _, c := range []struct {
		start int
		at    []int // how many leave at once: the level, and a probe
	}{{0, []int{4}}, {1, []int{2}}, {3, []int{4}}, {4, []int{4}}} {
		l, err := (&Learn{Start: c.start, Spend: 9, Retry: time.Second}).New(four)
		if err != nil {
			t.Fatal(err)
		}
		for cost, want := range map[int64]bool{4: true, 5: false} {
			if got := l.Next(epoch, cost) != Impossible; got != want {
				t.Errorf("from %d a cost of %d is possible: %v", c.start, cost, got)
			}
		}
		n := 0
		for ; n < 9 && !l.Next(epoch, 1).After(epoch); n++ {
			l.Sent(epoch, 1)
		}
		if n != c.at[0] {
			t.Errorf("from %d there leave %d at once, want %d", c.start, n, c.at[0])
		}
	}
}

// A success raises the rate of who has waited as long as it must, to the
// nanosecond, and the first one does anyway.
func TestATBRaisesOnceInEvery(t *testing.T) {
	ten := Quota{Limit: 10, Window: time.Second}
	for _, c := range []struct {
		every, second time.Duration
		want          time.Duration // until the next token, of one that is taken at 2 s
	}{
		{0, time.Second, 25 * ms}, {1, 1, 25 * ms}, {2, 1, 50 * ms}, {time.Second, time.Second, 25 * ms}, {time.Second, time.Second - 1, 50 * ms},
	} {
		l, err := (&ATB{Burst: 1, First: 2, Second: 2, Min: 0.1, Every: c.every}).New(ten)
		if err != nil {
			t.Fatal(err)
		}
		a, b := l.Sent(epoch, 1), l.Sent(epoch, 1)
		l.Done(epoch, a, Outcome{Status: 200})
		l.Done(epoch.Add(c.second), b, Outcome{Status: 200})
		at := epoch.Add(3 * time.Second)
		l.Sent(at, 1)
		if got := l.Next(at, 1).Sub(at); got != c.want {
			t.Errorf("every %v, %v later: the next token is there after %v, want %v", c.every, c.second, got, c.want)
		}
	}
}

// Departures make use of the rate of AIMD if they are less than twice its interval
// apart, and the first alone does not.
func TestAIMDRaisesForThoseThatUseIt(t *testing.T) {
	ten := Quota{Limit: 10, Window: time.Second}
	for apart, want := range map[time.Duration]time.Duration{-1: 100 * ms, 100 * ms: 50 * ms, 200*ms - 1: 50 * ms, 200 * ms: 100 * ms, time.Second: 100 * ms} {
		l, err := (&AIMD{Increase: 10, Beta: 0.5, Min: 0.1}).New(ten) // a gain of 100: from 10/s to 20/s
		if err != nil {
			t.Fatal(err)
		}
		at, k := epoch, l.Sent(epoch, 1)
		if apart >= 0 {
			at = at.Add(apart)
			k = l.Sent(at, 1)
		}
		l.Done(at, k, Outcome{Status: 200})
		if got := l.Next(at, 1).Sub(at); got != want {
			t.Errorf("%v apart: the next leaves %v after the last, want %v", apart, got, want)
		}
	}
}

// The limit that a server states, of 1 and more, is the most that a request may cost.
func TestHeaderKnowsWhatIsImpossible(t *testing.T) {
	for limit, want := range map[int64]map[int64]bool{0: {1: true, 9: true}, 1: {1: true, 2: false}, 5: {5: true, 6: false}} {
		h, err := (&Header{}).New(oneSlot)
		if err != nil {
			t.Fatal(err)
		}
		h.Done(epoch, h.Sent(epoch, 1), Outcome{Status: 200, Budgets: []Budget{{Limit: limit, Remaining: 3}}})
		for cost, possible := range want {
			if got := h.Next(epoch, cost) != Impossible; got != possible {
				t.Errorf("limit %d: a cost of %d is possible: %v", limit, cost, got)
			}
		}
	}
	headers, err := (&Headers{}).New(Quota{Limit: 4, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	headers.Done(epoch, headers.Sent(epoch, 1), Outcome{Status: 200, Budgets: []Budget{{Limit: 1}}})
	if got := headers.Next(epoch, 2); got != Impossible {
		t.Errorf("of a limit that is 1 now, 2 may leave at %v", got)
	}
}

// A refusal lowers by one what has been raised within four windows, and else to the
// half, from which it feels its way up again.
func TestLearnLowersByHowLongItWentWell(t *testing.T) {
	const s = time.Second
	for after, want := range map[time.Duration]int{2 * s: 4, 4*s - 1: 4, 4 * s: 3, 5*s - 1: 3, 9 * s: 3} {
		l, err := (&Learn{Start: 4, Spend: 100, Retry: time.Hour}).New(Quota{Limit: 10, Window: s})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 { // four, and a probe
			l.Sent(epoch, 1)
		}
		for k := range Ticket(5) {
			l.Done(epoch, k, Outcome{Status: 200})
		}
		at := epoch.Add(after)
		l.Done(at, l.Sent(at, 1), Outcome{Status: 429})
		at, n := at.Add(10*s), 0
		for ; n < 9 && !l.Next(at, 1).After(at); n++ {
			l.Sent(at, 1)
		}
		if n != want {
			t.Errorf("refused %v after it was raised: %d leave at once, want %d", after, n, want)
		}
	}
}
