package limiter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

func newSet(t interface{ Fatal(...any) }, parts ...Part) *Set {
	s, err := NewSet(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// perSecondAndMinute is 5 requests in 1 s and a cost of 20 in 4 s.
func perSecondAndMinute(t interface{ Fatal(...any) }, c Config) *Set {
	return newSet(t,
		Part{Limiter: limitertest.New(c, Quota{Limit: 5, Window: time.Second, Resolution: ms})},
		Part{Limiter: limitertest.New(c, Quota{Limit: 20, Window: 4 * time.Second, Resolution: ms}), Settled: true})
}

func TestSetConforms(t *testing.T) {
	for name, c := range map[string]Config{"ack-clocked": &AckClocked{Latency: 50 * ms}, "token-bucket": &bucket.TokenBucket{}} {
		t.Run(name, func(t *testing.T) {
			limitertest.Conform(t, func() Limiter { return perSecondAndMinute(t, c) }, false)
		})
	}
}

func TestSetTimeline(t *testing.T) {
	s := perSecondAndMinute(t, &SlidingLog{})
	l, err := Guards{InFlight: 3}.Guard(s)
	if err != nil {
		t.Fatal(err)
	}
	next := func(now, want time.Duration, costs ...int64) {
		t.Helper()
		got := NextEach(l, epoch.Add(now), costs).Sub(epoch)
		if got > now != (want > now) || want > now && got != want {
			t.Errorf("costs %v may leave at %v, want %v", costs, got, want)
		}
	}
	send := func(now time.Duration, costs ...int64) Ticket {
		t.Helper()
		next(now, 0, costs...)
		return SentEach(l, epoch.Add(now), costs)
	}
	impossible := Impossible.Sub(epoch)
	next(0, impossible, 6, 1)
	next(0, impossible, 1, 21)
	next(0, impossible, 1)
	next(0, impossible, 1, 1, 1)
	first := send(0, 1, 12)
	second := send(10*ms, 1, 0)
	next(20*ms, 0, 3, 8)
	next(20*ms, 1000*ms, 4, 8) // of the requests there are 3 left
	next(20*ms, 4000*ms, 3, 9) // of the costs 8
	third := send(20*ms, 3, 0)
	next(30*ms, Never.Sub(epoch), 0, 0) // three are under way
	next(30*ms, impossible, 6, 1)       // which no answer helps
	l.Done(epoch.Add(40*ms), first, Outcome{Status: 200, Cost: 2})
	l.Done(epoch.Add(40*ms), second, Outcome{Status: 200, Cost: 7}) // of the costs it was of no account
	l.Done(epoch.Add(40*ms), third, Outcome{Status: 200})
	next(40*ms, 1000*ms, 1, 18) // settled: 2 of 20
	next(1000*ms, 0, 1, 18)
	next(1000*ms, 4000*ms, 1, 19)
}

// A part sees the budget of its own limit.
func TestSetTellsPartsTheirBudgets(t *testing.T) {
	s := newSet(t, Part{Limiter: limitertest.New(&feedback.Header{}, oneSlot), Budget: "a"}, Part{Limiter: limitertest.New(&feedback.Header{}, oneSlot), Budget: "b"})
	k := s.SentEach(epoch, []int64{1, 1})
	s.Done(epoch, k, Outcome{Status: 200, Budgets: []Budget{
		{Name: "c", Remaining: 0}, {Name: "b", Remaining: 7, Reset: time.Second}, {Name: "a", Remaining: 3, Reset: time.Second},
	}})
	for _, c := range []struct {
		costs []int64
		want  time.Time
	}{
		{[]int64{3, 7}, epoch}, {[]int64{4, 7}, epoch.Add(time.Second)}, {[]int64{3, 8}, epoch.Add(time.Second)},
	} {
		if got := s.NextEach(epoch, c.costs); !got.Equal(c.want) {
			t.Errorf("costs %v may leave at %v", c.costs, got)
		}
	}
}

func TestNewSetRefuses(t *testing.T) {
	if _, err := NewSet(); err == nil || err.Error() != "a set of no limiters, want one at least" {
		t.Errorf("got %v", err)
	}
	if _, err := NewSet(Part{Limiter: limitertest.New(&None{}, oneSlot)}, Part{}); err == nil || err.Error() != "part 1 of a set has no Limiter, want one" {
		t.Errorf("got %v", err)
	}
	if s := newSet(t, Part{Limiter: limitertest.New(&None{}, oneSlot)}); s.Len() != 1 {
		t.Errorf("%d parts", s.Len())
	}
}

// A limiter that has let requests leave before goes on in a set.
func TestSetOfALimiterThatHasBegun(t *testing.T) {
	began := limitertest.New(&AckClocked{Latency: 50 * ms}, oneSlot)
	began.Sent(epoch, 1)
	want := began.Next(epoch, 1)
	s := newSet(t, Part{Limiter: began})
	if got := s.NextEach(epoch, []int64{1}); !got.Equal(want) {
		t.Errorf("the next may leave at %v, want %v", got, want)
	}
	if k := s.SentEach(want, []int64{1}); k != 1 {
		t.Errorf("its second departure has ticket %d", k)
	}
}

func TestSetAllocatesNothing(t *testing.T) {
	s, costs, now := perSecondAndMinute(t, &AckClocked{Latency: 50 * ms}), []int64{1, 3}, epoch
	if n := testing.AllocsPerRun(1000, func() {
		now = later(now, s.NextEach(now, costs))
		s.Done(now.Add(20*ms), s.SentEach(now, costs), Outcome{Status: 200, Sent: now, Created: now, Cost: 4})
		now = now.Add(20 * ms)
	}); n != 0 {
		t.Errorf("%v allocations per request", n)
	}
}

// However costs fall, no limit of a set is ever exceeded, counted by brute force
// where the requests arrive: each departure comes some time within the longest
// latency, and is answered some time later.
func TestSetOfAckClockedNeverExceedsAnyLimit(t *testing.T) {
	for _, anyOrder := range []bool{false, true} {
		rapid.Check(t, func(rt *rapid.T) {
			quotas := []Quota{
				{Limit: 5, Window: 300 * ms, Resolution: ms, AnyOrder: anyOrder},
				{Limit: 17, Window: 2 * time.Second, Resolution: ms, AnyOrder: anyOrder},
			}
			var parts []Part
			for _, q := range quotas {
				parts = append(parts, Part{Limiter: limitertest.New(&AckClocked{Latency: 50 * ms}, q)})
			}
			arrivals := arrive(rt, newSet(rt, parts...), []int64{3, 6})
			for i, q := range quotas {
				if at, sum := mostIn(arrivals, i, q.Window+q.Resolution); sum > int64(q.Limit) {
					rt.Fatalf("limit %d: a cost of %d within %v of %v", q.Limit, sum, q.Window, at.Sub(epoch))
				}
			}
		})
	}
}

// An arrival is a request that has come to the server.
type arrival struct {
	at    time.Time
	costs []int64
}

// arrive lets requests leave as early as they may, with costs up to most and
// latencies of up to 50 ms, and returns how they arrive.
func arrive(rt *rapid.T, l Limiter, most []int64) (arrivals []arrival) {
	type answer struct {
		at time.Time
		t  Ticket
	}
	var answers []answer
	now := epoch
	for range rapid.IntRange(1, 120).Draw(rt, "requests") {
		costs := make([]int64, len(most))
		for i := range costs {
			costs[i] = rapid.Int64Range(0, most[i]).Draw(rt, "cost")
		}
		for NextEach(l, now, costs).After(now) || rapid.IntRange(0, 3).Draw(rt, "wait") == 0 {
			first := -1
			for i, a := range answers {
				if first < 0 || a.at.Before(answers[first].at) {
					first = i
				}
			}
			next := NextEach(l, now, costs)
			if first >= 0 && (answers[first].at.Before(next) || !next.After(now)) {
				a := answers[first]
				now = later(now, a.at)
				l.Done(now, a.t, Outcome{Status: 200})
				answers = append(answers[:first], answers[first+1:]...)
			} else {
				now = later(now, next)
				break
			}
		}
		if NextEach(l, now, costs).After(now) {
			continue
		}
		k := SentEach(l, now, costs)
		in := time.Duration(rapid.IntRange(0, 50).Draw(rt, "in")) * ms
		out := time.Duration(rapid.IntRange(0, 50).Draw(rt, "out")) * ms
		arrivals = append(arrivals, arrival{now.Add(in), costs})
		answers = append(answers, answer{now.Add(in + out), k})
	}
	return arrivals
}

// mostIn is the greatest cost of limit i in less than d, and when it begins.
func mostIn(arrivals []arrival, i int, d time.Duration) (at time.Time, most int64) {
	for _, from := range arrivals {
		sum := int64(0)
		for _, a := range arrivals {
			if age := a.at.Sub(from.at); age >= 0 && age < d {
				sum += a.costs[i]
			}
		}
		if sum > most {
			at, most = from.at, sum
		}
	}
	return at, most
}

// One limit with costs, to compare two limits with: see BenchmarkRequest, too.
func BenchmarkRequestWithACost(b *testing.B) {
	b.ReportAllocs()
	l, now := limitertest.New(&AckClocked{Latency: 50 * ms}, Quota{Limit: 2000, Window: time.Minute, Resolution: ms}), epoch
	for b.Loop() {
		now = later(now, l.Next(now, 5))
		l.Done(now, l.Sent(now, 5), Outcome{Status: 200, Sent: now, Created: now})
	}
}

func BenchmarkRequestOfTwoLimits(b *testing.B) {
	b.ReportAllocs()
	s := newSet(b,
		Part{Limiter: limitertest.New(&AckClocked{Latency: 50 * ms}, reference)},
		Part{Limiter: limitertest.New(&AckClocked{Latency: 50 * ms}, Quota{Limit: 2000, Window: time.Minute, Resolution: ms}), Settled: true})
	costs, now := []int64{1, 5}, epoch
	for b.Loop() {
		now = later(now, s.NextEach(now, costs))
		t := s.SentEach(now, costs)
		s.Done(now, t, Outcome{Status: 200, Sent: now, Created: now})
	}
}
