package limiter

import "time"

// Header does what the server's header fields say: it spends the budget that
// the last answer left, then waits for the reset,
//
//	next = now                      while departures since < remaining,
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

// Validate implements Config.
func (c *Header) Validate(q Quota) error { return q.Validate() }

// New implements Config.
func (c *Header) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &header{}, nil
}

type header struct {
	sent     Ticket
	flying   int
	budget   int       // departures left until reset; 0 before the first answer
	reset    time.Time // when there will be more
	resetSet bool
	hold     time.Time // nothing leaves before
}

func (h *header) Next(now time.Time, _ int64) time.Time {
	at := now
	if h.budget <= 0 {
		switch {
		case h.flying > 0 && (!h.resetSet || !h.reset.After(now)):
			at = Never // an answer on its way will tell
		case h.resetSet:
			at = h.reset
		}
	}
	return latest(at, h.hold)
}

func (h *header) Sent(time.Time, int64) Ticket {
	h.sent++
	h.flying++
	h.budget--
	return h.sent - 1
}

func (h *header) Done(now time.Time, _ Ticket, o Outcome) {
	h.flying--
	if len(o.Budgets) > 0 {
		h.budget = int(o.Budgets[0].Remaining) - h.flying
		h.reset, h.resetSet = now.Add(o.Budgets[0].Reset), true
	}
	if o.RetryAfter > 0 && o.Status >= 400 {
		h.hold = latest(h.hold, now.Add(o.RetryAfter))
	}
}
