package limiter

import (
	"errors"
	"time"
)

// SlidingLog is a sliding-window log without any margin: a request may leave
// as soon as fewer than N departures lie within the last Per, N/Per being the
// limit,
//
//	next = log[N back] + Per.
//
// Unlike Window it knows nothing of a server that compares whole ticks, or
// strictly: a departure exactly Per after the one N before it is allowed. A
// limit of N/(W' + J) makes it safe, W' being the quota's Span and J the spread
// of the incoming latency.
//
// Source: the rolling-window limiter of the trading library ccxt 4.
type SlidingLog struct {
	// Limit is N/Per; not set, the server's own quota.
	Limit Rate
}

// Validate implements Config.
func (c *SlidingLog) Validate(q Quota) error {
	return errors.Join(q.Validate(), c.Limit.Validate("limit", q))
}

// New implements Config.
func (c *SlidingLog) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	limit := c.Limit.Or(q)
	return &slidingLog{departures: newDepartures(limit.N), window: limit.Per}, nil
}

type slidingLog struct {
	departures
	window time.Duration
}

func (s *slidingLog) Next(_ time.Time, cost int64) time.Time {
	return s.free(cost, s.window)
}

func (s *slidingLog) Sent(now time.Time, cost int64) Ticket { return s.push(now, cost) }

func (s *slidingLog) Done(now time.Time, t Ticket, o Outcome) { s.settle(now, t, o.Cost) }

// OpenLoop implements OpenLoop.
func (s *slidingLog) OpenLoop() {}
