package bucket

import (
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// Concurrency lets no more than Limit be under way at a time,
//
//	next = now, or when an answer has given back enough.
//
// It faces a server that limits what it works on at once. A departure is under
// way until its Done: a request that was given up, and that the server still
// works on, is not any more, so that the promise holds as long as nothing times
// out.
type Concurrency struct {
	// Limit is what the requests under way may cost together, 1 to 1000000.
	// Required.
	Limit int64
}

// Validate names the field whose value is out of range.
func (c Concurrency) Validate() error {
	if c.Limit < 1 || c.Limit > 1e6 {
		return fmt.Errorf("limit is %d at a time, want 1 to 1000000", c.Limit)
	}
	return nil
}

// New builds the limiter. Its error is that of Validate.
func (c Concurrency) New() (limiter.Limiter, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &concurrency{limit: c.Limit, costs: map[limiter.Ticket]int64{}}, nil
}

type concurrency struct {
	limit, held int64
	next        limiter.Ticket
	costs       map[limiter.Ticket]int64 // of what is under way, but for what costs nothing
}

// Next implements Limiter.
func (c *concurrency) Next(now time.Time, cost int64) time.Time {
	switch {
	case cost > c.limit:
		return limiter.Impossible
	case cost > 0 && c.held > c.limit-cost:
		return limiter.Never
	}
	return now
}

// Sent implements Limiter.
func (c *concurrency) Sent(_ time.Time, cost int64) limiter.Ticket {
	if cost > 0 {
		c.held += cost
		c.costs[c.next] = cost
	}
	c.next++
	return c.next - 1
}

// Done implements Limiter.
func (c *concurrency) Done(_ time.Time, t limiter.Ticket, _ limiter.Outcome) {
	c.held -= c.costs[t]
	delete(c.costs, t)
}
