package limiter_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

// logs are the kinds that promise never to exceed the limit in any window, by
// when their requests leave.
func logs() map[string]Config {
	return map[string]Config{
		"fixed-interval": &FixedInterval{Interval: 10 * ms},
		"window":         &Window{},
		"adaptive":       everyKind()["adaptive"],
		"jitter":         everyKind()["jitter"],
		"sliding-log":    &SlidingLog{},
		"paced":          &Paced{Spread: 20 * ms},
		"ack-clocked":    &AckClocked{Latency: 50 * ms},
		"server-time":    &ServerTime{Latency: 50 * ms},
	}
}

// The costs of what leaves in any window never come to more than the limit, in
// or out of order.
func TestLogsNeverExceedTheLimitInCosts(t *testing.T) {
	for name, c := range logs() {
		for _, anyOrder := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) {
					q := Quota{Limit: rapid.IntRange(1, 9).Draw(rt, "limit"), Window: 300 * ms, Resolution: ms, AnyOrder: anyOrder}
					left := limitertest.WalkCosts(rt, limitertest.New(c, q), 12)
					for i, from := range left {
						sum := int64(0)
						for _, d := range left[i:] {
							if d.At.Sub(from.At) < q.Window {
								sum += d.Cost
							}
						}
						if sum > int64(q.Limit) {
							rt.Fatalf("a cost of %d within %v of %v, limit %d", sum, q.Window, from.At.Sub(epoch), q.Limit)
						}
					}
				})
			})
		}
	}
}

// Nor do they wait for longer than an exact log has to.
func TestSlidingLogWithCostsAgainstACount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := limitertest.AnyRate(rt)
		limitertest.WalkCosts(rt, &limitertest.Oracle{
			Limiter: limitertest.New(&SlidingLog{Limit: rate}, reference), RT: rt,
			WantCost: func(events []limitertest.Event, now time.Time, cost int64) time.Time {
				if cost > int64(rate.N) {
					return Impossible
				}
				return firstRoom(events, now, rate, cost)
			},
		}, 30)
	})
}

// firstRoom is the first instant at which the costs of the last Per leave room.
func firstRoom(events []limitertest.Event, now time.Time, rate Rate, cost int64) time.Time {
	candidates := []time.Time{now}
	for _, e := range events {
		candidates = append(candidates, e.At.Add(rate.Per))
	}
	slices.SortFunc(candidates, time.Time.Compare)
	for _, at := range candidates {
		sum := cost
		for _, e := range events {
			if e.Status == 0 && at.Sub(e.At) < rate.Per {
				sum += e.Cost
			}
		}
		if !at.Before(now) && (sum <= int64(rate.N) || cost == 0) {
			return at
		}
	}
	return Impossible
}

func TestTokenBucketWithCostsAgainstItsBound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate, b := limitertest.AnyRate(rt), rapid.IntRange(1, 30).Draw(rt, "burst")
		limitertest.WalkCosts(rt, &limitertest.Oracle{
			Limiter: limitertest.New(&bucket.TokenBucket{Limit: rate, Burst: b}, reference), RT: rt,
			WantCost: func(events []limitertest.Event, now time.Time, cost int64) (at time.Time) {
				if cost > int64(b) {
					return Impossible
				}
				for i := range events { // all spans that end with it
					over := cost - int64(b)
					for _, e := range events[i:] {
						over += e.Cost
					}
					if over > 0 && cost > 0 {
						at = later(at, events[i].At.Add(limitertest.CeilDiv(over, int64(rate.Per), int64(rate.N))))
					}
				}
				return at
			},
		}, 35)
	})
}

func TestReservationWithCostsAgainstACount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := limitertest.AnyRate(rt)
		limitertest.WalkCosts(rt, &limitertest.Oracle{
			Limiter: limitertest.New(&bucket.Reservation{Limit: rate}, reference), RT: rt,
			WantCost: func(events []limitertest.Event, now time.Time, cost int64) time.Time {
				if cost > int64(rate.N) {
					return Impossible
				}
				sum := cost
				var first time.Time
				for _, e := range events {
					if first.IsZero() {
						first = e.At
					}
					if e.Status == 0 && now.Sub(first)/rate.Per == e.At.Sub(first)/rate.Per {
						sum += e.Cost
					}
				}
				if sum <= int64(rate.N) || cost == 0 {
					return now
				}
				return first.Add((now.Sub(first)/rate.Per + 1) * rate.Per)
			},
		}, 30)
	})
}

// What keeps a distance keeps as many of them as the request before cost.
func TestDistancesGrowWithTheCost(t *testing.T) {
	for name, c := range map[string]Config{
		"fixed-interval": &FixedInterval{Interval: 50*ms - 1},
		"paced":          &Paced{},
	} {
		q := Quota{Limit: 20, Window: time.Second, Drift: 1}
		for _, cost := range []int64{1, 4} {
			l := limitertest.New(c, q)
			l.Sent(epoch, cost)
			l.Sent(epoch, 0) // of no account
			got := l.Next(epoch, 1).Sub(epoch)
			if want := time.Duration(cost) * 50 * ms; got < want-4 || got > want+us {
				t.Errorf("%s: after a cost of %d the next may leave at %v", name, cost, got)
			}
		}
	}
	l := limitertest.New(&FixedInterval{Interval: 366 * 24 * time.Hour}, Quota{Limit: 1_000_000, Window: time.Second})
	l.Sent(epoch, 1_000_000)
	if at := l.Next(epoch, 1); at.Before(epoch.Add(10*366*24*time.Hour)) || !at.Before(Never) {
		t.Errorf("a million years end at %v", at)
	}
}

// Costs that turn out otherwise.
func TestCostsAreSettled(t *testing.T) {
	q := Quota{Limit: 10, Window: time.Second, Resolution: ms, Drift: 1000}
	l := limitertest.New(&AckClocked{Latency: 50 * ms}, q)
	k := l.Sent(epoch, 8)
	wantNext(t, "of 10 there are 2", l, 0, 0)
	if got := l.Next(epoch, 3).Sub(epoch); got != 1052_051*us { // 50.05 + 1002.001
		t.Errorf("a cost of 3 may leave at %v", got)
	}
	l.Done(epoch.Add(20*ms), k, Outcome{Status: 200, Cost: 3})
	if got := l.Next(epoch.Add(20*ms), 7); got.After(epoch.Add(20 * ms)) {
		t.Errorf("a cost of 7 may leave at %v, though 3 of 10 are spent", got.Sub(epoch))
	}
	k = l.Sent(epoch.Add(30*ms), 2) // 5 of 10
	l.Done(epoch.Add(40*ms), k, Outcome{Status: 200, Cost: 9})
	for cost, want := range map[int64]time.Duration{ // 12 of 10: 3 since 20, 9 since 40
		1:  1022_001 * us,
		2:  1042_001 * us,
		10: 1042_001 * us,
	} {
		if got := l.Next(epoch.Add(40*ms), cost).Sub(epoch); got != want {
			t.Errorf("a cost of %d may leave at %v, want %v", cost, got, want)
		}
	}
}

// What turns out to cost more counts from the answer, even where the server says
// when the request came.
func TestServerTimeSettlesAtTheAnswer(t *testing.T) {
	l := limitertest.New(&ServerTime{Latency: 50 * ms}, Quota{Limit: 10, Window: time.Second, Resolution: ms, Drift: 1000})
	first := l.Sent(epoch, 1)
	l.Done(epoch.Add(2*ms), first, Outcome{Status: 200, Sent: epoch, Received: epoch.Add(ms)})
	k := l.Sent(epoch.Add(10*ms), 2)
	l.Done(epoch.Add(40*ms), k, Outcome{Status: 200, Sent: epoch.Add(10 * ms), Received: epoch.Add(12 * ms), Cost: 9})
	if got := l.Next(epoch.Add(40*ms), 10).Sub(epoch); got != 1042_001*us { // 40 + 1002.001
		t.Errorf("all of it may leave at %v", got)
	}
}
