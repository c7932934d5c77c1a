package policy_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"ratebench/server/policy"
)

// configs are one of each kind.
func configs() map[string]policy.Config {
	return map[string]policy.Config{
		"log":         policy.Window{Limit: 20, Length: time.Second},
		"aligned":     policy.Window{Limit: 20, Length: time.Second, Count: policy.Aligned},
		"first":       policy.Window{Limit: 20, Length: time.Second, Count: policy.First},
		"counter":     policy.Window{Limit: 20, Length: time.Second, Count: policy.Counter},
		"bucket":      policy.Bucket{Capacity: 20, N: 7, Per: time.Second},
		"portions":    policy.Bucket{Capacity: 20, N: 7, Per: time.Second, Every: 100 * time.Millisecond},
		"queue":       policy.Queue{N: 7, Per: time.Second, Length: 19},
		"concurrency": policy.Concurrency{Limit: 20},
	}
}

func newPolicy(t testing.TB, c policy.Config, tick time.Duration) policy.Policy {
	t.Helper()
	p, err := c.New(tick)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNothingAllocates(t *testing.T) {
	for name, c := range configs() {
		t.Run(name, func(t *testing.T) {
			p := newPolicy(t, c, time.Millisecond)
			now, i := epoch, int64(0)
			visit := func() {
				now, i = now.Add(7*time.Millisecond), i+1 // more than allowed
				cost := i % 4
				if ok, _ := p.Check(now, cost); ok || i%3 == 0 {
					p.Charge(now, cost)
					if r, ok := p.(policy.Releaser); ok {
						r.Release(now, cost)
					}
				}
				p.Settle(now, i%5-2)
				_ = p.State(now)
			}
			for range 1000 {
				visit()
			}
			if n := testing.AllocsPerRun(1000, visit); n != 0 {
				t.Errorf("%v allocations per request, want 0", n)
			}
		})
	}
	t.Run("penalty", func(t *testing.T) {
		r, err := policy.Penalty{After: 100, Within: time.Second, For: []time.Duration{time.Second}, Extend: true}.New(0)
		if err != nil {
			t.Fatal(err)
		}
		now := epoch
		visit := func() {
			now = now.Add(3 * time.Millisecond)
			if ok, _ := r.Check(now); ok {
				r.Strike(now)
			} else if now.Nanosecond() < 3e6 {
				r.Refused(now)
			}
		}
		for range 1000 {
			visit()
		}
		if n := testing.AllocsPerRun(1000, visit); n != 0 {
			t.Errorf("%v allocations per request, want 0", n)
		}
	})
}

// Whatever is charged in a quarter of a century, what is missing in the end is exact.
func TestBucketDoesNotDrift(t *testing.T) {
	const n, per = 7, 30*time.Hour + 1
	m := &model{limit: 1000, used: usedOfBucket(n, per, 0, 0)}
	p := newPolicy(t, policy.Bucket{Capacity: m.limit, N: n, Per: per}, 0)
	now := epoch
	for i := range int64(50_000) {
		now = now.Add(per/n - 3 + time.Duration(i%7)) // on average as fast as they come
		p.Charge(now, 1)
		m.history = append(m.history, change{now, 1})
		if i == 0 {
			p.Charge(now, 500)
			m.history = append(m.history, change{now, 500})
		}
	}
	if years := now.Sub(epoch).Hours() / 24 / 365; years < 20 {
		t.Fatalf("%v years, want more", years)
	}
	checkUsed := func(now time.Time) {
		t.Helper()
		missing := m.used(m.history, now)
		up := new(big.Int).Add(missing.Num(), new(big.Int).Sub(missing.Denom(), big.NewInt(1)))
		if got, want := p.State(now).Used(), up.Div(up, missing.Denom()).Int64(); got != want {
			t.Errorf("%d are missing, want %d", got, want)
		}
	}
	checkUsed(now)
	// The instant at which one more is there is right to the nanosecond.
	reset := p.State(now).Reset
	checkUsed(now.Add(reset - 1))
	checkUsed(now.Add(reset))
}

// Costs beyond any measure neither wrap around nor let anybody through.
func TestNothingOverflows(t *testing.T) {
	for name, c := range configs() {
		t.Run(name, func(t *testing.T) {
			p := newPolicy(t, c, 0)
			for _, cost := range []int64{math.MaxInt64, math.MaxInt64, 1, math.MaxInt64 / 2} {
				if ok, retry := p.Check(epoch, math.MaxInt64); ok || retry != never {
					t.Errorf("a cost of %d: %v, retry after %v", int64(math.MaxInt64), ok, retry)
				}
				p.Charge(epoch, cost)
				p.Settle(epoch, math.MaxInt64)
				if ok, retry := p.Check(epoch, 1); ok || retry < 0 {
					t.Errorf("after a cost of %d: %v, retry after %v", cost, ok, retry)
				}
				if s := p.State(epoch); s.Remaining != 0 || s.Reset < 0 || s.Full < s.Reset {
					t.Errorf("after a cost of %d: %+v", cost, s)
				}
			}
		})
	}
	// The largest of everything.
	for _, c := range []policy.Config{
		policy.Window{Limit: policy.MaxLimit, Length: policy.MaxSpan, Count: policy.Counter},
		policy.Bucket{Capacity: policy.MaxLimit, N: policy.MaxLimit, Per: policy.MaxSpan},
	} {
		p := newPolicy(t, c, 0)
		p.Charge(epoch, policy.MaxLimit)
		now := epoch.Add(policy.MaxSpan / 2)
		if s := p.State(now); s.Limit != policy.MaxLimit || s.Reset <= 0 || s.Reset > policy.MaxSpan {
			t.Errorf("%+v", s)
		}
		if _, retry := p.Check(now, policy.MaxLimit); retry < policy.MaxSpan/2 || retry > 2*policy.MaxSpan {
			t.Errorf("%T: all of it after %v", p, retry)
		}
	}
}

func TestRelease(t *testing.T) {
	p := newPolicy(t, policy.Concurrency{Limit: 2}, 0).(policy.Releaser)
	p.Charge(epoch, 2)
	p.Release(epoch, 1)
	if got := p.State(epoch); got != (policy.State{Limit: 2, Remaining: 1}) {
		t.Errorf("%+v", got)
	}
	p.Release(epoch, 5) // more than is held
	if got := p.State(epoch).Remaining; got != 2 {
		t.Errorf("%d remain, want 2", got)
	}
}

// Who has to wait leaves the queue one length of time after the one before.
func TestQueueDelays(t *testing.T) {
	q := newPolicy(t, policy.Queue{N: 3, Per: time.Second, Length: 10}, 0).(policy.Delayer)
	for i, want := range []time.Duration{0, 333_333_334, 666_666_667, time.Second, 1_333_333_334} {
		if got := q.Delay(epoch); got != want {
			t.Errorf("number %d waits %v, want %v", i, got, want)
		}
		q.Charge(epoch, 1)
	}
}

func TestAdjust(t *testing.T) {
	for name, tt := range map[string]struct {
		from, to  policy.Config
		used      int64 // before
		remaining int64 // after, a second later
	}{
		"log, lower":           {policy.Window{Limit: 10, Length: time.Minute}, policy.Window{Limit: 6, Length: time.Minute}, 4, 2},
		"bucket, as it was":    {policy.Bucket{Capacity: 10, N: 3, Per: 2 * time.Second}, policy.Bucket{Capacity: 10, N: 3, Per: 2 * time.Second}, 4, 7}, // 2.5 are missing
		"log, longer":          {policy.Window{Limit: 10, Length: time.Millisecond}, policy.Window{Limit: 20, Length: time.Minute}, 4, 16},
		"aligned, higher":      {policy.Window{Limit: 10, Length: time.Minute, Count: policy.Aligned}, policy.Window{Limit: 20, Length: time.Minute, Count: policy.Aligned}, 4, 16},
		"first, lower":         {policy.Window{Limit: 10, Length: time.Minute, Count: policy.First}, policy.Window{Limit: 3, Length: time.Minute, Count: policy.First}, 4, 0},
		"counter":              {policy.Window{Limit: 10, Length: time.Minute, Count: policy.Counter}, policy.Window{Limit: 7, Length: time.Minute, Count: policy.Counter}, 4, 3},
		"bucket, slower":       {policy.Bucket{Capacity: 10, N: 1, Per: time.Second}, policy.Bucket{Capacity: 10, N: 1, Per: time.Hour}, 4, 7},
		"bucket, smaller":      {policy.Bucket{Capacity: 10, N: 1, Per: time.Second}, policy.Bucket{Capacity: 2, N: 1, Per: time.Hour}, 4, 0},
		"queue":                {policy.Queue{Length: 9, N: 1, Per: time.Second}, policy.Queue{Length: 19, N: 1, Per: time.Minute}, 4, 17},
		"concurrency, smaller": {policy.Concurrency{Limit: 10}, policy.Concurrency{Limit: 5}, 4, 1},
	} {
		p := newPolicy(t, tt.from, 0).(policy.Adjuster)
		p.Charge(epoch, tt.used)
		now := epoch.Add(time.Second)
		if _, err := tt.to.New(0); err != nil {
			t.Fatal(err)
		}
		before := p.State(now)
		if err := p.Adjust(now, policy.Window{Limit: 1, Length: 0}); err == nil {
			t.Errorf("%s: an invalid window was taken", name)
		}
		if err := p.Adjust(now, otherKind{}); err == nil || !strings.HasPrefix(err.Error(), "a limit is changed to a policy_test.otherKind, want a policy.") {
			t.Errorf("%s: changed to another kind: %v", name, err)
		}
		if after := p.State(now); after != before {
			t.Errorf("%s: %+v after refusals, want %+v as before", name, after, before)
		}
		if err := p.Adjust(now, tt.to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := p.State(now).Remaining; got != tt.remaining {
			t.Errorf("%s: %d remain, want %d", name, got, tt.remaining)
		}
	}
}

// A window is not changed to one that adds up otherwise, and one that is neither
// valid nor the same is told what is invalid.
func TestAdjustKeepsTheCount(t *testing.T) {
	for from := policy.Log; from <= policy.Counter; from++ {
		p := newPolicy(t, policy.Window{Limit: 5, Length: time.Minute, Count: from}, 0).(policy.Adjuster)
		for to := policy.Log; to <= policy.Counter; to++ {
			err := p.Adjust(epoch, policy.Window{Limit: 7, Length: time.Minute, Count: to})
			if want := fmt.Sprintf("window: Count is changed to %v, want %v as it was", to, from); from != to && (err == nil || err.Error() != want) {
				t.Errorf("%v, want %s", err, want)
			}
			if from == to && err != nil {
				t.Error(err)
			}
			err = p.Adjust(epoch, policy.Window{Limit: 7, Count: to})
			if err == nil || !strings.HasPrefix(err.Error(), "window: Length is 0s") {
				t.Errorf("from %v to an invalid %v: %v", from, to, err)
			}
		}
	}
}

// What is told long after the last request, without one asking, is of then; and
// of what is new.
func TestStatesByThemselves(t *testing.T) {
	const s, never = time.Second, policy.Never
	window := func(c policy.Count) policy.Config { return policy.Window{Limit: 4, Length: 10 * s, Count: c} }
	for _, tt := range []struct {
		name   string
		config policy.Config
		after  time.Duration // a charge of 3 at 0
		want   policy.State
	}{
		{"log, new", window(policy.Log), -1, policy.State{Limit: 4, Remaining: 4, Window: 10 * s}},
		{"log", window(policy.Log), 10 * s, policy.State{Limit: 4, Remaining: 1, Window: 10 * s, Reset: 1, Full: 1}},
		{"log, over", window(policy.Log), 10*s + 1, policy.State{Limit: 4, Remaining: 4, Window: 10 * s}},
		{"aligned, new", window(policy.Aligned), -1, policy.State{Limit: 4, Remaining: 4, Window: 10 * s, Reset: 10 * s, Full: 10 * s}},
		{"aligned", window(policy.Aligned), 10*s - 1, policy.State{Limit: 4, Remaining: 1, Window: 10 * s, Reset: 1, Full: 1}},
		{"aligned, over", window(policy.Aligned), 10 * s, policy.State{Limit: 4, Remaining: 4, Window: 10 * s, Reset: 10 * s, Full: 10 * s}},
		{"first, new", window(policy.First), -1, policy.State{Limit: 4, Remaining: 4, Window: 10 * s, Reset: 10 * s, Full: 10 * s}},
		{"first", window(policy.First), 10*s - 1, policy.State{Limit: 4, Remaining: 1, Window: 10 * s, Reset: 1, Full: 1}},
		{"first, over", window(policy.First), 12 * s, policy.State{Limit: 4, Remaining: 4, Window: 10 * s, Reset: 10 * s, Full: 10 * s}},
		{"counter, new", window(policy.Counter), -1, policy.State{Limit: 4, Remaining: 4, Window: 10 * s}},
		{"counter, the next window", window(policy.Counter), 15 * s, policy.State{Limit: 4, Remaining: 3, Window: 10 * s, Reset: 5*s/3 + 1, Full: 5*s/3 + 1}},
		{"counter, over", window(policy.Counter), 20 * s, policy.State{Limit: 4, Remaining: 4, Window: 10 * s}},
		{"bucket, new", policy.Bucket{Capacity: 4, N: 2, Per: s}, -1, policy.State{Limit: 4, Remaining: 4, Window: 2 * s}},
		{"bucket", policy.Bucket{Capacity: 4, N: 2, Per: s}, s, policy.State{Limit: 4, Remaining: 3, Window: 2 * s, Reset: s / 2, Full: s / 2}},
		{"bucket, full", policy.Bucket{Capacity: 4, N: 2, Per: s}, 2 * s, policy.State{Limit: 4, Remaining: 4, Window: 2 * s}},
	} {
		p := newPolicy(t, tt.config, 0)
		if tt.after >= 0 {
			p.Charge(epoch, 3)
		}
		if got := p.State(epoch.Add(max(tt.after, 0))); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	// Portions are counted from the first charge of something.
	p := newPolicy(t, policy.Bucket{Capacity: 4, N: 20, Per: s, Every: 100 * time.Millisecond}, 0)
	p.Charge(epoch, 0)
	p.Charge(epoch.Add(30*time.Millisecond), 4)
	if got := p.State(epoch.Add(50 * time.Millisecond)).Reset; got != 80*time.Millisecond {
		t.Errorf("a portion comes after %v, want 80ms", got)
	}
	if ok, retry := p.Check(epoch, 5); ok || retry != never {
		t.Errorf("more than there ever is: %v, %v", ok, retry)
	}
}

func TestValidate(t *testing.T) {
	const over = policy.MaxSpan + 1
	window := policy.Window{Limit: 1, Length: 1}
	bucket := policy.Bucket{Capacity: 1, N: 1, Per: 1}
	for _, tt := range []struct {
		config interface{ Validate() error }
		want   string
	}{
		{policy.Window{Limit: 0, Length: 1}, "window: Limit is 0, want 1 to 1000000000000"},
		{policy.Window{Limit: policy.MaxLimit + 1, Length: 1}, "window: Limit is 1000000000001, want 1 to 1000000000000"},
		{policy.Window{Limit: 1, Length: 0}, "window: Length is 0s, want more than 0s and at most 8784h0m0s"},
		{policy.Window{Limit: 1, Length: over}, "window: Length is 8784h0m0.000000001s, want more than 0s"},
		{policy.Window{Limit: 1, Length: 1, Count: 4}, "window: Count is Count(4), want one of [log aligned first counter]"},
		{policy.Bucket{N: 1, Per: 1}, "bucket: Capacity is 0, want 1 to"},
		{policy.Bucket{Capacity: 1, Per: 1}, "bucket: N is 0, want 1 to"},
		{policy.Bucket{Capacity: 1, N: 1, Per: -1}, "bucket: Per is -1ns, want more than 0s"},
		{policy.Bucket{Capacity: 367, N: 1, Per: 24 * time.Hour}, "bucket: N is 1 per 24h0m0s, want so much that 367 take at most 8784h0m0s"},
		{policy.Bucket{Capacity: policy.MaxLimit, N: 1, Per: policy.MaxSpan}, "bucket: N is 1 per"},
		{policy.Bucket{Capacity: 1, N: 1, Per: 1, Every: -1}, "bucket: Every is -1ns, want 0s to"},
		{policy.Queue{Length: -1, N: 1, Per: 1}, "queue: Length is -1, want 0 to"},
		{policy.Queue{Length: 1, Per: 1}, "queue: N is 0, want 1 to"},
		{policy.Concurrency{}, "concurrency: Limit is 0, want 1 to"},
		{policy.Penalty{After: -1}, "penalty: After is -1, want 0 to 1000000"},
		{policy.Penalty{After: 1, Within: -1}, "penalty: Within is -1ns, want 0s to"},
		{policy.Penalty{After: 1, For: []time.Duration{1, 0}}, "penalty: For[1] is 0s, want more than 0s"},
		{policy.Penalty{Within: 1}, "penalty: After is 0, which is no penalty"},
		{policy.Penalty{For: []time.Duration{1}}, "penalty: After is 0, which is no penalty"},
		{policy.Penalty{Extend: true}, "penalty: After is 0, which is no penalty"},
		{policy.Penalty{After: policy.MaxStrikes + 1}, "penalty: After is 1000001, want 0 to 1000000"},
		{policy.Penalty{After: policy.MaxStrikes, Within: policy.MaxSpan, For: []time.Duration{policy.MaxSpan}}, ""},
		{policy.Window{Limit: policy.MaxLimit, Length: policy.MaxSpan, Count: policy.Counter}, ""},
		{policy.Bucket{Capacity: 366, N: 1, Per: 24 * time.Hour, Every: policy.MaxSpan}, ""},
		{policy.Bucket{Capacity: 1, N: 1, Per: 1, Every: over}, "bucket: Every is 8784h0m0.000000001s, want 0s to"},
		{policy.Penalty{After: 1, Extend: true}, "penalty: Extend without For"},
		{window, ""}, {bucket, ""}, {policy.Queue{N: 1, Per: 1}, ""}, {policy.Penalty{}, ""}, {policy.Penalty{After: 10}, ""},
	} {
		err := tt.config.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %s", tt.config, err, tt.want)
		}
		if c, ok := tt.config.(policy.Config); ok && err != nil {
			if _, newErr := c.New(0); newErr == nil || newErr.Error() != err.Error() {
				t.Errorf("New of %+v: %v, want %v", tt.config, newErr, err)
			}
		}
	}
	for _, c := range []policy.Config{window, bucket, policy.Queue{N: 1, Per: 1}} {
		if _, err := c.New(policy.MaxTick + 1); err == nil || !strings.Contains(err.Error(), "the tick is 1h0m0.000000001s, want 0s to 1h0m0s") {
			t.Errorf("%+v with too coarse a clock: %v", c, err)
		}
	}
}

func TestPenaltyOfTooCoarseAClock(t *testing.T) {
	for tick, want := range map[time.Duration]string{policy.MaxTick: "", policy.MaxTick + 1: "penalty: the tick is 1h0m0.000000001s, want 0s to 1h0m0s", -1: "penalty: the tick is -1ns, want 0s to 1h0m0s"} {
		if _, err := (policy.Penalty{After: 1}).New(tick); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("a tick of %v: %v, want %s", tick, err, want)
		}
	}
}

func BenchmarkVisit(b *testing.B) {
	for name, c := range configs() {
		b.Run(name, func(b *testing.B) {
			p := newPolicy(b, c, time.Millisecond)
			now := epoch
			b.ReportAllocs()
			for b.Loop() {
				if ok, _ := p.Check(now, 1); ok {
					p.Charge(now, 1)
				}
				now = now.Add(50 * time.Millisecond)
			}
		})
	}
}

// otherKind is a Config of nobody's kind.
type otherKind struct{ policy.Config }
