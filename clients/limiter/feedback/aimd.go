package feedback

import (
	"errors"
	"math"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// AIMD paces departures at a rate that it feels its way to: additive increase
// while the server answers, multiplicative decrease when it refuses,
//
//	next = last + cost of the last/rate,
//	2xx: rate = rate + gain/rate           if the last two departures lie less
//	                                       than 2/rate apart,
//	429: rate = max(least, beta · rate)    if the refused request left after
//	                                       the last decrease,
//
// with the start rate N/Per as the measure of both: gain = increase · N/Per per
// Per, and least = min · N/Per, so that the same parameters suit 20 requests a
// second and 100 an hour. A time Per of successes at the full rate is Per · rate
// of them, so that the rate gains increase · N/Per in it. The first condition keeps the rate from
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
	Start limiter.Rate
	// Increase is what the rate gains per time Per of successes, as a part of
	// the start rate N/Per: 0 to 1000; 0 never raises.
	Increase float64
	// Beta is 0.01 to 1; 1 never lowers.
	Beta float64
	// Min is the lowest rate, as a part of the start rate: 0.0001 to 1.
	Min float64
}

// Validate implements limiter.Config.
func (c *AIMD) Validate(q limiter.Quota) error {
	return errors.Join(
		q.Validate(),
		c.Start.Validate("start", q),
		between("increase", c.Increase, 0, 1000),
		between("beta", c.Beta, 0.01, 1),
		between("min", c.Min, 0.0001, 1))
}

// New implements limiter.Config.
func (c *AIMD) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	start := c.Start.Or(q)
	rate := start.PerSecond()
	return &aimd{rate: rate, gain: c.Increase * rate / start.Per.Seconds(), beta: c.Beta, least: c.Min * rate}, nil
}

type aimd struct {
	rate   float64 // requests/s
	gain   float64 // requests/s per second
	beta   float64
	least  float64 // requests/s
	used   bool    // whether departures make use of the rate
	last   time.Time
	cost   int64 // of the last departure, with what others turned out to cost since
	flying flights.Costs
	sent   limiter.Ticket
	counts limiter.Ticket // the first departure whose refusal lowers the rate
}

func (a *aimd) Next(now time.Time, _ int64) time.Time {
	if a.sent == 0 {
		return now
	}
	return a.last.Add(a.interval(a.cost))
}

// interval is cost/rate, rounded up to whole nanoseconds.
func (a *aimd) interval(cost int64) time.Duration {
	return time.Duration(math.Ceil(min(float64(cost)*float64(time.Second)/a.rate, float64(longestWait))))
}

func (a *aimd) Sent(now time.Time, cost int64) limiter.Ticket {
	if cost > 0 {
		a.used = a.sent > 0 && now.Sub(a.last) < 2*a.interval(max(a.cost, 1))
		a.last, a.cost = now, cost
	}
	a.sent++
	return a.flying.Depart(cost)
}

func (a *aimd) Done(_ time.Time, t limiter.Ticket, o limiter.Outcome) {
	a.cost = max(0, a.cost+a.flying.Settle(t, o.Cost))
	switch {
	case o.OK() && a.used:
		a.rate += a.gain / a.rate
	case o.Limited() && t >= a.counts:
		a.rate = max(a.least, a.beta*a.rate)
		a.counts = a.sent
	}
}
