package feedback

import (
	"errors"
	"math"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// CUBIC steers the rate of a token bucket as the adaptive retry mode of the AWS
// SDKs does. Nothing is held back until the first 429. With each answer it
// measures the rate m of answers, smoothed over half windows,
//
//	m = smooth · answers/time + (1 − smooth) · m     at the first answer in a
//	                                                 later half window,
//
// and sets the rate that the bucket fills at,
//
//	429:   w = min(m, rate), or m the first time; K = ∛(w · (1 − beta) / steepness)
//	       rate = beta · w
//	other: rate = steepness · (t − K)³ + w,  t after the last 429
//	both:  capacity = max(1, min(rate, 2 · m)), rate = max(least, min(rate, 2 · m)),
//
// with the quota of N requests per window W as the measure of both: steepness =
// scale · N/W per W³, and least = min · N/W. The rate climbs back to w, the one
// that was refused, in the time K, levels off there, and then probes beyond it
// ever faster. A departure takes as many tokens as it costs and waits until they
// are there, or until the bucket is full.
//
// The SDKs count in seconds, whatever the limit of the service: they are this
// limiter for a quota of 20 requests per second. Half windows are those of the
// calendar, as in the SDKs, and the first span begins with the whole window of
// the first departure. The other half of the
// adaptive mode, which retries with a quota and a backoff, is for the client
// to do.
//
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", adaptive mode;
// constants as in aws-sdk-go-v2 v1.47, aws/retry. The curve is that of CUBIC
// (Ha, Rhee and Xu, "CUBIC: a new TCP-friendly high-speed TCP variant", 2008;
// RFC 9438).
type CUBIC struct {
	// Beta is 0.01 to 1; the SDKs have 0.7.
	Beta float64
	// Scale is in quotas per window³, 0.0001 to 10000; the SDKs have 0.4
	// requests/s per s³, which is 0.02 of 20/1s.
	Scale float64
	// Smooth is 0.01 to 1; the SDKs have 0.8.
	Smooth float64
	// Min is the lowest rate, as a part of the quota: 0.0001 to 1; the SDKs have
	// 0.5 requests/s, which is 0.025 of 20/1s.
	Min float64
}

// Validate implements limiter.Config.
func (c *CUBIC) Validate(q limiter.Quota) error {
	return errors.Join(
		q.Validate(),
		between("beta", c.Beta, 0.01, 1),
		between("scale", c.Scale, 0.0001, 10000),
		between("smooth", c.Smooth, 0.01, 1),
		between("min", c.Min, 0.0001, 1))
}

// New implements limiter.Config.
func (c *CUBIC) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	window := q.Window.Seconds()
	rate := float64(q.Limit) / window
	return &cubic{
		beta: c.Beta, smooth: c.Smooth, least: c.Min * rate,
		steepness: c.Scale * rate / (window * window * window),
		window:    q.Window,
	}, nil
}

// Products that are added to something are converted to float64 by hand, which
// keeps compilers from fusing the two operations where a processor can: the
// result should not depend on it.
type cubic struct {
	beta, smooth float64
	steepness    float64 // requests/s per s³
	least        float64 // requests/s
	window       time.Duration
	sent         limiter.Ticket
	flying       flights.Costs

	measured  float64   // m, in answers/s
	halfSince time.Time // when the span being measured began
	answers   float64   // since then

	refused  float64   // w, in requests/s; 0 before the first 429
	recovery float64   // K, in seconds
	lastStop time.Time // the last 429, at first the first departure

	enabled  bool      // from the first 429
	rate     float64   // that the bucket fills at, in tokens/s
	capacity float64   // in tokens
	tokens   float64   // in the bucket at filled
	filled   time.Time // zero before the first answer
	next     time.Time // when there is a whole token
}

func (c *cubic) Next(_ time.Time, cost int64) time.Time {
	if cost == 1 {
		return c.next
	}
	return c.fullEnough(cost)
}

func (c *cubic) Sent(now time.Time, cost int64) limiter.Ticket {
	if c.sent == 0 {
		c.halfSince, c.lastStop = now.Truncate(c.window), now
	}
	if c.enabled {
		c.fill(now)
		c.tokens -= float64(cost)
		c.plan()
	}
	c.sent++
	return c.flying.Depart(cost)
}

func (c *cubic) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	if more := c.flying.Settle(t, o.Cost); c.enabled {
		c.tokens -= float64(more) // as of filled; no more than the capacity then
	}
	c.measure(now)
	if o.Limited() {
		c.setRate(now, c.back(now))
	} else {
		c.setRate(now, c.curve(now))
	}
}

// measure counts an answer.
func (c *cubic) measure(now time.Time) {
	c.answers++
	half := now.Truncate(c.window / 2)
	if !half.After(c.halfSince) {
		return
	}
	rate := c.answers / half.Sub(c.halfSince).Seconds()
	c.measured = float64(rate*c.smooth) + float64(c.measured*(1-c.smooth))
	c.halfSince, c.answers = half, 0
}

// back notes a refusal, and returns the rate to go back to.
func (c *cubic) back(now time.Time) float64 {
	c.refused = c.measured
	if c.enabled {
		c.refused = min(c.refused, c.rate)
	}
	c.recovery = math.Cbrt(c.refused * (1 - c.beta) / c.steepness)
	c.lastStop = now
	c.enabled = true
	return c.refused * c.beta
}

// curve is the rate that the cubic curve has reached at now.
func (c *cubic) curve(now time.Time) float64 {
	t := now.Sub(c.lastStop).Seconds() - c.recovery
	return float64(c.steepness*t*t*t) + c.refused
}

func (c *cubic) setRate(now time.Time, rate float64) {
	c.fill(now)
	rate = min(rate, 2*c.measured)
	c.rate, c.capacity = max(rate, c.least), max(rate, 1)
	c.plan()
}

// fill adds the tokens due since the last time. The bucket starts empty.
func (c *cubic) fill(now time.Time) {
	if !c.filled.IsZero() {
		due := now.Sub(c.filled).Seconds() * c.rate
		c.tokens = min(c.tokens+float64(due), c.capacity)
	}
	c.filled = now
}

// plan works out when there is a whole token. It is kept instead of being
// asked for, so that rounding cannot shift it between two questions.
func (c *cubic) plan() { c.next = c.fullEnough(1) }

// fullEnough is when there are tokens for a cost, as of the last change.
func (c *cubic) fullEnough(cost int64) time.Time {
	need := min(float64(cost), c.capacity)
	switch {
	case !c.enabled:
		return time.Time{}
	case c.tokens >= need:
		return c.filled
	default:
		wait := (need - c.tokens) / c.rate * float64(time.Second)
		return c.filled.Add(time.Duration(math.Ceil(min(wait, float64(longestWait)))))
	}
}
