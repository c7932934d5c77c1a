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
// arrived at a_i before it was answered; and a_j ≥ s_j + shortest.
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
