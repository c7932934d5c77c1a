package limiter

import "time"

// Paced spaces departures evenly,
//
//	next = last + (W' + J) / N,
//
// where J is the spread of the incoming latency, its longest value less its
// shortest.
//
// No 429, ever: of any N+1 departures the last leaves at least N·(W' + J)/N =
// W' + J after the first, so that it arrives at least W' after it. No request
// overtakes another as long as (W' + J)/N exceeds J, so that nonces arrive in
// order.
//
// Source: the leaky bucket as a meter without burst (Turner, "New directions
// in communications", 1986), with the interval that the server's window and
// the spread of the latency call for.
type Paced struct {
	// Spread is J. 0 is right for a constant latency only.
	Spread time.Duration
}

// Validate implements Config.
func (c *Paced) Validate(Quota) error { return notNegative("spread", c.Spread) }

// New implements Config.
func (c *Paced) New(q Quota) Limiter {
	n := time.Duration(q.Limit)
	return &paced{interval: (q.Span() + c.Spread + n - 1) / n} // rounded up
}

type paced struct {
	interval time.Duration
	last     time.Time
	sent     Ticket
}

func (p *paced) Next(now time.Time) time.Time {
	if p.sent == 0 {
		return now
	}
	return p.last.Add(p.interval)
}

func (p *paced) Sent(now time.Time) Ticket {
	p.last = now
	p.sent++
	return p.sent - 1
}

func (p *paced) Done(time.Time, Ticket, Outcome) {}
