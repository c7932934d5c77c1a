package ledger

import (
	"time"
	"unsafe"

	"ratebench/server/policy"
)

// plain is the ledger of an API with one limit for all requests of a key, as the
// reference is, if it is that of one key: what an arrival needs of it is side by
// side, where thousands of keys take turns in the cache of a processor.
type plain struct {
	limit    policy.Policy  // nil: there is more to it
	ahead    prefetcher     // the same, if it is one
	offender *policy.Record // nil: there is nothing against anybody yet
	priced   bool           // whether requests may cost something else than 1
	met      bool           // whether the last request met the limit
	refused  bool           // and was refused by it
}

// setPlain looks whether the ledger is plain, of one that has judged nobody.
func (l *Ledger) setPlain() {
	l.plain = plain{}
	if len(l.config.Limits) != 1 || l.keeps || l.delays || l.offenders != nil && l.offenders.scope != 0 {
		return
	}
	limit := &l.config.Limits[0]
	if len(limit.Routes) > 0 || limit.Counts != Accepted {
		return
	}
	// There is no single one where requests are told apart.
	l.plain = plain{limit: l.tables[0].single, priced: limit.Fixed > 0 || limit.Cost != ""}
	l.plain.ahead, _ = l.plain.limit.(prefetcher)
}

// A prefetcher knows where it is likely to look next.
type prefetcher interface {
	Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer
}

// Lines appends to lines where Arrive will look, so many pointers away from the limit of a
// plain ledger, one address for each line of the processor's cache: see server.Ahead. What
// is nearer has been read.
func (l *Ledger) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	if l.plain.ahead == nil {
		return lines
	}
	return l.plain.ahead.Lines(far, lines)
}

// arrivePlain is Arrive of a plain ledger.
func (l *Ledger) arrivePlain(now time.Time, r *Request) Decision {
	p := &l.plain
	p.met = false
	if o := p.offender; o != nil && !o.Lets(now) {
		o.Refused(now)
		_, retry := o.Check(now)
		return Decision{Banned: true, Limit: -1, Retry: retry}
	}
	p.met = true
	cost := int64(1)
	if p.priced || len(r.Costs) > 0 {
		cost, _ = l.config.Limits[0].cost(r)
	}
	ok, retry := p.limit.Check(now, cost)
	if p.refused = !ok; ok {
		p.limit.Charge(now, cost)
		return Decision{OK: true, Limit: -1}
	}
	l.fail(now, r, true)
	return Decision{Retry: retry}
}
