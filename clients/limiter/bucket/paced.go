package bucket

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Paced is bucket-paced: it uses the burst of the server's bucket and then paces
// evenly at its rate, with as much less of a burst as the latency varies,
//
//	T'    = (W + drift) / N,
//	burst = b − (J' + drift) / T',  J' = J + tick + refill,
//	next  = now while tokens ≥ cost; else when they are; tokens grow by 1 per T' up
//	        to burst, with which they begin,
//
// for a bucket of b that is refilled at N per W, every so often or steadily, and a
// spread J of the incoming latency, its longest value less its shortest.
//
// No refusal, ever, as long as nobody else uses the bucket. A bucket lets
// everything pass whose costs in any span d are never more than b + d/T. The costs that leave in any
// span are at most burst + d/T'. What arrives in a span d has left in one of d + J
// at most; the server's clock may show one tick less between two arrivals than
// there is, and what it refills in portions comes up to one portion late. So what
// arrives is at most burst + (d + J')/T' ≤ b + d/T. Costs above burst are none for
// this limiter.
//
// That needs J' ≤ (b − 1) · T', which makes a burst of 1 at least. In front of a
// smaller bucket it paces more slowly, without a burst, requests that cost 1,
//
//	T' = (W/N + J') / b.
//
// Of n that arrive, n > b, the last comes (n − 1) · T' − J' after the first at least.
// That is no less than the (n − b) · W/N that it takes to refill n − b: for n = b + 1
// by the choice of T', and with each one more it grows by T', which exceeds W/N.
//
// The rate is the bucket's, whatever the latency: a window's copy in front of a
// bucket, or a wider spacing, gives away what the burst is there for.
//
// For a quota that is a window it is limiter.Paced, which is as safe there, and
// has no burst.
//
// Source: token bucket and jitter, Cruz, "A calculus for network delay", 1991:
// what has left with a burst σ arrives with σ + ρ·J.
type Paced struct {
	// Spread is J: 0 to a year. 0 is right for a constant latency only.
	Spread time.Duration
}

// Validate implements limiter.Config.
func (c *Paced) Validate(q limiter.Quota) error {
	if err := errors.Join(q.Validate(), checkSpread(c.Spread)); err != nil {
		return err
	}
	return limiter.Rate{N: q.Limit, Per: q.Widen(q.Window)}.ValidateAhead("quota's Burst", q.Burst, q)
}

// New implements limiter.Config.
func (c *Paced) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	if q.Burst == 0 {
		return (&limiter.Paced{Spread: c.Spread}).New(q)
	}
	n, token := int64(q.Limit), int64(q.Widen(q.Window))
	b, vary := int64(q.Burst), spreadParts(c.Spread, q)
	full := b*token - vary
	if full < token {
		token = (token + vary + b - 1) / b // rounded up
		full = token
	}
	return &bucketPaced{tokens: tokens{n: n, token: token, full: full, level: full}}, nil
}

// spreadParts is what comes into the bucket while the latency varies, in parts of
// which Widen(Window) make a token.
func spreadParts(spread time.Duration, q limiter.Quota) int64 {
	d := int64(q.Widen(spread + q.Resolution + q.Refill))
	if d > mostParts/int64(q.Limit) {
		return mostParts
	}
	return d * int64(q.Limit)
}

// mostParts is more than any bucket holds.
const mostParts = 1 << 61

func checkSpread(d time.Duration) error {
	if d < 0 || d > 366*24*time.Hour {
		return fmt.Errorf("spread is %v, want 0 to %v", d, 366*24*time.Hour)
	}
	return nil
}

type bucketPaced struct {
	tokens
	flying flights.Costs
}

func (b *bucketPaced) Sent(now time.Time, cost int64) limiter.Ticket {
	b.take(now, cost)
	return b.flying.Depart(cost)
}

// Done implements limiter.Limiter.
func (b *bucketPaced) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	b.settle(now, b.flying.Settle(t, o.Cost))
}

// OpenLoop implements limiter.OpenLoop.
func (b *bucketPaced) OpenLoop() {}
