package budget

import (
	"slices"
	"time"

	"ratebench/clients/limiter"
)

// A process is the state of one process's side of a budget. It reads no clock and
// calls no store: its driver, a Budget, does. Times are those of the process's
// own clock.
type process struct {
	config Config
	terms  Terms

	seq     int64
	epoch   string
	asks    []ask     // calls that brought the process into line, or may have
	served  int64     // the last of those that grants have come for
	inLine  bool      // as far as it knows
	again   time.Time // in line: when to ask again
	wanted  int       // slots that the request needs that wants to leave
	batch   int       // slots to ask for
	grants  []grant   // not used yet, the one first that can be used first
	returns []Return
	due     time.Time // of the returns

	flights map[limiter.Ticket]flight
	tickets limiter.Ticket

	contact contact
	alone   limiter.Limiter // while the process lives off its share; nil: it does not
}

// An ask is a call for slots and when it was sent.
type ask struct {
	seq  int64
	sent time.Time
}

// A grant is a slot that can be used within a time.
type grant struct {
	Return
	epoch       string
	from, until time.Time
}

// A flight is a request on its way.
type flight struct {
	grants []grant
	alone  limiter.Limiter // whose ticket it has; nil: it left on the grants
	ticket limiter.Ticket
}

// newProcess starts at a time of the wall clock, from which calls are numbered: a
// process that had the same name has used lower numbers.
func newProcess(c Config, now time.Time) *process {
	c = c.withDefaults()
	return &process{config: c, terms: c.Terms(), seq: now.UnixMicro(), batch: 1, flights: map[limiter.Ticket]flight{}}
}

// next is limiter.Limiter's Next. Where there are not enough grants, it remembers
// what is wanted.
func (p *process) next(now time.Time, cost int64) time.Time {
	switch {
	case cost > int64(p.config.Quota.Limit):
		return limiter.Impossible
	case cost == 0:
		return now
	case p.livesAlone(now):
		at := p.alone.Next(now, cost)
		if at.Equal(limiter.Impossible) { // alone, but not for ever
			return limiter.Never
		}
		return at
	}
	p.expire(now)
	p.wanted = max(p.wanted, int(cost))
	if len(p.grants) < int(cost) {
		return limiter.Never
	}
	return p.grants[cost-1].from
}

// sent is limiter.Limiter's Sent.
func (p *process) sent(now time.Time, cost int64) limiter.Ticket {
	t := p.tickets
	p.tickets++
	p.wanted = 0
	if p.livesAlone(now) {
		p.flights[t] = flight{alone: p.alone, ticket: p.alone.Sent(now, cost)}
		return t
	}
	n := min(int(cost), len(p.grants))
	p.flights[t] = flight{grants: slices.Clone(p.grants[:n])}
	p.grants = slices.Delete(p.grants, 0, n)
	return t
}

// done is limiter.Limiter's Done. One that was given up may still be on its way:
// its slot is free when its hold runs out.
func (p *process) done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	f, known := p.flights[t]
	if !known {
		return
	}
	delete(p.flights, t)
	if f.alone != nil {
		f.alone.Done(now, f.ticket, o)
		return
	}
	if o.Err != nil {
		return
	}
	for _, g := range f.grants {
		p.giveBack(now, g, p.config.Linger)
	}
}

// giveBack has a slot reported with the next call, within a time.
func (p *process) giveBack(now time.Time, g grant, within time.Duration) {
	if g.epoch != p.epoch {
		return // nobody would know what it means
	}
	if len(p.returns) == 0 || p.due.After(now.Add(within)) {
		p.due = now.Add(within)
	}
	p.returns = append(p.returns, g.Return)
}

// expire gives back what has not been used in time. A batch that was too large is
// halved.
func (p *process) expire(now time.Time) {
	unused := false
	p.grants = slices.DeleteFunc(p.grants, func(g grant) bool {
		if !g.until.Before(now) {
			return false
		}
		unused = true
		g.Unused = true
		p.giveBack(now, g, 0)
		return true
	})
	if unused {
		p.batch = max(1, p.batch/2)
	}
}

// few reports whether it is time to take more slots: there are not enough for
// what is wanted, or less than half a batch.
func (p *process) few() bool {
	return p.wanted > 0 && (len(p.grants) < p.wanted || len(p.grants) < p.batch/2)
}

// nextCall is when the next call is due.
func (p *process) nextCall(now time.Time) time.Time {
	p.expire(now)
	if p.contact.lost {
		return p.contact.retry
	}
	at := limiter.Never
	sooner := func(t time.Time) {
		if t.Before(at) {
			at = t
		}
	}
	if p.inLine {
		sooner(p.again)
	} else if p.few() {
		sooner(now)
	}
	if len(p.returns) > 0 {
		sooner(p.due)
	}
	if len(p.grants) > 0 {
		sooner(p.grants[0].until.Add(1))
	}
	if p.config.Mode != Pessimistic {
		sooner(p.contact.nextBeat(p.config.Silent))
	}
	return at
}

// call makes the call that is due. Without contact it only asks whether anybody
// is there, so that it may be sent as often as need be.
func (p *process) call(now time.Time) Call {
	p.seq++
	c := Call{Process: p.config.Process, Terms: p.terms, Seq: p.seq, Epoch: p.epoch}
	if p.contact.lost {
		return c
	}
	c.Returns, p.returns = p.returns, nil
	if p.few() || p.inLine && !now.Before(p.again) {
		c.Take = max(1, p.wanted-len(p.grants))
		c.UpTo = max(c.Take, p.batch)
		p.asks = append(p.asks, ask{p.seq, now})
		p.asks = p.asks[max(0, len(p.asks)-mostAsks):]
	}
	if p.config.Mode != Pessimistic && p.contact.beatDue(now, p.config.Silent) {
		c.Beat = p.contact.beat(now, p.seq, p.config)
	}
	return c
}

// mostAsks bounds what is remembered, where pushes are lost. Grants for what has been
// forgotten are given back.
const mostAsks = 64

// answered takes the reply to a call that was sent at a time.
func (p *process) answered(now, sent time.Time, c Call, r Reply) {
	if r.Epoch != p.epoch {
		p.epoch, p.returns = r.Epoch, nil
		p.contact.base = 0
	}
	if p.contact.lost { // the process stops before it reports
		p.alone = nil
	}
	p.contact.answered(now, sent, c, r, p.config)
	if i := p.asked(r.Seq); i >= 0 { // what was asked since has brought it nowhere
		p.asks = p.asks[:i+1]
	}
	p.inLine = r.Wait > 0 && r.Seq > p.served // else a push has overtaken the reply
	p.again = now.Add(p.config.longest(r.Wait))
	p.take(now, r.Epoch, r.Granted)
}

// failed is told that a call had no reply.
func (p *process) failed(now time.Time) {
	p.inLine = false
	p.contact.failed(now, p.config.Silent)
}

// pushed takes grants that were pushed.
func (p *process) pushed(now time.Time, g Push) {
	p.inLine = false
	p.take(now, g.Epoch, g.Granted)
}

// take adds grants to those that can be used. How long ago the call was that they
// answer counts from when it was sent, which is before; when they are free, from
// now, which is after.
func (p *process) take(now time.Time, epoch string, g Granted) {
	if len(g.Grants) == 0 {
		return
	}
	p.served = max(p.served, g.Seq)
	i := p.asked(g.Seq)
	for _, s := range g.Grants {
		slot := grant{Return: Return{Slot: s.Slot, Number: s.Number}, epoch: epoch}
		if i >= 0 {
			slot.from = now.Add(p.config.longest(s.After))
			slot.until = p.asks[i].sent.Add(p.config.shortest(g.Age + s.After + p.config.Slack))
		}
		p.grants = append(p.grants, slot)
	}
	if i >= 0 {
		p.asks = p.asks[i+1:]
	}
	slices.SortStableFunc(p.grants, func(a, b grant) int { return a.from.Compare(b.from) })
	if len(g.Grants) >= p.batch {
		p.batch = min(2*p.batch, p.config.Batch)
	}
	p.expire(now)
}

// asked is where the call is that brought the process into line; -1: it has been
// answered, or it was made by one that had the same name.
func (p *process) asked(seq int64) int {
	return slices.IndexFunc(p.asks, func(a ask) bool { return a.seq == seq })
}

// bye makes the last call: nothing will be used any more.
func (p *process) bye(now time.Time) Call {
	for _, g := range p.grants {
		g.Unused = true
		p.giveBack(now, g, 0)
	}
	p.seq++
	c := Call{Process: p.config.Process, Terms: p.terms, Seq: p.seq, Epoch: p.epoch, Returns: p.returns, Bye: true}
	p.grants, p.returns = nil, nil
	return c
}
