package budget

import (
	"time"

	"ratebench/clients/limiter"
)

// A contact is what a process knows of its being heard.
type contact struct {
	lost   bool
	retry  time.Time     // lost: when to try again
	pause  time.Duration // lost: before the try after that
	beaten time.Time     // when the last sign of life was sent, heard or not
	heard  time.Time     // when the last one was sent that counts, or before
	base   int64         // the Seq of the last one that was answered; 0: none
	reply  time.Time     // when it was
	share  int           // what the process may live off alone
}

// nextBeat is when a sign of life is due though nothing else is.
func (c *contact) nextBeat(silent time.Duration) time.Time {
	if c.beaten.IsZero() {
		return c.beaten
	}
	return c.beaten.Add(silent / 3)
}

// beatDue reports whether a call that is made anyway should bear one.
func (c *contact) beatDue(now time.Time, silent time.Duration) bool {
	return c.beaten.IsZero() || !now.Before(c.beaten.Add(silent/6))
}

func (c *contact) beat(now time.Time, seq int64, config Config) *Beat {
	c.beaten = now
	b := &Beat{Base: c.base, Share: c.share}
	if c.base > 0 {
		b.Since = config.shortest(now.Sub(c.reply)).Truncate(time.Microsecond)
	}
	return b
}

func (c *contact) answered(now, sent time.Time, call Call, r Reply, config Config) {
	c.lost, c.pause = false, 0
	if call.Beat != nil {
		c.base, c.reply, c.share = call.Seq, now, r.Share
		c.heard = sent.Add(-config.longest(r.Heard))
	}
}

// firstRetry is the pause before a lost store is tried again. Pauses double up to
// a quarter of Silent.
const firstRetry = 10 * time.Millisecond

func (c *contact) failed(now time.Time, silent time.Duration) {
	c.lost = true
	c.pause = min(max(2*c.pause, firstRetry), silent/4)
	c.retry = now.Add(c.pause)
}

// livesAlone reports whether the process lives off its share now: it has been
// silent for so long that nothing counts that it was granted, and its slots are
// taken for it; and not so long that they are taken no more.
func (p *process) livesAlone(now time.Time) bool {
	from, until, may := p.aloneTime()
	if !may || now.Before(from) || !now.Before(until) {
		p.alone = nil
		return false
	}
	if p.alone == nil {
		quota := p.config.Quota
		quota.Limit = p.contact.share
		p.alone, _ = (&limiter.AckClocked{Latency: p.config.Latency}).New(quota) // valid: the whole is
	}
	return true
}

// aloneTime is the time in which the process may live off its share.
func (p *process) aloneTime() (from, until time.Time, may bool) {
	c, config := &p.contact, p.config
	if !c.lost || c.share == 0 || config.Mode == Pessimistic {
		return from, until, false
	}
	if config.Mode == Optimistic {
		return from, limiter.Never, true
	}
	from = c.beaten.Add(config.longest(config.Silent + p.terms.Recovery()))
	until = c.heard.Add(config.shortest(config.Silent + config.Alone))
	return from, until, true
}
