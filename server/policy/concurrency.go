package policy

import "time"

// A Concurrency limits what is under way at a time. What is charged is held
// until it is released.
type Concurrency struct {
	// Limit is what may be under way. Required, 1 to MaxLimit.
	Limit int64
}

// Validate implements Config.
func (c Concurrency) Validate() error { return checkLimit("concurrency: Limit", c.Limit) }

// New implements Config. There is no time in it, and the tick is of no matter.
func (c Concurrency) New(time.Duration) (Policy, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &concurrency{limit: c.Limit}, nil
}

type concurrency struct{ limit, held int64 }

var _ Releaser = (*concurrency)(nil)

// Check implements Policy. What helps is not time but an answer, so that retry
// is 0.
func (c *concurrency) Check(_ time.Time, cost int64) (ok bool, retry time.Duration) {
	if cost > c.limit {
		return false, Never
	}
	return cost == 0 || c.held <= c.limit-cost, 0
}

// Charge implements Policy.
func (c *concurrency) Charge(_ time.Time, cost int64) { c.held = plus(c.held, cost) }

// Settle implements Policy.
func (c *concurrency) Settle(_ time.Time, by int64) { c.held = max(plus(c.held, by), 0) }

// Release implements Releaser.
func (c *concurrency) Release(_ time.Time, cost int64) { c.held = max(c.held-cost, 0) }

// Adjust implements Adjuster.
func (c *concurrency) Adjust(_ time.Time, to Config) error {
	a, err := adjusted[Concurrency](to)
	if err != nil {
		return err
	}
	c.limit = a.Limit
	return nil
}

// State implements Policy.
func (c *concurrency) State(time.Time) State {
	return State{Limit: c.limit, Remaining: max(c.limit-c.held, 0)}
}
