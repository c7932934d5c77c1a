package kinds_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
	"ratebench/clients/limiter/promise"
	"ratebench/harness/kinds"
	"ratebench/server/policy"
)

const ms = time.Millisecond

// spread is the longest incoming latency of the adversary.
const spread = 30 * ms

// A limit is a rule of a server, and what a client is told of it.
type limit struct {
	name   string
	policy policy.Config
	quota  limiter.Quota
}

// limits are of every kind, tight and wide, with a clock of milliseconds and a
// continuous one.
func limits() (all []limit) {
	const window = 300 * ms
	counts := map[policy.Count]limiter.Count{
		policy.Log: limiter.CountLog, policy.Aligned: limiter.CountAligned,
		policy.First: limiter.CountFirst, policy.Counter: limiter.CountCounter,
	}
	for _, tick := range []time.Duration{0, ms} {
		for count, told := range counts {
			for _, n := range []int{1, 6} {
				all = append(all, limit{
					fmt.Sprintf("%v of %d, tick %v", count, n, tick), policy.Window{Limit: int64(n), Length: window, Count: count},
					limiter.Quota{Limit: n, Window: window, Resolution: tick, Count: told},
				})
			}
		}
		for _, b := range []struct {
			capacity int
			every    time.Duration
		}{{1, 0}, {2, 0}, {3, 0}, {6, 0}, {9, 0}, {9, 100 * ms}} {
			all = append(all, limit{
				fmt.Sprintf("bucket of %d every %v, tick %v", b.capacity, b.every, tick), policy.Bucket{Capacity: int64(b.capacity), N: 6, Per: window, Every: b.every},
				limiter.Quota{Limit: 6, Window: window, Resolution: tick, Burst: b.capacity, Refill: b.every},
			})
		}
	}
	return all
}

// promising are the limiters that promise that nothing is refused.
func promising() map[string]limiter.Config {
	return map[string]limiter.Config{
		"ack-clocked":        &limiter.AckClocked{Latency: spread},
		"ack-clocked blind":  &limiter.AckClocked{},
		"server-time":        &limiter.ServerTime{Latency: spread},
		"paced":              &limiter.Paced{Spread: spread},
		"bucket-paced":       &bucket.Paced{Spread: spread},
		"bucket-acked":       &bucket.Acked{Latency: spread},
		"bucket-acked blind": &bucket.Acked{},
		"counter-paced":      &bucket.CounterPaced{Spread: spread},
		"headers":            &feedback.Headers{Latency: spread},
	}
}

// Where a limiter promises that nothing is refused, an adversary who chooses when
// requests come, how long each takes both ways, and by how much the client's clock
// is wrong has nothing refused.
func TestPromisesAgainstAnAdversary(t *testing.T) {
	for name, c := range promising() {
		for _, l := range limits() {
			what, err := promise.Of(c, l.quota)
			if err != nil {
				continue
			}
			t.Run(name+"/"+l.name, func(t *testing.T) {
				if !strings.HasPrefix(what, "no refusal") {
					t.Errorf("promises %q", what)
				}
				rapid.Check(t, func(rt *rapid.T) {
					if at := attack(rt, c, l, 1); at >= 0 {
						rt.Fatalf("request %d is refused", at)
					}
				})
			})
		}
	}
}

// Every kind that promises it is tried, of every limit.
func TestEveryPromiseIsTried(t *testing.T) {
	tried := promising()
	for _, k := range kinds.All() {
		config, _ := k.New()
		for _, l := range limits() {
			what, err := promise.Of(config, l.quota)
			if _, there := tried[k.Name]; err == nil && strings.HasPrefix(what, "no refusal") && !there {
				t.Errorf("%s promises %s of %s, and no adversary tries it", k.Name, what, l.name)
			}
		}
	}
}

// Where it is said that the promise does not hold, the adversary proves it.
func TestPromisesThatDoNotHold(t *testing.T) {
	for _, name := range []string{"ack-clocked", "server-time", "headers"} {
		broken := 0
		for _, l := range limits() {
			c := promising()[name]
			if _, err := promise.Of(c, l.quota); err == nil {
				continue
			}
			for seed := range 200 {
				found := rapid.Custom(func(rt *rapid.T) int { return attack(rt, c, l, 1) }).Example(seed)
				if found >= 0 {
					broken++
					break
				}
				if seed == 199 && l.quota.Limit > 1 {
					t.Errorf("%s: nothing is refused by %s", name, l.name)
				}
			}
		}
		if broken == 0 {
			t.Errorf("%s holds everywhere", name)
		}
	}
}

// With costs, in or out of order.
func TestPromisesWithCosts(t *testing.T) {
	all := promising()
	all["counter-paced"] = &bucket.CounterPaced{Spread: spread, Most: 3}
	delete(all, "headers") // nothing is stated here
	for name, c := range all {
		for _, l := range limits() {
			if _, err := promise.Of(c, l.quota); err != nil || c.Validate(l.quota) != nil {
				continue
			}
			if what, _ := promise.Of(c, l.quota); strings.HasSuffix(what, "each costs 1") {
				continue
			}
			for _, anyOrder := range []bool{false, true} {
				l.quota.AnyOrder = anyOrder
				t.Run(name+"/"+l.name, func(t *testing.T) {
					rapid.Check(t, func(rt *rapid.T) {
						if at := attack(rt, c, l, 3); at >= 0 {
							rt.Fatalf("request %d is refused", at)
						}
					})
				})
			}
		}
	}
}

// However a server refuses, learn has no more refusals than it may.
func TestLearnSpendsNoMoreThanItMay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		spend := rapid.IntRange(1, 6).Draw(rt, "spend")
		q := limiter.Quota{Limit: rapid.IntRange(1, 9).Draw(rt, "limit"), Window: 100 * ms}
		l := limitertest.New(&feedback.Learn{Latency: spread, Start: 1, Spend: spend, Retry: 50 * ms}, q)
		refused := 0
		var flying []limiter.Ticket
		now := limitertest.Epoch
		for range 300 {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "pause")) * ms)
			if len(flying) > 0 && rapid.Bool().Draw(rt, "answer") {
				k := flying[0]
				flying = flying[1:]
				status := rapid.SampledFrom([]int{200, 200, 429}).Draw(rt, "status")
				if status == 429 {
					refused++
				}
				l.Done(now, k, limiter.Outcome{Status: status})
				continue
			}
			if !l.Next(now, 1).After(now) {
				flying = append(flying, l.Sent(now, 1))
			}
		}
		if refused+len(flying) > spend {
			rt.Fatalf("%d refused and %d under way, of %d", refused, len(flying), spend)
		}
		if refused == spend && !l.Next(now.Add(time.Hour), 1).Equal(limiter.Never) {
			rt.Fatal("goes on when all are spent")
		}
	})
}

// A flight is a request on its way.
type flight struct {
	number           int
	sent, came, back time.Time
	cost             int64
	ticket           limiter.Ticket
	arrived          bool
}

// attack sends requests through a limiter to a server, with pauses and latencies
// of the adversary's choice, and returns the number of the first that is refused;
// -1 if none is.
func attack(rt *rapid.T, c limiter.Config, l limit, most int64) (refused int) {
	p, err := l.policy.New(l.quota.Resolution)
	if err != nil {
		rt.Fatal(err)
	}
	client := limitertest.New(c, l.quota)
	clock := drifting(rapid.Int64Range(-limiter.DefaultDrift, limiter.DefaultDrift).Draw(rt, "drift"))
	extremes := rapid.Bool().Draw(rt, "extremes")
	latency := func(name string) time.Duration {
		if extremes {
			return rapid.SampledFrom([]time.Duration{0, spread}).Draw(rt, name)
		}
		return time.Duration(rapid.Int64Range(0, int64(spread)).Draw(rt, name))
	}
	now := limitertest.Epoch.Add(time.Duration(rapid.Int64Range(0, int64(300*ms)).Draw(rt, "phase")))
	var flights []*flight
	for number := range rapid.IntRange(1, 60).Draw(rt, "requests") {
		cost := rapid.Int64Range(min(1, most-1), most).Draw(rt, "cost")
		if rapid.IntRange(0, 9).Draw(rt, "idle") == 0 {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(400*ms)).Draw(rt, "pause")))
		}
		for {
			at := clock.when(client.Next(clock.at(now), cost))
			if !at.After(now) {
				at = now
			}
			e := earliest(flights)
			if e == nil && !at.Before(limiter.Never) {
				break // no such request can leave
			}
			if e == nil || at.Before(e.due()) {
				now = at
				break
			}
			if now.Before(e.due()) {
				now = e.due()
			}
			if e.arrived {
				client.Done(clock.at(now), e.ticket, limiter.Outcome{Status: 200, Sent: clock.at(e.sent), Received: e.came.Truncate(ms)})
				e.number = -1
				continue
			}
			if ok, _ := p.Check(e.came, e.cost); !ok {
				return e.number
			}
			p.Charge(e.came, e.cost)
			e.arrived = true
		}
		if client.Next(clock.at(now), cost).After(clock.at(now)) {
			continue
		}
		f := &flight{number: number, sent: now, cost: cost}
		f.came = now.Add(latency("in"))
		f.back = f.came.Add(latency("out"))
		f.ticket = client.Sent(clock.at(now), cost)
		flights = append(flights, f)
	}
	for e := earliest(flights); e != nil; e = earliest(flights) {
		if e.arrived {
			e.number = -1
			continue
		}
		if ok, _ := p.Check(e.came, e.cost); !ok {
			return e.number
		}
		p.Charge(e.came, e.cost)
		e.arrived = true
	}
	return -1
}

// A drifting clock is one of a client that is fast by so many parts per million.
type drifting int64

// at is what it shows.
func (d drifting) at(t time.Time) time.Time {
	passed := t.Sub(limitertest.Epoch)
	return t.Add(passed / 1000 * time.Duration(d) / 1000)
}

// when is the first time at which it shows that.
func (d drifting) when(shown time.Time) time.Time {
	if shown.IsZero() || !shown.Before(limiter.Never) {
		return shown
	}
	passed := shown.Sub(limitertest.Epoch)
	t := shown.Add(-passed / 1000 * time.Duration(d) / 1000)
	t = t.Add(-time.Microsecond)
	for d.at(t).Before(shown) {
		t = t.Add(max(1, shown.Sub(d.at(t))/2))
	}
	return t
}

// due is when something happens to a flight next.
func (f *flight) due() time.Time {
	if f.arrived {
		return f.back
	}
	return f.came
}

// earliest is the flight to which something happens next; nil if there is none.
func earliest(flights []*flight) (first *flight) {
	for _, f := range flights {
		if f.number >= 0 && (first == nil || f.due().Before(first.due())) {
			first = f
		}
	}
	return first
}
