package theory

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/harness/scenario"
	"ratebench/server/policy"
)

// What a counter that may begin its windows at any time never refuses, however long
// requests take, a log never refuses either: such a client's ceiling is no higher. A
// window that begins as a request arrives counts all of the one before.
func TestACounterOfUnknownPhaseIsALog(t *testing.T) {
	const tick = time.Millisecond
	epoch := time.UnixMilli(1_700_000_000_000)
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.Int64Range(1, 3).Draw(rt, "limit")
		length := rapid.Int64Range(2, 6).Draw(rt, "length")
		spread := rapid.Int64Range(0, 2).Draw(rt, "spread")
		var sent []int64
		now := int64(0)
		for range rapid.IntRange(1, 6).Draw(rt, "requests") {
			now += rapid.Int64Range(0, length).Draw(rt, "pause")
			sent = append(sent, now)
		}
		refuses := func(count policy.Count, phase int64) bool {
			return eachArrival(sent, spread, func(arrivals []int64) bool {
				p, err := policy.Window{Limit: limit, Length: time.Duration(length) * tick, Count: count}.New(tick)
				if err != nil {
					rt.Fatal(err)
				}
				for _, at := range slices.Sorted(slices.Values(arrivals)) {
					then := epoch.Add(time.Duration(phase-epoch.UnixMilli()%length+length+at) * tick)
					if ok, _ := p.Check(then, 1); !ok {
						return true
					}
					p.Charge(then, 1)
				}
				return false
			})
		}
		byCounter := false
		for phase := range length {
			byCounter = byCounter || refuses(policy.Counter, phase)
		}
		if refuses(policy.Log, 0) && !byCounter {
			rt.Fatalf("%v, %d late at most, limit %d in %d: a log refuses what no counter does", sent, spread, limit, length)
		}
	})
}

// eachArrival tries all ways to arrive until one is found.
func eachArrival(sent []int64, spread int64, found func(arrivals []int64) bool) bool {
	arrivals := make([]int64, len(sent))
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(sent) {
			return found(arrivals)
		}
		for late := range spread + 1 {
			if arrivals[i] = sent[i] + late; try(i + 1) {
				return true
			}
		}
		return false
	}
	return try(0)
}

// The best client of a counter, whose windows may begin at any time: with A(x) the
// requests that may have arrived at x or later, one may leave at l if
//
//	e·A(l − e·W) + (1 − e)·A(l − e·W − W) < N for each part e of a window,
//
// and as soon as it may. It comes close to the log's ceiling, and an even pace
// within a hundredth of it.
func TestTheBestClientOfACounter(t *testing.T) {
	sc := withLimits(t, "limits: [{window: 20/1s, count: counter}]", "")
	const n, keys = 20, 5
	window := time.Second + time.Millisecond
	ends := idealFor(&sc.Server, scenario.Limit{N: 20, Window: time.Second})
	drawn := drawLatencies(&sc.Server, 4000, false)
	var all []request
	at := time.Duration(0)
	for _, r := range drawn {
		at = counterNext(all, at, n, window, ends)
		all = append(all, request{at, at + r.arrived, at + r.answered})
		if len(all) > 8*n {
			all = all[len(all)-8*n:]
		}
	}
	best := keys * float64(len(drawn)) / at.Seconds()
	ceiling, paced := Of(sc).Provable, keys*n/(window+50*time.Millisecond).Seconds()
	t.Logf("the best client %.2f, the ceiling %.2f, an even pace %.2f", best, ceiling, paced)
	if best > 1.005*ceiling || best < paced || paced < 0.99*ceiling {
		t.Errorf("the best client %.2f, the ceiling %.2f, an even pace %.2f", best, ceiling, paced)
	}
}

// counterNext is the first time from now on at which one more may leave. Where A
// does not change, x = l − e·W holds up the more the later it is: only those count
// at which it does change.
func counterNext(all []request, now time.Duration, n int, window time.Duration, ends ideal) time.Duration {
	for {
		var latest []time.Duration
		next := time.Duration(1 << 62)
		for _, r := range all {
			u := r.sent + ends.inMax
			if r.answered <= now {
				u = min(u, r.answered-ends.outMin)
			} else {
				next = min(next, r.answered)
			}
			latest = append(latest, u)
		}
		slices.Sort(latest)
		from := func(x time.Duration) int { i, _ := slices.BinarySearch(latest, x); return len(latest) - i }
		at := now
		if len(latest) >= n {
			at = max(at, latest[len(latest)-n]+window)
		}
		var changes []time.Duration
		for _, u := range latest {
			changes = append(changes, u, u+window)
		}
		slices.Sort(changes)
		for _, x := range changes {
			if over := from(x-window) - n; x < at && over >= 0 {
				if d := from(x-window) - from(x); over < d {
					at = max(at, x+window*time.Duration(over)/time.Duration(d)+1)
				} else {
					at = max(at, x+window)
				}
			}
		}
		if at <= now || at <= next {
			return at
		}
		now = next
	}
}
