package limiter

import (
	"errors"
	"time"
	"unsafe"

	"ratebench/clients/limiter/internal/instant"
)

// Paced spaces departures evenly, at least so far apart that of any N+1 the
// last leaves W' + J after the first,
//
//	next = max(last + cost of the last · (W' + J) / N, left[N back] + W' + J),
//
// where J is the spread of the incoming latency, its longest value less its
// shortest. The second term matters when a request has left later than it was
// let go, and when costs differ: it is the exact log, in which N back is the
// departure up to which the costs, with that of the next, come to N.
//
// Last is when the last departure was due, as long as it is known that it left
// late only because a timer came late (Punctual): what is lost by that is made up
// for, up to a tenth of the window, as far as the log allows, which has the
// departures as they were.
//
// No 429, ever: of any departures of a cost above N in all the last leaves at
// least W' + J after the first, so that it arrives at least W' after it. No
// request overtakes another
// as long as (W' + J)/N exceeds J and each leaves as soon as it may, so that
// nonces arrive in order: what makes up for a late timer keeps J apart, too.
//
// Source: the leaky bucket as a meter without burst (Turner, "New directions
// in communications", 1986), with the interval that the server's window and
// the spread of the latency call for.
type Paced struct {
	// Spread is J, 0 to a year. 0 is right for a constant latency only.
	Spread time.Duration
}

// Validate implements Config.
func (c *Paced) Validate(q Quota) error {
	return errors.Join(q.Validate(), notNegative("spread", c.Spread))
}

// New implements Config.
func (c *Paced) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	spread, n := q.Widen(c.Spread), time.Duration(q.Limit)
	age := q.Span() + spread
	return &paced{
		departures: newDepartures(q.Limit), age: age, interval: (age + n - 1) / n, spread: spread, // rounded up
		last: instant.Unused, clear: instant.Unused, due: instant.Unused,
	}, nil
}

type paced struct {
	departures
	age      time.Duration // of the departure N back
	interval time.Duration
	spread   time.Duration   // J, with the drift
	last     instant.Instant // when the last one was due
	gap      time.Duration   // to be kept after it
	clear    instant.Instant // when the next one is far enough from the last, late as it was
	due      instant.Instant // when the next one could have left; Unused: it is not late
}

func (p *paced) Next(_ time.Time, cost int64) time.Time { return p.clock.Time(p.next(cost)) }

func (p *paced) next(cost int64) instant.Instant {
	return max(p.last.Add(p.gap), p.clear, p.ring.Oldest(cost).Add(p.age))
}

// Due implements Punctual.
func (p *paced) Due(at time.Time) { p.due = p.clock.At(at) }

func (p *paced) Sent(now time.Time, cost int64) Ticket {
	if cost > 0 {
		at := p.clock.At(now)
		p.last, p.gap = p.scheduled(at, cost), times(p.interval, cost)
		p.clear = instant.Unused
		if least := p.least(); least > 0 {
			p.clear = at.Add(least)
		}
	}
	p.due = instant.Unused
	return p.push(now, cost)
}

// least is how far the next departure has to be from the last, even if it makes up
// for a late one: so far that it does not overtake it, where the schedule sees to
// that, and nearly as far as the schedule has it, where it nearly does.
func (p *paced) least() time.Duration {
	switch {
	case p.gap >= p.spread:
		return p.spread
	case p.gap > p.spread/2:
		return p.gap - p.gap/20
	}
	return 0
}

// scheduled is when a departure at now was due. Where it was the log that held it
// up, that is because others had left late, and is made up for as well.
func (p *paced) scheduled(now instant.Instant, cost int64) instant.Instant {
	switch {
	case p.due == instant.Unused || p.due >= now:
		return now
	case p.due > p.next(cost): // something else held it up, until then
		return max(p.due, now.Add(-p.age/10))
	}
	return max(p.last.Add(p.gap), now.Add(-p.age/10))
}

// Done settles what a request cost in the log, and has the next one leave as much
// earlier or later: where the log allows it, and not before the last.
func (p *paced) Done(now time.Time, t Ticket, o Outcome) {
	if o.Cost <= 0 { // as of most, and there may be thousands of limiters out of the cache
		return
	}
	more := p.settle(now, t, o.Cost)
	if more > 0 {
		p.gap += min(times(p.interval, more), longestWait-p.gap)
	} else if more < 0 {
		p.gap = max(0, p.gap-times(p.interval, -more))
	}
}

// Lines appends, for who prefetches, the lines of the limiter or, far away from it, of its
// log: see pace.Ahead.
func (p *paced) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	if far == 0 {
		first := unsafe.Pointer(p) // and not the addresses of fields: to be sure that there are, it would be read here
		return append(lines, first, unsafe.Add(first, unsafe.Offsetof(p.clock)), unsafe.Add(first, unsafe.Offsetof(p.due)))
	}
	return p.ring.Lines(far, lines)
}

// OpenLoop implements OpenLoop.
func (p *paced) OpenLoop() {}
