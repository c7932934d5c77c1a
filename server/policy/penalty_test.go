package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/server/policy"
)

// What happens to an offender.
type event struct {
	ms      float64
	strikes int     // so many, after a look
	refused bool    // a request comes that is not let through
	lockMS  float64 // what the look says: how long everything is refused yet; 0: it is not, -1: for ever
}

func TestPenaltyTimelines(t *testing.T) {
	const forever = -1
	for _, tt := range []struct {
		name     string
		penalty  policy.Penalty
		timeline []event
	}{
		{"none", policy.Penalty{}, []event{
			{0, 1000, false, 0},
			{1, 0, false, 0},
		}},
		{"blocked after three, as long ago as they may be", policy.Penalty{After: 3}, []event{
			{0, 1, false, 0},
			{1e6, 1, false, 0},
			{2e6, 0, false, 0},
			{9e6, 1, false, 0},
			{9e6, 0, true, forever},
			{9e9, 0, false, forever},
		}},
		{"a pause after a breach", policy.Penalty{After: 1, For: []time.Duration{30 * time.Second}}, []event{
			{0, 1, false, 0},
			{0, 0, true, 30_000},
			{29_999, 0, true, 1}, // asking does not matter
			{30_000, 1, false, 0},
			{30_001, 0, false, 29_999},
		}},
		{"asking extends it", policy.Penalty{After: 1, For: []time.Duration{30 * time.Second}, Extend: true}, []event{
			{0, 1, false, 0},
			{20_000, 0, true, 10_000},
			{49_999, 0, false, 1},
			{50_000, 0, false, 0},
		}},
		{"strikes of a tick", policy.Penalty{After: 2, Within: 1}, []event{
			{0, 1, false, 0},
			{1, 1, false, 0},
			{2, 2, false, 0},
			{2, 0, false, forever},
		}},
		{"strikes before a ban do not count after it", policy.Penalty{
			After: 2, Within: 10 * time.Second, For: []time.Duration{time.Second},
		}, []event{
			{0, 2, false, 0},
			{999.5, 0, true, 0.5},
			{1000, 1, false, 0},
			{1000, 1, false, 0},
			{1000, 0, false, 1000},
		}},
		{"nor those that are never forgotten", policy.Penalty{After: 2, For: []time.Duration{time.Second}}, []event{
			{0, 2, false, 0},
			{1000, 1, false, 0},
			{1000, 1, false, 0},
			{1000, 0, false, 1000},
		}},
		{"a ban with a ladder", policy.Penalty{
			After: 2, Within: time.Second, For: []time.Duration{2 * time.Second, 10 * time.Second},
		}, []event{
			{0, 1, false, 0},
			{1001, 1, false, 0}, // the first is out of the window
			{2001, 1, false, 0}, // both ends included
			{2001, 0, false, 2000},
			{4001, 1, false, 0}, // none is left of before
			{4002, 1, false, 0},
			{4002, 0, false, 10_000},
			{14_002, 2, false, 0},
			{14_002, 0, false, 10_000}, // the last rung is for good
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.penalty.New(time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range tt.timeline {
				want := millis(e.lockMS)
				if e.lockMS == forever {
					want = never
				}
				if ok, retry := r.Check(at(e.ms)); ok != (want == 0) || retry != want {
					t.Fatalf("row %d: let through %v, retry after %v; want %v", i, ok, retry, want)
				}
				for range e.strikes {
					r.Strike(at(e.ms))
				}
				if e.refused {
					r.Refused(at(e.ms))
				}
			}
		})
	}
}

// There is something against an offender from the first strike that would count
// on, and for ever after a ban.
func TestClean(t *testing.T) {
	for _, tt := range []struct {
		penalty policy.Penalty
		strikes int
		afterMS float64
		want    bool
	}{
		{policy.Penalty{After: 2}, 0, 0, true},
		{policy.Penalty{After: 2}, 1, 1e9, false},
		{policy.Penalty{After: 3, Within: time.Second}, 1, 1000, false},
		{policy.Penalty{After: 3, Within: time.Second}, 1, 1001, true},
		{policy.Penalty{After: 1, For: []time.Duration{time.Second}}, 1, 999, false},
		{policy.Penalty{After: 1, For: []time.Duration{time.Second}}, 1, 1e9, false},
		{policy.Penalty{After: 1}, 1, 0, false},
	} {
		r, err := tt.penalty.New(time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		for range tt.strikes {
			r.Strike(epoch)
		}
		if got := r.Clean(at(tt.afterMS)); got != tt.want {
			t.Errorf("%+v, %vms after %d strikes: clean %v, want %v", tt.penalty, tt.afterMS, tt.strikes, got, tt.want)
		}
	}
}

// A naivePenalty remembers all strikes and works everything out anew.
type naivePenalty struct {
	policy.Penalty
	strikes []time.Time // since the last penalty
	times   int
	until   time.Time
	forever bool
}

func (n *naivePenalty) locked(now time.Time) bool { return n.forever || now.Before(n.until) }

func (n *naivePenalty) strike(now time.Time) {
	n.strikes = append(n.strikes, now)
	recent := 0
	for _, s := range n.strikes {
		if n.Within == 0 || now.Sub(s) <= n.Within {
			recent++
		}
	}
	if n.After == 0 || recent < n.After {
		return
	}
	n.strikes = nil
	n.times++
	if len(n.For) == 0 {
		n.forever = true
		return
	}
	n.until = now.Add(n.rung())
}

func (n *naivePenalty) rung() time.Duration {
	for i, d := range n.For {
		if i == n.times-1 {
			return d
		}
	}
	return n.For[len(n.For)-1]
}

func TestPenaltyAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := policy.Penalty{After: rapid.IntRange(0, 5).Draw(t, "after")}
		if c.After > 0 {
			c.Within = drawDuration(t, "within", 0, 20*time.Millisecond)
			for range rapid.IntRange(0, 3).Draw(t, "rungs") {
				c.For = append(c.For, drawDuration(t, "for", 1, 30*time.Millisecond))
			}
			c.Extend = len(c.For) > 0 && rapid.Bool().Draw(t, "extend")
		}
		r, err := c.New(0)
		if err != nil {
			t.Fatal(err)
		}
		naive := &naivePenalty{Penalty: c}
		now := epoch
		for range rapid.IntRange(1, 80).Draw(t, "requests") {
			now = now.Add(drawDuration(t, "pause", 0, 5*time.Millisecond))
			ok, retry := r.Check(now)
			if ok == naive.locked(now) {
				t.Fatalf("at %v: let through %v, the oracle says %v", now.Sub(epoch), ok, !ok)
			}
			if !ok && retry != never && retry != naive.until.Sub(now) || (retry == never) != naive.forever {
				t.Fatalf("at %v: retry after %v, the oracle says %v", now.Sub(epoch), retry, naive.until.Sub(now))
			}
			if clean := !naive.locked(now) && naive.times == 0 && !naive.struck(now); c.After > 0 && r.Clean(now) != clean {
				t.Fatalf("at %v: clean %v, the oracle says %v", now.Sub(epoch), !clean, clean)
			}
			switch {
			case !ok:
				r.Refused(now)
				if c.Extend {
					naive.until = now.Add(naive.rung())
				}
			case rapid.Bool().Draw(t, "strike"):
				r.Strike(now)
				naive.strike(now)
			}
		}
	})
}

// struck tells whether there is a strike that counts.
func (n *naivePenalty) struck(now time.Time) bool {
	for _, s := range n.strikes {
		if n.Within == 0 || now.Sub(s) <= n.Within {
			return true
		}
	}
	return false
}
