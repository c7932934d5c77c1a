package feedback

import (
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Header does what the server's header fields say: it spends the budget that
// the last answer left, then waits for the reset,
//
//	next = now                      while departures since, by cost, < remaining,
//	       answer + reset           when the budget is spent,
//	       answer + retry-after     after a refusal that asks for a pause.
//
// Until the first answer one request is in flight at a time. Fields count
// whole seconds, which is coarse beside a window of one second. An answer
// knows nothing of what left after its request: departures still on their way
// are taken off the budget. Answers that overtake each other can make it too
// large for a moment.
//
// Source: IETF draft "RateLimit header fields for HTTP"; RFC 9110, section
// 10.2.3 (Retry-After).
type Header struct{}

// Validate implements limiter.Config.
func (c *Header) Validate(q limiter.Quota) error { return q.Validate() }

// New implements limiter.Config.
func (c *Header) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &header{}, nil
}

type header struct {
	flying   flights.Costs
	budget   int64     // left until reset; 0 before the first answer
	limit    int64     // the most there can be; 0 is not known
	reset    time.Time // when there will be more
	resetSet bool
	hold     time.Time // nothing leaves before
}

func (h *header) Next(now time.Time, cost int64) time.Time {
	if h.limit > 0 && cost > h.limit {
		return limiter.Impossible
	}
	at := now
	if h.budget < cost {
		switch {
		case !h.flying.None() && (!h.resetSet || !h.reset.After(now)):
			at = limiter.Never // an answer on its way will tell
		case h.resetSet:
			at = h.reset
		}
	}
	return latest(at, h.hold)
}

func (h *header) Sent(_ time.Time, cost int64) limiter.Ticket {
	h.budget -= cost
	return h.flying.Depart(cost)
}

func (h *header) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	h.budget -= h.flying.Settle(t, o.Cost)
	if len(o.Budgets) > 0 {
		b := o.Budgets[0]
		h.budget, h.limit = b.Remaining-h.flying.Sum(), b.Limit
		h.reset, h.resetSet = now.Add(b.Reset), true
	}
	if o.RetryAfter > 0 && o.Status >= 400 {
		h.hold = latest(h.hold, now.Add(o.RetryAfter))
	}
}
