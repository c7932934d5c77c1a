package bucket

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Reservation grants N departures in each cycle of length Per, cycles being
// counted from the first departure. What is over in a cycle is lost; what does
// not fit waits for the start of a later one,
//
//	next = now                     while the costs in this cycle, with its own, are ≤ N,
//	       start of the next cycle otherwise.
//
// Up to 2N departures lie close together where two cycles meet. The original
// gives each caller a permission of a cycle to come as soon as it asks; in the
// line at the gate the same requests leave at the same instants, without
// anything being spent on one that gives up.
//
// Source: AtomicRateLimiter of resilience4j 2; the reservoir of bottleneck 2.
// Known as fixed window counter.
type Reservation struct {
	// Limit is N/Per; not set, the server's own quota.
	Limit limiter.Rate
}

// Validate implements limiter.Config.
func (c *Reservation) Validate(q limiter.Quota) error {
	return errors.Join(q.Validate(), c.Limit.Validate("limit", q))
}

// New implements limiter.Config.
func (c *Reservation) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &reservation{limit: c.Limit.Or(q)}, nil
}

type reservation struct {
	limit  limiter.Rate
	flying flights.Costs
	sent   limiter.Ticket
	since  limiter.Ticket // the first departure of its cycle

	first time.Time     // departure
	cycle time.Duration // number of the cycle of the last departure
	used  int64         // cost of the departures in it
}

func (r *reservation) Next(now time.Time, cost int64) time.Time {
	n := int64(r.limit.N)
	if cost > n {
		return limiter.Impossible
	}
	if r.used+cost <= n || r.at(now) > r.cycle {
		return now
	}
	return r.first.Add((r.cycle + 1) * r.limit.Per)
}

func (r *reservation) Sent(now time.Time, cost int64) limiter.Ticket {
	if r.sent == 0 {
		r.first = now
	}
	r.turn(now)
	r.used += cost
	r.sent++
	return r.flying.Depart(cost)
}

// Done adds what a request turned out to cost to the cycle that is on, and gives
// back what it did not, as long as it is of that cycle.
func (r *reservation) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	more := r.flying.Settle(t, o.Cost)
	if more == 0 {
		return
	}
	r.turn(now)
	if more > 0 || t >= r.since {
		r.used += min(more, int64(r.limit.N))
	}
}

// turn begins the cycle that now is in.
func (r *reservation) turn(now time.Time) {
	if c := r.at(now); c > r.cycle {
		r.cycle, r.used, r.since = c, 0, r.sent
	}
}

// at is the number of the cycle that now is in.
func (r *reservation) at(now time.Time) time.Duration { return now.Sub(r.first) / r.limit.Per }

// OpenLoop implements limiter.OpenLoop.
func (r *reservation) OpenLoop() {}
