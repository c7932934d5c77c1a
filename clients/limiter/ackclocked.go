package limiter

import "time"

// AckClocked is a sliding-window log in which a departure counts from when the
// server must have counted it: from its answer at r, and from s + J at the
// latest, when it left at s and the incoming latency never exceeds J,
//
//	next = min(s + J, r)[N back] + W' − shortest.
//
// Without J an unanswered departure holds its slot until the answer comes, and
// no parameter at all is needed.
//
// No 429, ever, whatever the latencies, as long as J is known or nobody gives up
// on a request that is still on its way (a timeout no shorter than the latency
// in): of any N+1 departures let i be the first and j the last. Then s_j ≥
// min(s_i + J, r_i) + W' − shortest ≥ a_i + W' − shortest, because request i
// arrived at a_i before it was answered; and a_j ≥ s_j + shortest. With costs, of
// any departures whose costs exceed N in all, the last takes the place of the
// first, or of one after it. This is a promise about limits that let everything
// pass that never exceeds N in any span W; see package promise for others.
//
// N back is the departure whose place is the oldest. Where requests may overtake
// each other (Quota.AnyOrder) it is the one whose bound is the earliest instead,
// which need not be the oldest, so that slots are used again sooner. The proof is
// the same: arrivals that share a slot lie W' apart, so that no window has more
// than one of each of N slots. Nothing that risks no 429 can do better with what
// times of departures and answers tell: K · N / (W' + E[min(J, in + out)]) with K
// keys.
//
// Behind Guards.Order, which lets none leave before the one before it has arrived
// for certain, departures are
//
//	s_k = max(b_{k−N} + W', b_{k−1}),  b = min(s + J, r),
//
// and no client that risks neither a 429 nor that requests overtake can do
// better, because it has to wait for both of these as well. Sending as early as
// that allows is best: let s be its departures and s' those of any other with the
// same latencies. Then s_k ≤ s'_k for all k, by induction, because b grows with s,
// and the maximum with both of its terms. So its rate is the ceiling in order, and
// the two rules are the same in it, as bounds only grow.
//
// J counts from when the request is on the wire. Where Left does not tell when
// that is, J includes all that lies before: the client's own work, a handshake,
// the wait for a processor.
//
// Source: ack clocking (Jacobson, "Congestion avoidance and control", 1988),
// applied to the slots of a sliding window.
type AckClocked struct {
	// Latency is J. 0 means not known: answers alone free slots.
	Latency time.Duration
	// Shortest is a lower bound of the incoming latency. 0 is always right; a
	// far server allows departures that much earlier.
	Shortest time.Duration
}

// Validate implements Config.
func (c *AckClocked) Validate(q Quota) error {
	if err := q.Validate(); err != nil {
		return err
	}
	return ValidateLatencies(c.Latency, c.Shortest)
}

// New implements Config.
func (c *AckClocked) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &ackClocked{NewSlots(q, c.Latency, c.Shortest)}, nil
}

type ackClocked struct{ Slots }

func (a *ackClocked) Done(now time.Time, t Ticket, o Outcome) { a.Ended(now, t, &o) }
