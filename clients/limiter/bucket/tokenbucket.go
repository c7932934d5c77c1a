package bucket

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// TokenBucket is a bucket of at most b tokens that starts full and fills at
// the rate ρ; a departure takes a token and waits until there is a whole one,
//
//	tokens(t) = min(b, tokens(last) + ρ · (t − last)),
//	next      = the first instant at which tokens ≥ 1.
//
// Departures in any span of length T are at most b + ρ·T. Against a sliding
// window that is safe only if ρ·(W' + J) + b − 1 ≤ N, roughly: b = 1 and
// ρ = N/(W' + J) make an even pace, where a bucket of N tokens at N per window
// lets up to 2N through in some windows.
//
// The arithmetic is exact: tokens are counted in parts of 1/Per, so that each
// nanosecond adds N of them and a departure takes Per, ρ being N/Per.
//
// Source: Turner, "New directions in communications (or which way to the
// information age?)", 1986, as a leaky bucket; the token bucket of RFC 2697
// and RFC 3290.
type TokenBucket struct {
	// Limit is ρ = N/Per; not set, the server's own quota.
	Limit limiter.Rate
	// Burst is b in tokens, from 1; 0 is that of the server's bucket, and the
	// N of the limit where it is told of none.
	Burst int
}

// Validate implements limiter.Config.
func (c *TokenBucket) Validate(q limiter.Quota) error {
	if c.Burst == 0 {
		return errors.Join(q.Validate(), c.Limit.ValidateAhead("quota's Burst", q.Burst, q))
	}
	return errors.Join(q.Validate(), c.Limit.ValidateAhead("burst", c.Burst, q))
}

// New implements limiter.Config.
func (c *TokenBucket) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	limit := c.Limit.Or(q)
	full := int64(burstOr(c.Burst, limit, q)) * int64(limit.Per)
	return &tokenBucket{tokens: tokens{n: int64(limit.N), token: int64(limit.Per), full: full, level: full}}, nil
}

// burstOr is a burst for which 0 stands for that of the server's bucket, or for
// the N of the limit where it has none.
func burstOr(burst int, limit limiter.Rate, q limiter.Quota) int {
	if burst == 0 {
		burst = q.Burst
	}
	if burst == 0 {
		burst = limit.N
	}
	return burst
}

type tokenBucket struct {
	tokens
	flying flights.Costs
}

func (b *tokenBucket) Sent(now time.Time, cost int64) limiter.Ticket {
	b.take(now, cost)
	return b.flying.Depart(cost)
}

// Done implements limiter.Limiter.
func (b *tokenBucket) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	b.settle(now, b.flying.Settle(t, o.Cost))
}

// OpenLoop implements limiter.OpenLoop.
func (b *tokenBucket) OpenLoop() {}
