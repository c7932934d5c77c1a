package peers

import (
	"errors"
	"time"

	"go.uber.org/ratelimit"

	"ratebench/clients/limiter"
)

// UberRatelimit is the leaky bucket of go.uber.org/ratelimit, driven by
// explicit time: one request every Per/N, and up to Slack of those that were
// not used, made good without any spacing,
//
//	issue = max(issue + Per/N, now − slack · Per/N),
//	next  = max(now, issue),
//
// with Per/N cut to whole nanoseconds. Departures in any span of length T are
// at most slack + 1 + T·N/Per; the library starts without slack.
//
// The library has one operation, Take, which sleeps and spends, and no way to
// look at its state. So each departure is taken from a new limiter: a first
// Take at the last issue puts it into the state of the old one, a second takes
// the departure, and a third, made in the distant past, must sleep until the
// next issue and so tells when that is.
//
// A request of cost c takes c departures at once, and leaves when the first of
// them may; a cost above a million is too many.
//
// Source: go.uber.org/ratelimit v0.3.1.
type UberRatelimit struct {
	// Limit is N/Per; not set, the server's own quota.
	Limit limiter.Rate
	// Slack is the number of unused requests that can be made good, from 0.
	// The library's default is 10; 0 is its WithoutSlack.
	Slack int
}

// Validate implements limiter.Config.
func (c *UberRatelimit) Validate(q limiter.Quota) error {
	return errors.Join(q.Validate(), c.Limit.ValidateAhead("slack", c.Slack, q))
}

// New implements limiter.Config.
func (c *UberRatelimit) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	limit, clock := c.Limit.Or(q), &sleepClock{}
	return &uberRatelimit{
		limit:   limit,
		clock:   clock,
		options: []ratelimit.Option{ratelimit.Per(limit.Per), ratelimit.WithSlack(c.Slack), ratelimit.WithClock(clock)},
	}, nil
}

type uberRatelimit struct {
	departures
	limit   limiter.Rate
	clock   *sleepClock
	options []ratelimit.Option
	next    time.Time // issue; zero before the first departure
}

// mostTakes bounds how often the library is called for one request.
const mostTakes = 1_000_000

func (u *uberRatelimit) Next(_ time.Time, cost int64) time.Time {
	if cost > mostTakes {
		return limiter.Impossible
	}
	return u.next
}

func (u *uberRatelimit) Sent(now time.Time, cost int64) limiter.Ticket {
	u.take(now, cost)
	return u.count(cost)
}

// Done takes what a request turned out to cost beyond what it was charged; the
// library gives nothing back.
func (u *uberRatelimit) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	u.take(now, min(u.more(t, o), mostTakes))
}

// Keeps says why what is given back is of no use.
func (*UberRatelimit) Keeps() string { return "ratelimit takes nothing back" }

func (u *uberRatelimit) take(now time.Time, cost int64) {
	if cost == 0 {
		return
	}
	l := ratelimit.New(u.limit.N, u.options...)
	if !u.next.IsZero() {
		u.clock.now = u.next.Add(-u.limit.Per / time.Duration(u.limit.N))
		l.Take()
	}
	u.clock.now = now
	for range cost {
		l.Take()
	}
	u.clock.now = time.Unix(0, 0)
	u.next = l.Take()
}

// sleepClock is a clock on which sleeping takes no time but moves the hands.
type sleepClock struct{ now time.Time }

func (c *sleepClock) Now() time.Time { return c.now }

func (c *sleepClock) Sleep(d time.Duration) { c.now = c.now.Add(d) }
