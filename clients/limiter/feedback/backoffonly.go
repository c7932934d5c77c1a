package feedback

import (
	"errors"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

// BackoffOnly does not pace, but holds everything back for a while after each
// refusal,
//
//	next = the latest of (429 + delay),
//
// where the delay after the k-th 429 in a row is that of its backoff.Rule for attempt
// k − 1. An answer other than 429 ends the row, not the waiting; a request
// without an answer does neither.
//
// The jitter of refusal n since the start is a hash of n, keyed with Seed:
// limiters with the same seed that are refused as often wait as long.
//
// Source: the advice to retry with exponential backoff and jitter (see
// package backoff), applied to a key where it is usually applied to a request.
type BackoffOnly struct {
	// Base is the delay after the first 429, before jitter; greater than 0.
	Base time.Duration
	// Cap bounds every delay, from Base; 0 is no bound.
	Cap time.Duration
	// Jitter is none, full, equal or decorrelated; "" is none.
	Jitter string
	// Seed keys the jitter; any value.
	Seed uint64
}

// Validate implements limiter.Config.
func (c *BackoffOnly) Validate(q limiter.Quota) error {
	return errors.Join(q.Validate(), c.rule().Validate())
}

func (c *BackoffOnly) rule() backoff.Rule {
	return backoff.Rule{Base: c.Base, Cap: c.Cap, Jitter: c.Jitter}
}

// New implements limiter.Config.
func (c *BackoffOnly) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &backoffOnly{rule: c.rule(), seed: c.Seed}, nil
}

type backoffOnly struct {
	rule     backoff.Rule
	seed     uint64
	sent     limiter.Ticket
	refusals uint64        // since the start
	row      int           // refusals in a row
	delay    time.Duration // after the last one in the row
	release  time.Time
}

func (b *backoffOnly) Next(time.Time, int64) time.Time { return b.release }

func (b *backoffOnly) Sent(time.Time, int64) limiter.Ticket {
	b.sent++
	return b.sent - 1
}

func (b *backoffOnly) Done(now time.Time, _ limiter.Ticket, o limiter.Outcome) {
	switch {
	case o.Limited():
		b.delay = b.rule.Delay(b.row, b.delay, keyedrand.Uniform(b.seed, b.refusals))
		b.release = latest(b.release, now.Add(b.delay))
		b.refusals++
		b.row++
	case o.Err == nil:
		b.row, b.delay = 0, 0
	}
}
