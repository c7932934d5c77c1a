package peers

import (
	"errors"
	"time"

	"golang.org/x/time/rate"

	"ratebench/clients/limiter"
)

// XTimeRate is the token bucket of golang.org/x/time/rate, driven by explicit
// time: a bucket of Burst tokens that starts full and fills at the rate Limit,
//
//	next = last + (1 − tokens(last)) / limit, cut to whole nanoseconds,
//
// where tokens(last) are those left by the last departure. That is when a
// caller of its Wait would leave, at most a nanosecond before bucket.TokenBucket: the
// library counts in floating point, and cuts a wait where this package rounds
// it up.
//
// The question is put to TokensAt, which changes nothing, and once after each
// departure, so that rounding cannot shift the answer between two questions.
// ReserveN followed by CancelAt at the same instant would not do: it leaves the
// bucket a rounding error away from where it was. Nor would a reservation kept
// for the next departure: one made while the bucket is full, and used later,
// comes on top of what has been added meanwhile.
//
// Source: golang.org/x/time/rate v0.16.0.
type XTimeRate struct {
	// Limit is the rate; not set, the server's own quota.
	Limit limiter.Rate
	// Burst is the size of the bucket in tokens, from 1; 0 is that of the
	// server's bucket, and the N of the limit where it is told of none.
	Burst int
}

// Validate implements limiter.Config.
func (c *XTimeRate) Validate(q limiter.Quota) error {
	if c.Burst == 0 {
		return errors.Join(q.Validate(), c.Limit.ValidateAhead("quota's Burst", q.Burst, q))
	}
	return errors.Join(q.Validate(), c.Limit.ValidateAhead("burst", c.Burst, q))
}

// New implements limiter.Config.
func (c *XTimeRate) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	limit, burst := c.Limit.Or(q), c.Burst
	if burst == 0 {
		burst = q.Burst
	}
	if burst == 0 {
		burst = limit.N
	}
	return &xTimeRate{bucket: rate.NewLimiter(rate.Limit(limit.PerSecond()), burst)}, nil
}

type xTimeRate struct {
	departures
	bucket *rate.Limiter
	last   time.Time // departure; zero before the first
	tokens float64   // that it left
	next   time.Time // for a cost of 1
}

func (x *xTimeRate) Next(_ time.Time, cost int64) time.Time {
	switch {
	case cost > int64(x.bucket.Burst()):
		return limiter.Impossible
	case cost == 1 || x.sent == 0:
		return x.next
	default:
		return x.enough(cost)
	}
}

// Sent takes tokens even when a rounding error is missing from a whole one:
// ReserveN leaves the error in the bucket, where AllowN would refuse.
func (x *xTimeRate) Sent(now time.Time, cost int64) limiter.Ticket {
	x.bucket.ReserveN(now, int(cost))
	x.look(now)
	return x.count(cost)
}

// Done reserves what a request turned out to cost beyond what it was charged, a
// hundred buckets at most. The library gives nothing back once a request has left:
// cancelling what was reserved for it has no effect then.
func (x *xTimeRate) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	more := x.more(t, o)
	if more == 0 {
		return
	}
	burst := int64(x.bucket.Burst())
	for more = min(more, 100*burst); more > 0; more -= burst {
		x.bucket.ReserveN(now, int(min(more, burst)))
	}
	x.look(now)
}

// Keeps says why what is given back is of no use.
func (*XTimeRate) Keeps() string { return "x/time/rate takes nothing back once a request has left" }

// look looks at what there is after something has been taken.
func (x *xTimeRate) look(now time.Time) {
	x.last, x.tokens = now, x.bucket.TokensAt(now)
	x.next = x.enough(1)
}

// enough is when there are tokens for a cost.
func (x *xTimeRate) enough(cost int64) time.Time {
	missing := float64(cost) - x.tokens
	return x.last.Add(time.Duration(missing / float64(x.bucket.Limit()) * float64(time.Second)))
}
