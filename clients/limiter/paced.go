package limiter

import (
	"errors"
	"time"
)

// Paced spaces departures evenly, at least so far apart that of any N+1 the
// last leaves W' + J after the first,
//
//	next = max(last + cost of the last · (W' + J) / N, left[N back] + W' + J),
//
// where J is the spread of the incoming latency, its longest value less its
// shortest. The second term matters when a request has left later than it was
// let go, and when costs differ: it is the exact log, in which N back is the
// departure up to which the costs, with that of the next, come to N.
//
// No 429, ever: of any departures of a cost above N in all the last leaves at
// least W' + J after the first, so that it arrives at least W' after it. No
// request overtakes another
// as long as (W' + J)/N exceeds J and each leaves as soon as it may, so that
// nonces arrive in order.
//
// Source: the leaky bucket as a meter without burst (Turner, "New directions
// in communications", 1986), with the interval that the server's window and
// the spread of the latency call for.
type Paced struct {
	// Spread is J, 0 to a year. 0 is right for a constant latency only.
	Spread time.Duration
}

// Validate implements Config.
func (c *Paced) Validate(q Quota) error {
	return errors.Join(q.Validate(), notNegative("spread", c.Spread))
}

// New implements Config.
func (c *Paced) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	age, n := q.Span()+q.widen(c.Spread), time.Duration(q.Limit)
	return &paced{ring: newRing(q.Limit), age: age, interval: (age + n - 1) / n}, nil // rounded up
}

type paced struct {
	ring
	age      time.Duration // of the departure N back
	interval time.Duration
	last     time.Time     // when the last one was let go
	gap      time.Duration // to be kept after it
}

func (p *paced) Next(now time.Time, cost int64) time.Time {
	old := p.oldest(cost)
	if !fixed(old) {
		old = old.Add(p.age)
	}
	return latest(p.last.Add(p.gap), old)
}

func (p *paced) Sent(now time.Time, cost int64) Ticket {
	if cost > 0 {
		p.last, p.gap = now, times(p.interval, cost)
	}
	return p.push(now, cost)
}

func (p *paced) Done(now time.Time, t Ticket, o Outcome) { p.settle(now, t, o.Cost) }
