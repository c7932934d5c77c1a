package bucket

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Acked is bucket-acked: it keeps the server's bucket as it is if each request
// came as late as it may have, which is J after it left, or when it was answered if
// that was earlier. Ordered by that latest time u, with C the costs of all that are
// at u or later, and T = (W + drift)/N,
//
//	next = max(u + (C + cost − b) · T + late) − shortest, over all with C + cost > b,
//
// for a bucket of b that is refilled at N per W. Late is what the server refills
// late, and a tick of its clock if that does not divide W/N.
//
// No refusal, ever, as long as nobody else uses the bucket and no request takes
// longer than J. A bucket refuses only if, of some arrivals in a span d up to
// one of them, the costs are more than b + d/T. Take the last of these to arrive
// that left last of all, at s, so that it comes at s + shortest at least, and the
// first arrival of the span, at a ≤ u. All of the span arrive at a or later, so each
// has a latest time of a at least, and their costs without its own are at most the C
// of the earliest of those latest times. If that C and its own cost are b at most,
// there are no more than b. Else the rule has s + shortest − u ≥ (C + cost − b) · T
// + late for it, and a ≤ u. One that arrives after s + shortest, though it left
// earlier, finds the same costs later.
//
// It gets the most that a client can that never risks a refusal and goes by its own
// times: whoever leaves before next may be refused, by latencies that nothing it
// knows speaks against; and to delay one departure brings none forward. Where J is
// no more than (b − 1) · T, that is the rate of the bucket, as with Paced; a bucket
// of 1 is a window of 1 per T, and Acked is limiter.AckClocked there.
//
// For a quota that is a window it is limiter.AckClocked.
//
// Source: ack clocking (Jacobson, "Congestion avoidance and control", 1988) on the
// generic cell rate algorithm (ITU-T I.371).
type Acked struct {
	// Latency is J, the longest incoming latency, 0 to a year; 0 is not known: a
	// request counts as arrived when it is answered, or given up.
	Latency time.Duration
	// Shortest is the shortest incoming latency: 0, which is always right, to
	// Latency.
	Shortest time.Duration
}

// Validate implements limiter.Config.
func (c *Acked) Validate(q limiter.Quota) error {
	if err := errors.Join(q.Validate(), limiter.ValidateLatencies(c.Latency, c.Shortest)); err != nil {
		return err
	}
	return limiter.Rate{N: q.Limit, Per: q.Widen(q.Window)}.ValidateAhead("quota's Burst", q.Burst, q)
}

// New implements limiter.Config.
func (c *Acked) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	if q.Burst == 0 {
		return (&limiter.AckClocked{Latency: c.Latency, Shortest: c.Shortest}).New(q)
	}
	late := q.Refill
	if tick := int64(q.Resolution); tick > 0 && int64(q.Window)%(int64(q.Limit)*tick) != 0 {
		late += q.Resolution
	}
	return &acked{
		n: int64(q.Limit), token: int64(q.Widen(q.Window)), capacity: int64(q.Burst),
		longest: q.Widen(c.Latency), ahead: 2*c.Shortest - q.Widen(c.Shortest), late: q.Widen(late),
	}, nil
}

type acked struct {
	n, token int64 // token/n nanoseconds is T
	capacity int64
	longest  time.Duration // J, with the drift; 0 is not known
	ahead    time.Duration // the shortest latency, less the drift
	late     time.Duration

	flying flights.Costs
	held   arrivals // as much as fits into the bucket
	total  int64    // cost of them
	// When a bucket without capacity would be full again that has had what came
	// before: at past, and parts of 1/n of a nanosecond.
	past  time.Time
	parts int64
}

func (a *acked) Next(_ time.Time, cost int64) (at time.Time) {
	switch {
	case cost > a.capacity:
		return limiter.Impossible
	case cost == 0:
		return time.Time{}
	}
	if !a.past.IsZero() {
		at = a.past.Add(a.takes(a.parts, a.total+cost-a.capacity) + a.late - a.ahead)
	}
	since := a.total
	for i := range a.held.len() {
		h := a.held.at(i)
		over := since + cost - a.capacity
		if over <= 0 {
			break
		}
		if !h.latest.Before(limiter.Never) {
			return limiter.Never
		}
		if free := h.latest.Add(a.takes(0, over) + a.late - a.ahead); free.After(at) {
			at = free
		}
		since -= h.cost
	}
	return at
}

// takes is how long a bucket takes for so many tokens and parts, rounded up.
func (a *acked) takes(parts, tokens int64) time.Duration {
	parts += tokens * a.token
	d := parts / a.n
	if parts > d*a.n {
		d++
	}
	return time.Duration(d)
}

func (a *acked) Sent(now time.Time, cost int64) limiter.Ticket {
	t := a.flying.Depart(cost)
	if cost == 0 {
		return t
	}
	for over := a.total + cost - a.capacity; over > 0 && a.held.len() > 0; {
		oldest := a.held.at(0)
		part := min(over, oldest.cost)
		a.pour(oldest.latest, part)
		a.take(0, part)
		over -= part
	}
	a.hold(arrival{a.latest(now), cost, t})
	return t
}

// latest is when a request arrives at the latest that leaves now.
func (a *acked) latest(now time.Time) time.Time {
	if a.longest == 0 {
		return limiter.Never
	}
	return now.Add(a.longest)
}

// pour adds an arrival to the past, after which all come that are held.
func (a *acked) pour(at time.Time, cost int64) {
	if a.past.Before(at) {
		a.past, a.parts = at, 0
	}
	parts := a.parts + cost*a.token
	a.past, a.parts = a.past.Add(time.Duration(parts/a.n)), parts%a.n
}

func (a *acked) hold(h arrival) {
	a.held.insert(h)
	a.total += h.cost
}

// take takes from the cost of one that is held, which is held no longer if nothing
// is left of it.
func (a *acked) take(i int, cost int64) {
	h := a.held.at(i)
	h.cost -= cost
	a.total -= cost
	if h.cost == 0 {
		a.held.remove(i)
	}
}

// Done implements limiter.Limiter. The server settled before it answered: what more
// it took counts from now, and what it gave back has never been taken.
func (a *acked) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	more, i := a.flying.Settle(t, o.Cost), a.held.find(t)
	if i >= 0 && (o.Err == nil || a.longest == 0) && now.Before(a.held.at(i).latest) {
		i = a.held.move(i, now)
	}
	switch {
	case more > 0:
		a.hold(arrival{now, more, t})
	case more < 0 && i >= 0:
		a.take(i, min(-more, a.held.at(i).cost))
	}
}

// Delay implements limiter.Delayable.
func (a *acked) Delay(t limiter.Ticket) { a.set(t, limiter.Never) }

// Left implements limiter.Delayable.
func (a *acked) Left(now time.Time, t limiter.Ticket) { a.set(t, a.latest(now)) }

func (a *acked) set(t limiter.Ticket, latest time.Time) {
	if i := a.held.find(t); i >= 0 {
		a.held.move(i, latest)
	}
}
