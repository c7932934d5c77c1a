package policy_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/server/policy"
)

// epoch is where the tests' time starts: on a tick of every clock, and where a
// window of a day begins.
var epoch = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// A change is what was charged, or given back if it is negative.
type change struct {
	at time.Time
	by int64
}

// A model is a limit in the most naive way: what is used at t after all that
// has ever been charged, worked out anew each time.
type model struct {
	limit int64
	tick  time.Duration
	used  func(history []change, t time.Time) *big.Rat

	history []change
}

func (m *model) passes(t time.Time, cost int64) bool {
	if cost == 0 {
		return true
	}
	return cost <= m.limit && new(big.Rat).Add(m.used(m.history, t), whole(cost)).Cmp(whole(m.limit)) <= 0
}

// remaining is the largest cost that passes, found by trying.
func (m *model) remaining(t time.Time) int64 {
	n, used := int64(0), m.used(m.history, t)
	for n < m.limit && new(big.Rat).Add(used, whole(n+1)).Cmp(whole(m.limit)) <= 0 {
		n++
	}
	return n
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// shown is t by a clock of whole ticks.
func shown(t time.Time, tick time.Duration) int64 {
	ns, step := t.UnixNano(), int64(max(tick, 1))
	for ns%step != 0 {
		ns -= ns % step
	}
	return ns
}

// usedOfLog counts what was charged in the window, unit by unit.
func usedOfLog(length, tick time.Duration) func([]change, time.Time) *big.Rat {
	return func(history []change, t time.Time) *big.Rat {
		var units []int64 // when each was charged
		for _, c := range history {
			for range c.by {
				units = append(units, shown(c.at, tick))
			}
			for range -c.by {
				if n := len(units); n > 0 && shown(c.at, tick)-units[n-1] <= int64(length) {
					units = units[:n-1]
				}
			}
		}
		n := int64(0)
		for _, u := range units {
			if shown(t, tick)-u <= int64(length) {
				n++
			}
		}
		return whole(n)
	}
}

// usedOfAligned counts what was charged in the window of t.
func usedOfAligned(length, tick time.Duration) func([]change, time.Time) *big.Rat {
	return func(history []change, t time.Time) *big.Rat {
		return whole(inWindow(history, shown(t, tick)/int64(length), length, tick))
	}
}

// inWindow is what was charged in the aligned window of a number.
func inWindow(history []change, number int64, length, tick time.Duration) int64 {
	n := int64(0)
	for _, c := range history {
		if shown(c.at, tick)/int64(length) == number {
			n = max(n+c.by, 0)
		}
	}
	return n
}

// usedOfCounter weighs the window before.
func usedOfCounter(length, tick time.Duration) func([]change, time.Time) *big.Rat {
	return func(history []change, t time.Time) *big.Rat {
		at := shown(t, tick)
		number, left := at/int64(length), int64(length)-at%int64(length)
		weighed := new(big.Int).Mul(big.NewInt(inWindow(history, number-1, length, tick)), big.NewInt(left))
		weighed.Div(weighed, big.NewInt(int64(length)))
		return whole(weighed.Int64() + inWindow(history, number, length, tick))
	}
}

// usedOfFirst plays windows that begin with a charge.
func usedOfFirst(length, tick time.Duration) func([]change, time.Time) *big.Rat {
	return func(history []change, t time.Time) *big.Rat {
		n, begun, began := int64(0), false, int64(0)
		for _, c := range append(history[:len(history):len(history)], change{t, 0}) {
			at := shown(c.at, tick)
			if begun && at-began >= int64(length) {
				n, begun = 0, false
			}
			if !begun && c.by > 0 {
				begun, began = true, at
			}
			n = max(n+c.by, 0)
		}
		return whole(n)
	}
}

// usedOfBucket lets what is missing come back, exactly, in portions if every is
// not 0.
func usedOfBucket(n int64, per, every, tick time.Duration) func([]change, time.Time) *big.Rat {
	rate := big.NewRat(n, int64(per))
	return func(history []change, t time.Time) *big.Rat {
		missing, refilled, first := new(big.Rat), int64(0), int64(-1)
		for _, c := range append(history[:len(history):len(history)], change{t, 0}) {
			at := shown(c.at, tick)
			if first < 0 && c.by > 0 {
				first, refilled = at, at
			}
			if every > 0 && first >= 0 {
				at = first + (at-first)/int64(every)*int64(every)
			}
			missing.Sub(missing, new(big.Rat).Mul(rate, whole(at-refilled)))
			if missing.Sign() < 0 {
				missing = new(big.Rat)
			}
			refilled = at
			if missing.Add(missing, whole(c.by)); missing.Sign() < 0 {
				missing = new(big.Rat)
			}
		}
		return missing
	}
}

// Every machine says what its model says, whatever is charged, beyond the limit
// too, and given back; and what it says of the time to wait is right to the
// tick.
func TestAgainstOracles(t *testing.T) {
	for _, tt := range []struct {
		name string
		draw func(*rapid.T, time.Duration) (policy.Config, *model)
	}{
		{"log", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			w := drawWindow(t, policy.Log)
			return w, &model{limit: w.Limit, used: usedOfLog(w.Length, tick)}
		}},
		{"aligned", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			w := drawWindow(t, policy.Aligned)
			return w, &model{limit: w.Limit, used: usedOfAligned(w.Length, tick)}
		}},
		{"first", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			w := drawWindow(t, policy.First)
			return w, &model{limit: w.Limit, used: usedOfFirst(w.Length, tick)}
		}},
		{"counter", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			w := drawWindow(t, policy.Counter)
			return w, &model{limit: w.Limit, used: usedOfCounter(w.Length, tick)}
		}},
		{"bucket", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			b := drawBucket(t)
			return b, &model{limit: b.Capacity, used: usedOfBucket(b.N, b.Per, 0, tick)}
		}},
		{"bucket in portions", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			b := drawBucket(t)
			b.Every = drawDuration(t, "every", 1, 20*time.Millisecond)
			return b, &model{limit: b.Capacity, used: usedOfBucket(b.N, b.Per, b.Every, tick)}
		}},
		{"queue", func(t *rapid.T, tick time.Duration) (policy.Config, *model) {
			b := drawBucket(t)
			q := policy.Queue{N: b.N, Per: b.Per, Length: b.Capacity - 1}
			return q, &model{limit: b.Capacity, used: usedOfBucket(b.N, b.Per, 0, tick)}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				tick := rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Millisecond, 5 * time.Millisecond}).Draw(t, "tick")
				config, m := tt.draw(t, tick)
				m.tick = tick
				p, err := config.New(tick)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, p, m)
			})
		})
	}
}

func drawWindow(t *rapid.T, count policy.Count) policy.Window {
	return policy.Window{
		Limit:  rapid.Int64Range(1, 8).Draw(t, "limit"),
		Length: drawDuration(t, "length", 1, 40*time.Millisecond),
		Count:  count,
	}
}

func drawBucket(t *rapid.T) policy.Bucket {
	return policy.Bucket{
		Capacity: rapid.Int64Range(1, 8).Draw(t, "capacity"),
		N:        rapid.Int64Range(1, 40).Draw(t, "n"),
		Per:      drawDuration(t, "per", 1, 100*time.Millisecond),
	}
}

func drawDuration(t *rapid.T, label string, low, high time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(int64(low), int64(high)).Draw(t, label))
}

// compare plays arrivals to a machine and to its model.
func compare(t *rapid.T, p policy.Policy, m *model) {
	all := rapid.Bool().Draw(t, "refused ones count")
	pause := rapid.SampledFrom([]time.Duration{2, time.Microsecond, time.Millisecond, 20 * time.Millisecond}).Draw(t, "longest pause")
	now := epoch.Add(drawDuration(t, "start", 0, 50*time.Millisecond))
	for range rapid.IntRange(1, 50).Draw(t, "arrivals") {
		now = now.Add(drawDuration(t, "pause", 0, pause))
		if rapid.IntRange(0, 3).Draw(t, "settle") == 0 {
			settle(t, p, m, now)
		}
		cost := rapid.Int64Range(0, m.limit+1).Draw(t, "cost")
		ok, retry := p.Check(now, cost)
		if want := m.passes(now, cost); ok != want {
			t.Fatalf("at %v a cost of %d passes: %v, the model says %v", now.Sub(epoch), cost, ok, want)
		}
		checkRetry(t, m, now, cost, ok, retry)
		if d, isDelayer := p.(policy.Delayer); isDelayer {
			checkDelay(t, m, now, d.Delay(now))
		}
		if ok || all {
			p.Charge(now, cost)
			m.history = append(m.history, change{now, cost})
		}
		checkState(t, m, now, p.State(now))
	}
}

// settle gives something back or takes more. Nothing is given back while more
// than the limit is used: of that a log promises nothing.
func settle(t *rapid.T, p policy.Policy, m *model, now time.Time) {
	low := -m.limit
	if m.used(m.history, now).Cmp(whole(m.limit)) > 0 {
		low = 0
	}
	by := rapid.Int64Range(low, 3).Draw(t, "by")
	p.Settle(now, by)
	m.history = append(m.history, change{now, by})
}

func checkRetry(t *rapid.T, m *model, now time.Time, cost int64, ok bool, retry time.Duration) {
	switch {
	case ok:
		if retry != 0 {
			t.Fatalf("at %v it passes and could after %v", now.Sub(epoch), retry)
		}
	case cost > m.limit:
		if retry != policy.Never {
			t.Fatalf("a cost of %d of %d could pass after %v", cost, m.limit, retry)
		}
	default:
		firstTime(t, "it passes", now, retry, func(t time.Time) bool { return m.passes(t, cost) })
	}
}

func checkState(t *rapid.T, m *model, now time.Time, s policy.State) {
	remaining := m.remaining(now)
	if s.Limit != m.limit || s.Remaining != remaining {
		t.Fatalf("at %v: %+v, the model has %d of %d", now.Sub(epoch), s, remaining, m.limit)
	}
	if s.Used() != m.limit-remaining {
		t.Fatalf("used is %d, want %d", s.Used(), m.limit-remaining)
	}
	if remaining < m.limit {
		firstTime(t, "more remains", now, s.Reset, func(t time.Time) bool { return m.remaining(t) > remaining })
		firstTime(t, "all remains", now, s.Full, func(t time.Time) bool { return m.used(m.history, t).Sign() == 0 })
	}
}

func checkDelay(t *rapid.T, m *model, now time.Time, delay time.Duration) {
	firstTime(t, "it is one's turn", now, delay, func(t time.Time) bool { return m.used(m.history, t).Sign() == 0 })
}

// firstTime checks that something is so after a wait, and not just before.
func firstTime(t *rapid.T, what string, now time.Time, wait time.Duration, is func(time.Time) bool) {
	t.Helper()
	if !is(now.Add(wait)) {
		t.Fatalf("at %v %s after %v: not so", now.Sub(epoch), what, wait)
	}
	if wait > 0 && is(now.Add(wait-1)) {
		t.Fatalf("at %v %s after %v: already before", now.Sub(epoch), what, wait)
	}
}
