package feedback

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// ATB is a token bucket whose rate grows by a factor with success, the greater
// one below the rate at which it was last refused, and is halved when it is
// refused,
//
//	2xx:      rate = rate · First below the refused rate, else rate · Second, and
//	          by Min · N/Per at least; once per Every
//	429, 5xx: refused = rate, rate = max(Min · N/Per, rate/2), no tokens
//	next    = now while tokens ≥ cost, or the bucket is full; tokens grow by rate,
//
// with N/Per the start rate, which is taken to have been refused before anything
// was. It begins with one token.
//
// The paper has two of these: ATB, where each client goes by its own answers, and
// AATB, which adds what a common aggregator knows of the others. This is the
// first. Its constants are those of the authors' implementation,
// github.com/Bfarkiani/ratelimiter, which raises the rate with each success; the
// rates there are of some tens of requests a minute.
//
// Source: Farkiani, Liu and Crowley, "Rethinking HTTP API rate limiting: a
// client-side approach", arXiv 2510.04516, 2025.
type ATB struct {
	// Start is the rate at first; not set, the server's own quota.
	Start limiter.Rate
	// Burst is the size of the bucket in tokens: 1 to 1000000; public
	// implementations have 4.
	Burst float64
	// First and Second are 1 to 10; public implementations have 1.5 and 1.2.
	First, Second float64
	// Min is the lowest rate, and the least step, as a part of the start rate:
	// 0.0001 to 1.
	Min float64
	// Every is how often the rate is raised at most, up to a year. 0 is with each
	// success.
	Every time.Duration
}

// Validate implements limiter.Config.
func (c *ATB) Validate(q limiter.Quota) error {
	return errors.Join(
		q.Validate(),
		c.Start.Validate("start", q),
		between("burst", c.Burst, 1, 1e6),
		between("first", c.First, 1, 10),
		between("second", c.Second, 1, 10),
		between("min", c.Min, 0.0001, 1),
		spanBetween("every", c.Every, 0, 366*24*time.Hour))
}

// New implements limiter.Config.
func (c *ATB) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	rate := c.Start.Or(q).PerSecond()
	return &atb{
		first: c.First, second: c.Second, least: c.Min * rate, every: c.Every,
		rate: rate, refused: rate, tokens: tokens{capacity: c.Burst, left: 1},
	}, nil
}

type atb struct {
	first, second float64
	least         float64 // requests/s
	every         time.Duration

	flying  flights.Costs
	rate    float64   // requests/s
	refused float64   // the rate that last was
	raised  time.Time // when the rate last was

	tokens tokens
}

func (a *atb) Next(_ time.Time, cost int64) time.Time { return a.tokens.next(cost, a.rate) }

func (a *atb) Sent(now time.Time, cost int64) limiter.Ticket {
	a.tokens.fill(now, a.rate)
	a.tokens.take(cost)
	return a.flying.Depart(cost)
}

func (a *atb) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	a.tokens.fill(now, a.rate)
	a.tokens.settle(a.flying.Settle(t, o.Cost))
	switch {
	case o.Limited() || o.Status >= 500:
		a.refused = a.rate
		a.rate = max(a.least, a.rate/2)
		a.tokens.left = min(a.tokens.left, 0)
	case o.OK() && (a.every == 0 || a.raised.IsZero() || now.Sub(a.raised) >= a.every):
		step := a.second
		if a.rate < a.refused {
			step = a.first
		}
		a.rate = min(max(float64(a.rate*step), a.rate+a.least), 1e9)
		a.raised = now
	}
}
