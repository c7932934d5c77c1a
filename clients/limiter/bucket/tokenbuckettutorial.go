package bucket

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// TokenBucketTutorial is a token bucket that is filled in portions, by a clock
// of its own: it holds at most N tokens and starts full, and each period is cut
// into as many equal parts as the largest divisor of N below N, each of which
// ends with N/parts more tokens,
//
//	refill k at first + k · Per/parts,  k = 1, 2, …
//	tokens   = min(N, tokens + N/parts) at each refill,
//	next     = now while there are tokens, else the next refill.
//
// Examples: 12/1s adds 2 tokens every 1/6 s, 8/1s adds 2 every 250 ms, 20/1s
// adds 2 every 100 ms; a prime N all of its tokens once a period. Refills lie
// on a grid since the first departure, whatever happens in between.
//
// Starting full it lets up to 2N through in the first period after a pause. In
// the original a worker that finds the bucket empty looks again after Per/N,
// which is for the gate to do.
//
// Source: the token bucket of a "Python SDK Tutorial, part 4" (Suarez, 2019).
type TokenBucketTutorial struct {
	// Rate is N/Per; not set, the server's own quota. The tutorial's Per is
	// a second.
	Rate limiter.Rate
}

// Validate implements limiter.Config.
func (c *TokenBucketTutorial) Validate(q limiter.Quota) error {
	return errors.Join(q.Validate(), c.Rate.Validate("rate", q))
}

// New implements limiter.Config.
func (c *TokenBucketTutorial) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	rate := c.Rate.Or(q)
	n, parts := int64(rate.N), int64(largestDivisor(rate.N))
	return &tutorialBucket{
		size: n, tokens: n, portion: n / parts,
		grid: grid{period: rate.Per, parts: parts},
	}, nil
}

// largestDivisor of n below n and above 1; 1 when there is none.
func largestDivisor(n int) int {
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return n / d
		}
	}
	return 1
}

type tutorialBucket struct {
	grid
	flying  flights.Costs
	size    int64
	portion int64     // tokens in a refill
	tokens  int64     // after the last departure
	refills int64     // until then
	begun   bool      // whether there was a departure
	first   time.Time // departure
}

func (b *tutorialBucket) Next(now time.Time, cost int64) time.Time {
	if cost > b.size {
		return limiter.Impossible
	}
	tokens, refills := b.at(now)
	if tokens >= cost {
		return now
	}
	return b.first.Add(b.time(refills + (cost-tokens+b.portion-1)/b.portion))
}

func (b *tutorialBucket) Sent(now time.Time, cost int64) limiter.Ticket {
	if !b.begun {
		b.begun, b.first = true, now
	}
	b.tokens, b.refills = b.at(now)
	b.tokens -= cost
	return b.flying.Depart(cost)
}

// Done takes or gives back what a request turned out to cost, a hundred buckets at
// most.
func (b *tutorialBucket) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	if more := b.flying.Settle(t, o.Cost); more != 0 {
		b.tokens, b.refills = b.at(now)
		b.tokens = min(b.size, max(b.tokens-min(more, 100*b.size), -100*b.size))
	}
}

// at returns the tokens in the bucket at now, and the refills until then.
func (b *tutorialBucket) at(now time.Time) (tokens, refills int64) {
	if !b.begun {
		return b.tokens, 0
	}
	refills = b.until(now.Sub(b.first))
	due := min(refills-b.refills, b.parts) // as many fill the bucket
	return min(b.size, b.tokens+due*b.portion), refills
}

// grid cuts each period into equal parts, whose ends are counted from 1. An end
// that is not a whole nanosecond is rounded up by itself, so that nothing adds
// up.
type grid struct {
	period time.Duration
	parts  int64
}

// until counts the ends until d.
func (g grid) until(d time.Duration) int64 {
	whole, rest := int64(d/g.period), int64(d%g.period)
	return whole*g.parts + rest*g.parts/int64(g.period)
}

// time is when end k comes.
func (g grid) time(k int64) time.Duration {
	whole, rest := time.Duration(k/g.parts), k%g.parts
	return whole*g.period + time.Duration((rest*int64(g.period)+g.parts-1)/g.parts)
}

// OpenLoop implements limiter.OpenLoop.
func (b *tutorialBucket) OpenLoop() {}
