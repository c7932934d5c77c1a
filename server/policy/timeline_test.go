package policy_test

import (
	"fmt"
	"testing"
	"time"

	"ratebench/server/policy"
)

const never = policy.Never

// A step of a timeline: count requests (0 means one) of a cost (0 means 1) at
// the given milliseconds, all judged alike. Those that pass are charged.
type step struct {
	ms      float64
	count   int
	cost    int64
	ok      bool
	retryMS float64 // of one that is refused; -1: never
}

func TestTimelines(t *testing.T) {
	second := func(limit int64, count policy.Count) policy.Window {
		return policy.Window{Limit: limit, Length: time.Second, Count: count}
	}
	for _, tt := range []struct {
		name     string
		config   policy.Config
		tick     time.Duration
		timeline []step
	}{
		{"log: the reference's", second(20, policy.Log), time.Millisecond, []step{
			{0, 20, 0, true, 0},       // 20 of 20
			{0, 1, 0, false, 1001},    // until 1001 - 0 > 1000
			{999.5, 1, 0, false, 1.5}, // tick 999; at 1001 exactly
			{1000, 1, 0, false, 1},    // 1000 - 0 = 1000 counts
			{1001, 20, 0, true, 0},
		}},
		{"log: costs", second(10, policy.Log), time.Millisecond, []step{
			{0, 1, 6, true, 0},         // 6 of 10
			{100, 1, 3, true, 0},       // 9 of 10
			{200, 1, 2, false, 801},    // 6 go at 1001: 3 + 2 <= 10
			{200, 1, 8, false, 901},    // 3 + 8 > 10 still: all have to go, at 1101
			{200, 1, 11, false, -1},    // never
			{200, 1, 1, true, 0},       // 10 of 10
			{1001, 1, 6, true, 0},      // 6 have gone
			{1001, 1, 1, false, 100},   // at 1101 the 3 go
			{1101, 1, 3, true, 0},      // 1 + 6 + 3
			{1101, 1, 1, false, 100},   // at 1201
			{1101, 1, 10, false, 1001}, // when the 3 have gone, at 2102
		}},
		{"aligned: twice the limit around a boundary", second(20, policy.Aligned), time.Millisecond, []step{
			{990, 20, 0, true, 0},
			{990, 1, 0, false, 10}, // at 1000
			{999.9, 1, 0, false, 0.1},
			{1000, 20, 0, true, 0}, // 40 within 10 ms
			{1000, 1, 0, false, 1000},
		}},
		{"first: begins with a request, not with the clock", second(20, policy.First), time.Millisecond, []step{
			{990, 1, 0, true, 0},
			{1500, 19, 0, true, 0},
			{1500, 1, 0, false, 490},
			{1989, 1, 0, false, 1},
			{1990, 20, 0, true, 0}, // 990 + 1000 is out of it
			{2989, 1, 0, false, 1}, // this one began at 1990
			{5000, 1, 0, true, 0},  // nothing begins by itself
		}},
		{"counter: what a log allows in a burst is refused", second(20, policy.Counter), time.Millisecond, []step{
			{990, 20, 0, true, 0},
			{990, 1, 0, false, 11}, // at 1001 the share is 20·999/1000, rounded down 19
			{1100, 2, 0, true, 0},  // 20·900/1000 = 18: two fit
			{1100, 1, 0, false, 1}, // at 1101: 20·899/1000 = 17.98, 17 + 2 + 1
			{1500, 8, 0, true, 0},  // 10 + 2 + 8 = 20
			{1500, 1, 0, false, 1}, // at 1501: 9 + 10 + 1
			{2000, 10, 0, true, 0}, // 10 of the window before: another 10
			{2000, 1, 0, false, 1}, // 2001: 10·999/1000 = 9
			{4000, 20, 0, true, 0}, // two windows later nothing is left
		}},
		{"bucket: GCRA with a burst of one", policy.Bucket{Capacity: 2, N: 20, Per: time.Second}, 0, []step{
			{0, 2, 0, true, 0},
			{0, 1, 0, false, 50},
			{50, 1, 0, true, 0},
			{75, 1, 0, false, 25},
			{200, 2, 0, true, 0}, // never more than full
			{200, 1, 2, false, 100},
			{200, 1, 3, false, -1},
		}},
		{"bucket: thirds of a nanosecond add up", policy.Bucket{Capacity: 1, N: 3, Per: 10 * time.Millisecond}, 0, []step{
			{0, 1, 0, true, 0},
			{3.333333, 1, 0, false, 0.000001}, // 3.33333… ms
			{3.333334, 1, 0, true, 0},
			{6.666667, 1, 0, false, 0.000001}, // from the last one on: 6.6666673…
			{6.666668, 1, 0, true, 0},
		}},
		{"bucket: in portions", policy.Bucket{Capacity: 4, N: 20, Per: time.Second, Every: 100 * time.Millisecond}, 0, []step{
			{30, 4, 0, true, 0},
			{30, 1, 0, false, 100}, // two come at 130
			{129, 1, 0, false, 1},
			{130, 2, 0, true, 0},
			{130, 1, 0, false, 100},
			{229, 1, 3, false, 101}, // three at 330
			{330, 1, 4, true, 0},
		}},
		{"queue: ten a second, two wait", policy.Queue{N: 10, Per: time.Second, Length: 2}, 0, []step{
			{0, 3, 0, true, 0}, // one served, two waiting
			{0, 1, 0, false, 100},
			{100, 1, 0, true, 0},
			{150, 1, 0, false, 50},
		}},
		{"concurrency", policy.Concurrency{Limit: 3}, 0, []step{
			{0, 1, 2, true, 0},
			{0, 1, 2, false, 0}, // no time helps
			{0, 1, 4, false, -1},
			{0, 1, 1, true, 0},
			{1e6, 1, 1, false, 0},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.config.New(tt.tick)
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range tt.timeline {
				if err := s.play(p); err != nil {
					t.Fatalf("row %d: %v", i, err)
				}
			}
		})
	}
}

func at(ms float64) time.Time { return epoch.Add(millis(ms)) }

func millis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func (s step) play(p policy.Policy) error {
	want := millis(s.retryMS)
	if s.retryMS < 0 {
		want = never
	}
	for j := range max(s.count, 1) {
		cost := max(s.cost, 1)
		ok, retry := p.Check(at(s.ms), cost)
		if ok != s.ok || retry != want {
			return fmt.Errorf("request %d at %vms with a cost of %d: %v, retry after %v; want %v, %v", j, s.ms, cost, ok, retry, s.ok, want)
		}
		if ok {
			p.Charge(at(s.ms), cost)
		}
	}
	return nil
}
