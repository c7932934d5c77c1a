package limiter

import (
	"errors"
	"math"
	"time"
)

// AIMD paces departures at a rate that it feels its way to: additive increase
// while the server answers, multiplicative decrease when it refuses,
//
//	next = last + 1/rate,
//	200: rate = rate + increase/rate       if the last two departures lie less
//	                                       than 2/rate apart,
//	429: rate = max(min, beta · rate)      if the refused request left after
//	                                       the last decrease.
//
// A second of successes at the full rate is rate of them, so that increase is
// what the rate gains per second. The first condition keeps the rate from
// growing on demand that does not use half of it; the second counts refusals
// that are on their way at the same time as one. No other end of a request
// changes anything. An idle time is not made good.
//
// Feeling the way means being refused: where a server bans for that, each
// tooth of the saw costs a strike.
//
// Source: Chiu and Jain, "Analysis of the increase and decrease algorithms for
// congestion avoidance in computer networks", 1989. The first condition is that
// of AIMDLimit in Netflix's concurrency-limits, which steers the number in
// flight; the second is TCP's one decrease per window (RFC 6582).
type AIMD struct {
	// Start is the rate before any answer; not set, the server's own quota.
	Start Rate
	// Increase is in requests/s per second, 0 to 1000000; 0 never raises.
	Increase float64
	// Beta is 0.01 to 1; 1 never lowers.
	Beta float64
	// Min is in requests/s, 0.001 to 1000000.
	Min float64
}

// Validate implements Config.
func (c *AIMD) Validate(q Quota) error {
	return errors.Join(
		q.Validate(),
		c.Start.Validate("start", q),
		between("increase", c.Increase, 0, 1e6),
		between("beta", c.Beta, 0.01, 1),
		between("min", c.Min, 0.001, 1e6))
}

// New implements Config.
func (c *AIMD) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &aimd{config: *c, rate: max(c.Min, c.Start.Or(q).PerSecond())}, nil
}

type aimd struct {
	config AIMD
	rate   float64 // requests/s
	used   bool    // whether departures make use of it
	last   time.Time
	sent   Ticket
	counts Ticket // the first departure whose refusal lowers the rate
}

func (a *aimd) Next(now time.Time) time.Time {
	if a.sent == 0 {
		return now
	}
	return a.last.Add(a.interval())
}

// interval is 1/rate, rounded up to whole nanoseconds.
func (a *aimd) interval() time.Duration {
	return time.Duration(math.Ceil(float64(time.Second) / a.rate))
}

func (a *aimd) Sent(now time.Time) Ticket {
	a.used = a.sent > 0 && now.Sub(a.last) < 2*a.interval()
	a.last = now
	a.sent++
	return a.sent - 1
}

func (a *aimd) Done(_ time.Time, t Ticket, o Outcome) {
	switch {
	case o.OK() && a.used:
		a.rate += a.config.Increase / a.rate
	case o.Status == 429 && t >= a.counts:
		a.rate = max(a.config.Min, a.config.Beta*a.rate)
		a.counts = a.sent
	}
}
