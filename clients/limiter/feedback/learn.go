package feedback

import (
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// Learn is ack-clocked for a limit that is not known, or changes, and of which
// the server says nothing: it finds the limit by being refused, and has no more
// refusals than it is given to spend,
//
//	next  = bound[level back] + W' − shortest, or, for one probe at a time,
//	        bound[level + 1 back] + W' − shortest,
//	never   while as many are under way as there are refusals left,
//
//	probe, 2xx: level = level + 1
//	probe, 429: top = level; beyond it not before retry, then twice as long
//	other, 429: level = level/2, or level − 1 if it has just been raised;
//	            top = what was refused less 1, if it left after the last such.
//
// A refusal proves that the limit is less than what may have been counted with
// the refused request: the level that it left under. A probe that passes shows
// that there is room for one more; its proof has the gap that those before it may
// have been counted up to the spread of the latency earlier, which costs a
// refusal more. Up to top the level climbs as fast as probes are answered; beyond
// top, which was refused once, it asks again after Retry, 2 · Retry, 4 · Retry, …
// as long as half of the refusals are left.
//
// No more refusals than Spend, ever, whatever the server does: those that have
// been and all that are under way together are never more. When they are spent,
// nothing leaves any more: where the server bans after more than that, the key
// lives.
//
// What is refused is taken not to count; on a server on which it does the level
// comes out lower, and costs more refusals.
//
// Source: what a refusal and a success prove; multiplicative decrease and
// additive increase as AIMD; the doubled pause as TCP's retransmission timer
// (RFC 6298).
type Learn struct {
	// Latency and Shortest are as for limiter.AckClocked.
	Latency  time.Duration
	Shortest time.Duration
	// Start is the level at first, in requests per window: 1 to the quota's
	// Limit, above which the level never goes. 0 is the quota's Limit.
	Start int
	// Spend is how many refusals there may be in all: 1 to 1000000. 1 stops at
	// the first.
	Spend int
	// Retry is how long after a refusal of a probe the next one asks for more:
	// more than 0 and at most a year. It doubles each time, and begins anew when
	// there is more.
	Retry time.Duration
}

// Validate implements limiter.Config.
func (c *Learn) Validate(q limiter.Quota) error {
	if err := q.Validate(); err != nil {
		return err
	}
	switch {
	case c.Start < 0 || c.Start > q.Limit:
		return fmt.Errorf("start is %d, want 1 to the quota's limit of %d, or 0 for that", c.Start, q.Limit)
	case c.Spend < 1 || c.Spend > 1e6:
		return fmt.Errorf("spend is %d, want 1 to 1000000", c.Spend)
	case c.Retry <= 0 || c.Retry > 366*24*time.Hour:
		return fmt.Errorf("retry is %v, want more than 0 and at most a year", c.Retry)
	}
	return limiter.ValidateLatencies(c.Latency, c.Shortest)
}

// New implements limiter.Config.
func (c *Learn) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	l := &learn{
		Slots: limiter.NewSlots(q, c.Latency, c.Shortest),
		most:  int64(q.Limit), top: int64(q.Limit), level: int64(q.Limit),
		window: q.Window, spend: c.Spend, left: c.Spend, retry: c.Retry, wait: c.Retry,
	}
	if c.Start > 0 {
		l.level = int64(c.Start)
	}
	l.SetLimit(l.level)
	return l, nil
}

type learn struct {
	limiter.Slots
	most   int64 // no level is above
	top    int64 // level beyond which something was refused
	level  int64
	window time.Duration

	spend, left int // refusals: in all, and left of them
	flying      int

	sent    limiter.Ticket
	counts  limiter.Ticket // the first departure whose refusal lowers the level
	probing bool
	probe   limiter.Ticket

	retry    time.Duration
	wait     time.Duration // until the next probe beyond top, if that is refused as well
	retryAt  time.Time
	raisedAt time.Time
	hold     time.Time // nothing leaves before
}

func (l *learn) Next(now time.Time, cost int64) time.Time {
	if cost > l.most {
		return limiter.Impossible
	}
	if l.flying >= l.left {
		return limiter.Never
	}
	at := l.Slots.NextOf(max(l.level, cost), cost)
	if early, ok := l.nextProbe(cost); ok && early.Before(at) {
		at = early
	}
	return latest(at, l.hold)
}

// nextProbe is when a probe may leave.
func (l *learn) nextProbe(cost int64) (at time.Time, ok bool) {
	if l.probing || l.level >= l.most || cost > l.level {
		return at, false
	}
	at = l.Slots.NextOf(l.level+1, cost)
	if l.level < l.top {
		return at, true
	}
	return latest(at, l.retryAt), 2*l.left > l.spend
}

func (l *learn) Sent(now time.Time, cost int64) limiter.Ticket {
	limit := max(l.level, cost)
	isProbe := l.Slots.NextOf(limit, cost).After(now)
	if isProbe {
		limit = l.level + 1
	}
	l.SetLimit(limit)
	t := l.Slots.Sent(now, cost)
	if isProbe {
		l.probing, l.probe = true, t
	}
	l.flying++
	l.sent = t + 1
	return t
}

func (l *learn) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	l.Ended(now, t, &o)
	l.flying--
	isProbe := l.probing && t == l.probe
	if isProbe {
		l.probing = false
	}
	switch {
	case o.Limited():
		l.left--
		l.Free(t)
		l.refused(now, t, isProbe)
		l.hold = latest(l.hold, now.Add(o.RetryAfter))
	case o.OK() && isProbe && t >= l.counts:
		l.passed(now)
	}
}

// passed raises the level: there was room for one more.
func (l *learn) passed(now time.Time) {
	l.level++
	l.raisedAt = now
	if l.level > l.top { // the limit has come up
		l.top, l.wait = l.most, l.retry
	}
}

// refused takes in what a refusal proves.
func (l *learn) refused(now time.Time, t limiter.Ticket, isProbe bool) {
	switch {
	case t < l.counts: // left before the level was lowered
		return
	case isProbe:
		l.top = l.level
	case now.Sub(l.raisedAt) < 4*l.window:
		l.lower(l.level - 1)
		l.top = l.level
	default:
		l.top = l.level - 1
		l.lower(l.level / 2)
	}
	l.top = max(l.top, 1)
	l.retryAt = now.Add(l.wait)
	l.wait = min(2*l.wait, longestWait)
}

func (l *learn) lower(level int64) {
	l.level = max(level, 1)
	l.counts = l.sent
}
