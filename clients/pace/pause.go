package pace

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
)

// Refusals is how a gate takes refusals. The zero value pauses: after a refusal
// because of a limit (limiter.Outcome.Limited) as long as the server asks for,
// and not less than Pause says; after another status from 400 that asks for a
// pause in Retry-After, as 503 and 403 do, as long as that.
//
// All requests of the gate are held meanwhile. A pause is never made shorter.
type Refusals struct {
	// Ignore leaves refusals to the limiter.
	Ignore bool
	// Pause is how long to pause after the n-th refusal in a row; what was under
	// way when the pause began counts with the refusal that began it. A success
	// starts over. Its jitter is random. The zero value is 1 s, doubled up to a
	// minute.
	Pause backoff.Rule
}

// Validate names the field whose value is out of range.
func (r Refusals) Validate() error {
	if err := r.rule().Validate(); err != nil {
		return fmt.Errorf("Refusals.Pause: %w", err)
	}
	return nil
}

func (r Refusals) rule() backoff.Rule {
	if r.Pause == (backoff.Rule{}) {
		return backoff.Rule{Base: time.Second, Cap: time.Minute}
	}
	return r.Pause
}

// A pausing limiter lets nothing go until the end of a pause, which no answer
// brings forward.
type pausing struct {
	limiter.Limiter
	delayable limiter.Delayable // the same limiter, if it is one
	ignore    bool
	rule      backoff.Rule

	release time.Time     // the end of the pause
	row     int           // refusals in a row
	last    time.Duration // the pause after the last of them, as the rule had it
}

// newPausing returns l, with a pause until an instant to begin with.
func newPausing(l limiter.Limiter, r Refusals, until time.Time) *pausing {
	delayable, _ := l.(limiter.Delayable)
	return &pausing{Limiter: l, delayable: delayable, ignore: r.Ignore, rule: r.rule(), release: until}
}

func (p *pausing) Next(now time.Time, cost int64) time.Time {
	return latest(p.Limiter.Next(now, cost), p.release)
}

// NextEach implements limiter.Several, if the limiter is one.
func (p *pausing) NextEach(now time.Time, costs []int64) time.Time {
	return latest(limiter.NextEach(p.Limiter, now, costs), p.release)
}

// SentEach implements limiter.Several, if the limiter is one.
func (p *pausing) SentEach(now time.Time, costs []int64) limiter.Ticket {
	return limiter.SentEach(p.Limiter, now, costs)
}

func (p *pausing) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	p.Limiter.Done(now, t, o)
	switch {
	case p.ignore:
	case o.Limited():
		p.refused(now, o)
	case o.Status >= 400 && o.RetryAfter > 0:
		p.pause(now.Add(o.RetryAfter))
	case o.OK() && !now.Before(p.release): // one that was under way when the pause began is no sign that it is over
		p.row, p.last = 0, 0
	}
}

func (p *pausing) refused(now time.Time, o limiter.Outcome) {
	if !now.Before(p.release) {
		p.last = p.rule.Delay(p.row, p.last, rand.Float64())
		p.row++
	}
	p.pause(now.Add(max(p.last, o.RetryAfter)))
}

func (p *pausing) pause(until time.Time) {
	if until.After(p.release) {
		p.release = until
	}
}

// Delay implements limiter.Delayable.
func (p *pausing) Delay(t limiter.Ticket) {
	if p.delayable != nil {
		p.delayable.Delay(t)
	}
}

// Due implements limiter.Punctual, for a limiter that is.
func (p *pausing) Due(at time.Time) {
	if l, ok := p.Limiter.(limiter.Punctual); ok {
		l.Due(at)
	}
}

// Left implements limiter.Delayable.
func (p *pausing) Left(now time.Time, t limiter.Ticket) {
	if p.delayable != nil {
		p.delayable.Left(now, t)
	}
}
