// Package policy holds the rules by which an API limits requests: what a limit
// is, and what happens to those who keep exceeding it.
//
// Each rule is a pure state machine in a file of its own: it reads no clock,
// takes no lock, starts nothing and allocates nothing once it has the room it
// needs. Whoever drives it serialises the calls. Amounts are whole numbers and
// time is whole nanoseconds, so that nothing drifts however long it runs.
//
// Four kinds of limits cover what APIs document: [Window], [Bucket],
// [Concurrency] and [Queue]. [Penalty] is what repeat offenders get.
package policy

import (
	"fmt"
	"math"
	"time"
)

// A Policy is the rule of one limit for one scope: a pure state machine.
//
// Instants do not go back, and are of the years 1970 to 2199. Costs are not
// negative, and an arrival that costs nothing passes. What is told to Charge is what Check was asked
// before, at the same instant, whether Check let it pass or not: a limit on
// which refused requests count is charged with those as well, and goes beyond
// its limit then.
type Policy interface {
	// Check says whether an arrival of this cost passes now, and if not, after
	// how long it could, if nothing else is charged until then: never too
	// early, and not later than the first tick at which it does. It is Never
	// if no wait helps, and 0 if what helps is not time. It changes nothing.
	Check(now time.Time, cost int64) (ok bool, retry time.Duration)

	// Charge takes the cost.
	Charge(now time.Time, cost int64)

	// Settle corrects an earlier charge by what the answer turned out to cost:
	// more is taken now, and of what was too much as much is given back as is
	// still held against the limit. A limit does not tell charges apart.
	Settle(now time.Time, by int64)

	// State is what may be told.
	State(now time.Time) State
}

// A Releaser is a Policy that holds a charge until it is given back, when the
// answer goes out.
type Releaser interface {
	Policy
	Release(now time.Time, cost int64)
}

// A Delayer is a Policy that lets an arrival wait before it is served.
type Delayer interface {
	Policy
	// Delay is how long an arrival that passes now has to wait. It is asked
	// before the Charge.
	Delay(now time.Time) time.Duration
}

// An Adjuster is a Policy whose limit can be changed while it is used. All of
// this package are.
type Adjuster interface {
	Policy
	// Adjust makes c hold from now on, for what is still remembered of what
	// was charged before. The error is that of c's Validate, or says that c is
	// of another kind; nothing changes then.
	Adjust(now time.Time, c Config) error
}

// A State is what may be told of a limit.
type State struct {
	// Limit is the most that can be used.
	Limit int64
	// Remaining is the largest cost that would pass now; not negative.
	Remaining int64
	// Window is the span in which the whole Limit is given anew: the length of
	// a window, or how long an empty bucket takes to fill. 0: there is none.
	Window time.Duration
	// Reset is how long it takes until more remains, if nothing is charged: 0
	// if all does, or if what helps is not time. Of a window that is aligned
	// or has begun with a request it is what is left of it, or its length if
	// it has not begun.
	Reset time.Duration
	// Full is how long it takes until all of the limit remains, as Reset.
	Full time.Duration
}

// Used is what does not remain of the limit.
func (s State) Used() int64 { return s.Limit - s.Remaining }

// Never is a wait that does not end.
const Never time.Duration = math.MaxInt64

// A Config describes a Policy in its exported fields.
type Config interface {
	// Validate names the first field that is out of range.
	Validate() error
	// New returns a Policy in its initial state for a server whose clock
	// shows whole multiples of tick since 1970; 0 is a continuous clock. The
	// error is that of Validate, or of a tick that is out of range.
	New(tick time.Duration) (Policy, error)
}

// Bounds of what can be configured. They keep sums within 63 bits.
const (
	// MaxLimit is the most that a limit can be.
	MaxLimit int64 = 1e12
	// MaxSpan is the longest window, and the longest time a bucket may take to
	// fill.
	MaxSpan = 366 * 24 * time.Hour
	// MaxTick is the coarsest clock.
	MaxTick = time.Hour
)

// adjusted is c as a configuration of a kind, if it is one and valid.
func adjusted[K Config](c Config) (K, error) {
	k, ok := c.(K)
	if !ok {
		return k, fmt.Errorf("a limit is changed to a %T, want a %T as it was", c, k)
	}
	return k, k.Validate()
}

func checkLimit(field string, n int64) error {
	if n < 1 || n > MaxLimit {
		return fmt.Errorf("%s is %d, want 1 to %d", field, n, MaxLimit)
	}
	return nil
}

func checkSpan(field string, d time.Duration) error {
	if d <= 0 || d > MaxSpan {
		return fmt.Errorf("%s is %v, want more than 0s and at most %v", field, d, MaxSpan)
	}
	return nil
}

func checkTick(tick time.Duration) error {
	if tick < 0 || tick > MaxTick {
		return fmt.Errorf("the tick is %v, want 0s to %v", tick, MaxTick)
	}
	return nil
}

// A ticker is a clock that shows whole ticks, in nanoseconds since 1970. The
// smallest tick is 1 ns.
type ticker int64

func newTicker(tick time.Duration) ticker { return ticker(max(tick, 1)) }

// shows is what the clock shows at now.
func (c ticker) shows(now time.Time) int64 { return floorTo(now.UnixNano(), int64(c)) }

// wait is how long it takes from now until the clock shows at least t, which is
// more than it shows now.
func (c ticker) wait(now time.Time, t int64) time.Duration {
	return time.Duration(-floorTo(-t, int64(c)) - now.UnixNano())
}

// floorTo is the largest multiple of step that is not above n.
func floorTo(n, step int64) int64 {
	r := n % step
	if r < 0 {
		r += step
	}
	return n - r
}
