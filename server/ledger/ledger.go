// Package ledger holds what an API remembers of its clients: how much each has
// taken of each limit, and what there is against repeat offenders. It is a pure
// state machine, made of those of package policy: whoever drives it serialises
// the calls, and no time passes in it.
package ledger

import (
	"fmt"
	"time"

	"ratebench/server/policy"
)

// A Ledger judges requests by several limits at once. It allocates for who is
// new to it, and then not any more.
type Ledger struct {
	plain     plain
	config    Config
	tables    []*table[policy.Policy] // of each limit
	offenders *table[*policy.Record]  // nil: there is no penalty
	keeps     bool                    // whether there is something to do when an answer goes out
	delays    bool                    // whether a limit is a queue
	errors    bool                    // whether errors that are none of the limits' count

	last []hit    // the limits that the last request met
	free []*Visit // that are not used
}

// A hit is a limit that a request met.
type hit struct {
	limit   int // index in the Config
	policy  policy.Policy
	cost    int64 // as charged
	more    int64 // by which it is settled
	refused bool
	charged bool
}

// New returns a ledger that knows nobody. Requests of one ledger have the same
// of what common says, or it does not matter (ByKey: a ledger of one key); 0 is
// nothing. The error is that of c's Validate.
func New(c Config, common Scope) (*Ledger, error) {
	l := &Ledger{}
	if err := l.Init(c, common); err != nil {
		return nil, err
	}
	return l, nil
}

// Init makes a Ledger what New returns, where it is: for who has thousands of them,
// each beside what is looked at with it. It is not to be copied any more.
func (l *Ledger) Init(c Config, common Scope) error {
	if err := c.Validate(); err != nil {
		return err
	}
	*l = Ledger{
		config: c, errors: c.CountsErrors(), last: make([]hit, 0, len(c.Limits)),
		tables: make([]*table[policy.Policy], 0, len(c.Limits)),
	}
	l.config.Limits = append([]Limit(nil), c.Limits...)
	entries := c.MaxEntries
	if entries == 0 {
		entries = DefaultMaxEntries
	}
	apart := func(s Scope) Scope { return s.or(ByKey) &^ (common | ByAll) }
	for i := range l.config.Limits {
		limit := &l.config.Limits[i]
		t := newTable(apart(limit.Scope), entries, func() policy.Policy {
			return must(limit.Policy.New(l.config.Tick))
		}, isUnused)
		l.tables = append(l.tables, t)
		p := t.single
		if p == nil {
			p = t.fresh()
		}
		_, releases := p.(policy.Releaser)
		_, delays := p.(policy.Delayer)
		l.keeps = l.keeps || limit.Settle || releases
		l.delays = l.delays || delays
	}
	if c.Penalty.After > 0 {
		l.offenders = newTable(apart(c.Penalty.Scope), entries, func() *policy.Record {
			return must(l.config.Penalty.New(l.config.Tick))
		}, (*policy.Record).Clean)
	}
	l.setPlain()
	return nil
}

// must is the machine of a configuration that has been validated.
func must[M any](m M, err error) M {
	if err != nil {
		panic("ledger: a valid configuration was refused: " + err.Error())
	}
	return m
}

// isUnused says whether nothing is held against a limit.
func isUnused(p policy.Policy, now time.Time) bool {
	s := p.State(now)
	return s.Remaining == s.Limit
}

// A Decision is what becomes of a request.
type Decision struct {
	// OK: it has passed.
	OK bool
	// Banned: it was refused because of refusals before, whatever the limits
	// say.
	Banned bool
	// Limit is the index of the limit that refused it: of several, the one
	// with the longest wait. -1: none did.
	Limit int
	// Retry is after how long it could pass, if nothing else does until then;
	// 0: it has passed, or it is not time that helps; policy.Never: it could
	// not ever.
	Retry time.Duration
	// Delay is how long it has to wait in queues before it is served.
	Delay time.Duration
	// Visit is to be told when its answer goes out, with Answered; nil: that
	// is of no matter.
	Visit *Visit
}

// Delays says whether requests may have to wait before they are served.
func (l *Ledger) Delays() bool { return l.delays }

// A Visit is a request that has passed, until its answer goes out.
type Visit struct{ hits []hit }

// Arrive judges a request that arrives at now. Instants do not go back.
//
// In this order: who is banned is refused; each limit that applies is asked; if
// all let it pass, or those that do if they are charged in order, they are
// charged. A refusal is a strike.
func (l *Ledger) Arrive(now time.Time, r *Request) Decision {
	if l.plain.limit != nil {
		return l.arrivePlain(now, r)
	}
	l.last = l.last[:0]
	if ok, retry := l.Let(now, r); !ok {
		return Decision{Banned: true, Limit: -1, Retry: retry}
	}
	d := l.ask(now, r)
	if !d.OK {
		l.fail(now, r, true)
		return d
	}
	if l.keeps {
		d.Visit = l.visit()
	}
	return d
}

// Let says whether a request is let through to the limits, or how long whoever
// sent it is refused everything yet. Arrive asks it first.
func (l *Ledger) Let(now time.Time, r *Request) (ok bool, retry time.Duration) {
	if l.offenders == nil {
		return true, 0
	}
	record := l.offenders.of(now, r)
	if record.Lets(now) {
		return true, 0
	}
	record.Refused(now)
	_, retry = record.Check(now)
	return false, retry
}

// ask asks the limits and charges them.
func (l *Ledger) ask(now time.Time, r *Request) Decision {
	d := Decision{OK: true, Limit: -1}
	inOrder := l.config.Order == InOrder
	for i := range l.config.Limits {
		limit := &l.config.Limits[i]
		if !limit.applies(r) {
			continue
		}
		p := l.tables[i].of(now, r)
		cost, more := limit.cost(r)
		ok, retry := p.Check(now, cost)
		if !ok && (d.OK || retry > d.Retry) {
			d.OK, d.Limit, d.Retry = false, i, retry
		}
		l.last = append(l.last, hit{limit: i, policy: p, cost: cost, more: more, refused: !ok})
		if inOrder {
			l.charge(now, &l.last[len(l.last)-1], ok, &d)
			if !ok {
				return d
			}
		}
	}
	if !inOrder {
		for i := range l.last {
			l.charge(now, &l.last[i], d.OK, &d)
		}
	}
	return d
}

// charge charges a limit with a request that is accepted, or is not.
func (l *Ledger) charge(now time.Time, h *hit, accepted bool, d *Decision) {
	switch l.config.Limits[h.limit].Counts {
	case Failures:
		return
	case Accepted:
		if !accepted {
			return
		}
	}
	if l.delays && accepted {
		if q, ok := h.policy.(policy.Delayer); ok {
			d.Delay = max(d.Delay, q.Delay(now))
		}
	}
	h.policy.Charge(now, h.cost)
	h.charged = true
	if !accepted {
		release(now, h) // its answer is on its way already
	}
}

// release gives back what was held until the answer.
func release(now time.Time, h *hit) {
	if r, ok := h.policy.(policy.Releaser); ok {
		r.Release(now, h.cost)
	}
}

// Fail tells that a request is answered with an error that is not one of the
// limits'. It may not even have arrived. What fails counts where failures do.
func (l *Ledger) Fail(now time.Time, r *Request) { l.fail(now, r, false) }

func (l *Ledger) fail(now time.Time, r *Request, refusal bool) {
	if !refusal && !l.errors {
		return
	}
	for i := range l.config.Limits {
		if limit := &l.config.Limits[i]; limit.Counts == Failures && limit.applies(r) {
			cost, _ := limit.cost(r)
			l.tables[i].of(now, r).Charge(now, cost)
		}
	}
	if l.offenders != nil && (refusal || l.config.Penalty.Strikes == Errors) {
		if record := l.offenders.of(now, r); record.Lets(now) {
			record.Strike(now)
			l.plain.offender = record // the only one, if the ledger is plain
		}
	}
}

// visit keeps what the last request met.
func (l *Ledger) visit() *Visit {
	if len(l.free) == 0 {
		l.free = append(l.free, &Visit{hits: make([]hit, 0, len(l.config.Limits))})
	}
	v := l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	v.hits = append(v.hits[:0], l.last...)
	return v
}

// Answered tells that the answer to a request goes out: what was held for it is
// released, and what it cost is settled. v is not to be used again.
func (l *Ledger) Answered(now time.Time, v *Visit) {
	l.last = append(l.last[:0], v.hits...)
	clear(v.hits)
	l.free = append(l.free, v)
	for i := range l.last {
		h := &l.last[i]
		if !h.charged {
			continue
		}
		release(now, h)
		if l.config.Limits[h.limit].Settle {
			h.policy.Settle(now, max(h.more, -h.cost))
		}
	}
}

// A State is that of a limit that a request met.
type State struct {
	policy.State
	Limit   int // index in the Config
	Refused bool
}

// States appends those of the limits that the request met that arrived, or was
// answered, last.
func (l *Ledger) States(to []State, now time.Time) []State {
	if l.plain.met {
		return append(to, State{l.plain.limit.State(now), 0, l.plain.refused})
	}
	for i := range l.last {
		h := &l.last[i]
		to = append(to, State{h.policy.State(now), h.limit, h.refused})
	}
	return to
}

// First is the State of the first limit for whoever sent a request, whether
// that met it or not.
func (l *Ledger) First(now time.Time, r *Request) policy.State {
	return l.tables[0].of(now, r).State(now)
}

// Adjust changes the policy of a limit for everybody, as [policy.Adjuster] does.
// If there is an error, nothing has changed.
func (l *Ledger) Adjust(now time.Time, limit int, c policy.Config) error {
	if limit < 0 || limit >= len(l.tables) {
		return fmt.Errorf("there is no limit %d, want 0 to %d", limit, len(l.tables)-1)
	}
	trial, ok := must(l.config.Limits[limit].Policy.New(l.config.Tick)).(policy.Adjuster)
	if !ok {
		return fmt.Errorf("limit %q cannot be changed", l.config.Limits[limit].Name)
	}
	if err := trial.Adjust(now, c); err != nil {
		return err
	}
	l.config.Limits[limit].Policy = c
	l.tables[limit].each(func(p policy.Policy) {
		if err := p.(policy.Adjuster).Adjust(now, c); err != nil {
			panic("ledger: " + err.Error()) // the trial was of the same kind
		}
	})
	return nil
}

// Blocked is how many are refused everything for ever.
func (l *Ledger) Blocked() (n int) {
	if l.offenders == nil {
		return 0
	}
	l.offenders.each(func(r *policy.Record) {
		if r.Forever() {
			n++
		}
	})
	return n
}

// Forget empties the memory. Requests under way are forgotten, too: what they
// release or settle concerns nobody.
func (l *Ledger) Forget() {
	for _, t := range l.tables {
		t.forget()
	}
	if l.offenders != nil {
		l.offenders.forget()
	}
	l.setPlain()
}
