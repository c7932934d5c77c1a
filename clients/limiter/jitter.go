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
type Jitter struct {
	Start    time.Duration
	Fraction float64
	Samples  int
}

// Validate implements Config.
func (c *Jitter) Validate(Quota) error {
	err := notNegative("start", c.Start)
	if !(c.Fraction > 0 && c.Fraction <= 10) {
		err = errors.Join(err, fmt.Errorf("fraction is %v, want more than 0 and at most 10", c.Fraction))
	}
	if c.Samples < 2 || c.Samples > 1e6 {
		err = errors.Join(err, fmt.Errorf("samples is %d, want 2 to 1000000", c.Samples))
	}
	return err
}

// New implements Config.
func (c *Jitter) New(q Quota) Limiter {
	return &jitter{ring: newRing(q.Limit), quota: q, config: *c}
}

type jitter struct {
	ring
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
	return time.Duration(j.config.Fraction * float64(both.longest-both.shortest))
}

func (j *jitter) Next(time.Time) time.Time {
	return after(j.oldest(), j.quota.Window+j.headroom(), j.quota.Resolution)
}

func (j *jitter) Sent(now time.Time) Ticket { return j.push(now) }

func (j *jitter) Done(now time.Time, _ Ticket, o Outcome) {
	if o.Err != nil { // no answer, so no round trip
		return
	}
	j.current.add(now.Sub(o.Sent))
	if j.current.n == j.config.Samples {
		j.previous, j.current = j.current, extremes{}
	}
}
