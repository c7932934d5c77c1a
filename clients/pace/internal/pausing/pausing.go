// Package pausing holds a limiter back after refusals.
package pausing

import (
	"math/rand/v2"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
)

// Rules are pace.Refusals, which explains them.
type Rules struct {
	Ignore bool
	Pause  backoff.Rule
}

// Rule is how long to pause after refusals that ask for nothing.
func (r Rules) Rule() backoff.Rule {
	if r.Pause == (backoff.Rule{}) {
		return backoff.Rule{Base: time.Second, Cap: time.Minute}
	}
	return r.Pause
}

// A Limiter is a limiter that lets nothing go until the end of a pause, which no answer
// brings forward.
type Limiter struct {
	limiter.Limiter
	delayable limiter.Delayable // the same limiter, if it is one
	ignore    bool
	rule      backoff.Rule

	Release time.Time     // the end of the pause
	row     int           // refusals in a row
	last    time.Duration // the pause after the last of them, as the rule had it
}

// New returns l, with a pause until an instant to begin with.
func New(l limiter.Limiter, r Rules, until time.Time) *Limiter {
	delayable, _ := l.(limiter.Delayable)
	return &Limiter{Limiter: l, delayable: delayable, ignore: r.Ignore, rule: r.Rule(), Release: until}
}

// Next implements limiter.Limiter.
func (p *Limiter) Next(now time.Time, cost int64) time.Time {
	return latest(p.Limiter.Next(now, cost), p.Release)
}

// NextEach implements limiter.Several, if the limiter is one.
func (p *Limiter) NextEach(now time.Time, costs []int64) time.Time {
	return latest(limiter.NextEach(p.Limiter, now, costs), p.Release)
}

// SentEach implements limiter.Several, if the limiter is one.
func (p *Limiter) SentEach(now time.Time, costs []int64) limiter.Ticket {
	return limiter.SentEach(p.Limiter, now, costs)
}

// Done implements limiter.Limiter.
func (p *Limiter) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	p.Limiter.Done(now, t, o)
	switch {
	case p.ignore:
	case o.Limited():
		p.refused(now, o)
	case o.Status >= 400 && o.RetryAfter > 0:
		p.pause(now.Add(o.RetryAfter))
	case o.OK() && !now.Before(p.Release): // one that was under way when the pause began is no sign that it is over
		p.row, p.last = 0, 0
	}
}

func (p *Limiter) refused(now time.Time, o limiter.Outcome) {
	if !now.Before(p.Release) {
		p.last = p.rule.Delay(p.row, p.last, rand.Float64())
		p.row++
	}
	p.pause(now.Add(max(p.last, o.RetryAfter)))
}

func (p *Limiter) pause(until time.Time) {
	if until.After(p.Release) {
		p.Release = until
	}
}

// Delay implements limiter.Delayable.
func (p *Limiter) Delay(t limiter.Ticket) {
	if p.delayable != nil {
		p.delayable.Delay(t)
	}
}

// Due implements limiter.Punctual, for a limiter that is.
func (p *Limiter) Due(at time.Time) {
	if l, ok := p.Limiter.(limiter.Punctual); ok {
		l.Due(at)
	}
}

// Left implements limiter.Delayable.
func (p *Limiter) Left(now time.Time, t limiter.Ticket) {
	if p.delayable != nil {
		p.delayable.Left(now, t)
	}
}

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
