package limiter

import (
	"errors"
	"fmt"
	"time"
)

// Jitter is Window with a headroom that follows the spread of the round trip,
//
//	headroom = fraction · (longest − shortest round trip of the last samples).
//
// What a headroom must cover is how much faster a request travels than the one
// N before it: the spread of the incoming latency, whatever its mean. A far
// but steady server costs nothing. The spread of the round trip is that of the
// way in plus that of the way back, so that a fraction of 1 is on the safe side
// once the extremes have been seen. With two ways that are alike ½ would do, if
// both were seen at their extremes at once; they seldom are, and ½ is short.
//
// Source: the distinction of delay and jitter (RFC 3393); extremes over a
// moving window as in BBR's filters (Cardwell et al., "BBR: congestion-based
// congestion control", 2016), here of two blocks of samples.
//
// The headroom is ten windows at most, so that one extreme, as of a computer
// that was asleep, does not hold everything up for longer than it takes to
// forget it.
type Jitter struct {
	// Start is the headroom until two round trips have been seen: 0 to a year.
	Start time.Duration
	// Fraction is the part of the round trip's spread that is the way in: more
	// than 0 and at most 10. 1 is safe.
	Fraction float64
	// Samples is the number of round trips in a block, 2 to 1000000.
	Samples int
}

// Validate implements Config.
func (c *Jitter) Validate(q Quota) error {
	err := errors.Join(q.Validate(), notNegative("start", c.Start))
	if !(c.Fraction > 0 && c.Fraction <= 10) {
		err = errors.Join(err, fmt.Errorf("fraction is %v, want more than 0 and at most 10", c.Fraction))
	}
	if c.Samples < 2 || c.Samples > 1e6 {
		err = errors.Join(err, fmt.Errorf("samples is %d, want 2 to 1000000", c.Samples))
	}
	return err
}

// New implements Config.
func (c *Jitter) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &jitter{departures: newDepartures(q.Limit), quota: q, config: *c}, nil
}

type jitter struct {
	departures
	quota    Quota
	config   Jitter
	current  extremes // the block being filled
	previous extremes
}

// extremes of a block of round trips.
type extremes struct {
	shortest, longest time.Duration
	n                 int
}

func (e *extremes) add(d time.Duration) {
	if e.n == 0 {
		e.shortest, e.longest = d, d
	}
	e.shortest, e.longest = min(e.shortest, d), max(e.longest, d)
	e.n++
}

func (j *jitter) headroom() time.Duration {
	if j.current.n+j.previous.n < 2 {
		return j.config.Start
	}
	both := j.current
	if j.previous.n > 0 {
		both.add(j.previous.shortest)
		both.add(j.previous.longest)
	}
	spread := j.config.Fraction * float64(both.longest-both.shortest)
	return time.Duration(min(spread, 10*float64(j.quota.Window)))
}

func (j *jitter) Next(_ time.Time, cost int64) time.Time {
	return j.after(cost, j.quota.Widen(j.quota.Window+j.headroom()), j.quota.Resolution)
}

func (j *jitter) Sent(now time.Time, cost int64) Ticket { return j.push(now, cost) }

func (j *jitter) Done(now time.Time, t Ticket, o Outcome) {
	j.settle(now, t, o.Cost)
	if o.Err != nil || o.Sent.IsZero() { // no answer, so no round trip
		return
	}
	j.current.add(max(0, now.Sub(o.Sent)))
	if j.current.n == j.config.Samples {
		j.previous, j.current = j.current, extremes{}
	}
}
