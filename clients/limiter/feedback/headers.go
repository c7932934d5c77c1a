package feedback

import (
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Headers is ack-clocked, corrected downwards by what the server states of the
// limit, and upwards to no more than the quota, which is what is proven,
//
//	limit   = min(quota's, stated limit),
//	foreign = stated limit − remaining − the most that it can have counted of ours,
//	next    = bound[limit back] + W' − shortest; foreign counts as a departure
//	          whose bound is the answer; no earlier than a refusal asks for.
//
// It finds by itself that a limit has come down, or that others use it up, and
// that it is what it was again. A refusal without a statement says that nothing
// remains.
//
// What a server states is not what will remain when a request arrives, and it
// cannot be made out which of the departures it has counted. So nothing is
// believed but what follows for certain: that more has been used than ours can
// come to. No 429, ever, under the conditions of AckClocked, as long as the limit
// does not come down and nobody else uses it; when it comes down, those that are
// under way may be refused, and no others: all that leave after an answer under
// the new limit keep to it.
//
// Statements are those of a window. For a bucket the limit that the quota has per
// window is kept to, and nothing is taken to be foreign.
//
// Source: limiter.AckClocked; IETF draft "RateLimit header fields for HTTP";
// RFC 9110, section 10.2.3 (Retry-After).
type Headers struct {
	// Latency and Shortest are as for limiter.AckClocked.
	Latency  time.Duration
	Shortest time.Duration
	// Budget is the name of the limit in what the server states; "" is the
	// first that it states.
	Budget string
}

// Validate implements limiter.Config.
func (c *Headers) Validate(q limiter.Quota) error {
	if err := q.Validate(); err != nil {
		return err
	}
	return limiter.ValidateLatencies(c.Latency, c.Shortest)
}

// New implements limiter.Config.
func (c *Headers) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &headers{Slots: limiter.NewSlots(q, c.Latency, c.Shortest), quota: q, budget: c.Budget}, nil
}

type headers struct {
	limiter.Slots
	quota  limiter.Quota
	budget string
	spent  int64         // cost of all departures
	flying flights.Costs // for each departure, what had been spent with it
	hold   time.Time     // nothing leaves before
}

func (h *headers) Next(now time.Time, cost int64) time.Time {
	return latest(h.Slots.Next(now, cost), h.hold)
}

func (h *headers) Sent(now time.Time, cost int64) limiter.Ticket {
	h.spent += cost
	h.flying.Depart(h.spent)
	return h.Slots.Sent(now, cost)
}

func (h *headers) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	h.Ended(now, t, &o)
	since := h.spent - h.flying.Land(t)
	if o.Err != nil {
		return
	}
	limit, remaining, stated := h.stated(&o)
	if stated && limit > 0 {
		h.SetLimit(limit)
	}
	if limit == 0 {
		limit = h.Limit()
	}
	if h.quota.Burst == 0 && !o.Sent.IsZero() && (stated || o.Limited()) {
		foreign := limit - remaining - h.Held(o.Sent) - since
		h.Hold(now, foreign-max(0, limit-int64(h.quota.Limit))) // what is more than we may use leaves room for others
	}
	if o.RetryAfter > 0 && (o.Limited() || o.Status >= 400) {
		h.hold = latest(h.hold, now.Add(o.RetryAfter))
	}
}

// stated is what an answer says of the limit. A limit of 0 is not stated.
func (h *headers) stated(o *limiter.Outcome) (limit, remaining int64, stated bool) {
	for i := range o.Budgets {
		if b := &o.Budgets[i]; h.budget == "" || b.Name == h.budget {
			return max(0, b.Limit), max(0, b.Remaining), true
		}
	}
	return 0, 0, false
}
