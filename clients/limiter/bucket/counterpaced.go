package bucket

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// CounterPaced is counter-paced: an even pace that a sliding-window counter never
// refuses, which adds to the count of its window the share of the one before that
// a window ending now would still cover,
//
//	next = last + cost of the last · T,  T = (W' + J) / (N + 1 − most),
//
// for requests that cost most at the most, and a spread J of the incoming
// latency, its longest value less its shortest; the counter rounds the share
// down. T is (W' + J) / (N − most) for one that does not.
//
// No refusal, ever. Let a request arrive with e of the counter's window gone, let
// m be the costs in it, its own included, and p those in the window before. It
// passes if p · (1 − e) + m ≤ N. The costs of what arrives in a span d are at most
// (d + J)/T + most: between the first of them to leave and the last there is a
// distance for each but the last, and on the way it shrinks by J at most. So m ≤
// (e·W + J)/T + most and p + m ≤ ((1 + e)·W + J)/T + most. Of all such p and m,
//
//	p · (1 − e) + m = (1 − e) · (p + m) + e · m
//	               ≤ (1 − e) · ((1 + e)·W + J)/T + e · (e·W + J)/T + most
//	               = (W + J)/T + most,
//
// where (1 − e)(1 + e) + e² = 1. With T more than (W + J)/(N + 1 − most), as W' is
// more than W, that is less than N + 1, and with the share rounded down N at most;
// W' has room for the tick of the server's clock.
//
// What a request turns out to cost beyond what it was charged counts as one more that
// leaves when the answer is there. What is given back is of no use: a counter takes
// it off the window that is on, which may have nothing in it yet.
//
// Nothing is known of when the counter's windows begin, and nothing is needed. It
// is as safe in front of a log and of windows of other kinds, for the same
// reason with e = 1, and has no overtaking as long as T exceeds J.
//
// Source: the sliding-window counter of Cloudflare ("How we built rate limiting
// capable of scaling to millions of domains", 2017) and others; the bound is that
// of arrivals with a burst of most at a rate of 1/T.
type CounterPaced struct {
	// Spread is J: 0 to a year. 0 is right for a constant latency only.
	Spread time.Duration
	// Most is what requests cost at most: 1 to the quota's Limit, and less than
	// that if Exact. 0 is 1. A request that costs more is none for this limiter.
	Most int
	// Exact says that the counter does not round the share down.
	Exact bool
}

// Validate implements limiter.Config.
func (c *CounterPaced) Validate(q limiter.Quota) error {
	if err := errors.Join(q.Validate(), checkSpread(c.Spread)); err != nil {
		return err
	}
	if c.Most < 0 || c.Most > q.Limit {
		return fmt.Errorf("most is %d, want 1 to the quota's limit of %d, or 0 for 1", c.Most, q.Limit)
	}
	if c.room(q) < 1 {
		return fmt.Errorf("most is %d, want less than the quota's limit of %d for an exact counter", max(c.Most, 1), q.Limit)
	}
	return nil
}

// room is what fits beside a request of the largest cost.
func (c *CounterPaced) room(q limiter.Quota) int {
	room := q.Limit + 1 - max(c.Most, 1)
	if c.Exact {
		room--
	}
	return room
}

// Interval is T, for a quota and a configuration that are valid.
func (c *CounterPaced) Interval(q limiter.Quota) time.Duration {
	age, n := q.Span()+q.Widen(c.Spread), time.Duration(c.room(q))
	return (age + n - 1) / n // rounded up
}

// New implements limiter.Config.
func (c *CounterPaced) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &counterPaced{most: int64(max(c.Most, 1)), interval: c.Interval(q)}, nil
}

// Keeps says why what is given back is of no use.
func (*CounterPaced) Keeps() string {
	return "a counter takes it off the window that is on, which may have nothing in it yet"
}

type counterPaced struct {
	flying   flights.Costs
	most     int64
	interval time.Duration
	next     time.Time
}

func (c *counterPaced) Next(_ time.Time, cost int64) time.Time {
	if cost > c.most {
		return limiter.Impossible
	}
	return c.next
}

func (c *counterPaced) Sent(now time.Time, cost int64) limiter.Ticket {
	if cost > 0 {
		c.next = now.Add(c.interval * time.Duration(cost))
	}
	return c.flying.Depart(cost)
}

// Done implements limiter.Limiter.
func (c *counterPaced) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	if more := c.flying.Settle(t, o.Cost); more > 0 {
		if c.next.Before(now) {
			c.next = now
		}
		c.next = c.next.Add(c.interval * time.Duration(min(more, 1000*c.most)))
	}
}
