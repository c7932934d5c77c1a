package policy

import (
	"fmt"
	"time"
)

// A Penalty is what repeat offenders get: after so many strikes everything is
// refused for a while, or for ever. What a strike is, and whose, is up to who
// counts them. The zero value is no penalty. The common ones are
//
//	Penalty{}                                               none
//	Penalty{After: 10}                                      blocked for ever after ten strikes, as the reference does
//	Penalty{After: 1, For: {30s}}                           a pause after a breach
//	Penalty{After: 1, For: {30s}, Extend: true}             one that is extended by asking during it
//	Penalty{After: 10, Within: 10m, For: {2m, 10m, 72h}}    a ban, longer each time
type Penalty struct {
	// After is how many strikes bring it about. 0: there is no penalty. At
	// most MaxStrikes.
	After int
	// Within is the span in which strikes add up, both ends included. 0: they
	// are never forgotten. At most MaxSpan.
	Within time.Duration
	// For is how long everything is refused: the first time, the second, and
	// so on, and the last of them from then on. Empty: for ever. Each more than
	// 0 and at most MaxSpan.
	For []time.Duration
	// Extend begins the time anew with each request that is refused in it.
	Extend bool
}

// MaxStrikes is the most that After can be.
const MaxStrikes = 1_000_000

// Validate names the first field that is out of range.
func (p Penalty) Validate() error {
	if p.After < 0 || p.After > MaxStrikes {
		return fmt.Errorf("penalty: After is %d, want 0 to %d", p.After, MaxStrikes)
	}
	if p.Within < 0 || p.Within > MaxSpan {
		return fmt.Errorf("penalty: Within is %v, want 0s to %v", p.Within, MaxSpan)
	}
	for i, d := range p.For {
		if err := checkSpan(fmt.Sprintf("penalty: For[%d]", i), d); err != nil {
			return err
		}
	}
	switch {
	case p.After == 0 && (p.Within > 0 || len(p.For) > 0 || p.Extend):
		return fmt.Errorf("penalty: After is 0, which is no penalty, but there is more of it; want 1 or more")
	case p.Extend && len(p.For) == 0:
		return fmt.Errorf("penalty: Extend without For, want a time that can be extended")
	}
	return nil
}

// New returns the record of one that has no strike yet, for a server with a
// clock as in Config. The error is that of Validate, or of a tick that is out
// of range.
func (p Penalty) New(tick time.Duration) (*Record, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := checkTick(tick); err != nil {
		return nil, fmt.Errorf("penalty: %w", err)
	}
	r := &Record{penalty: p, clock: newTicker(tick)}
	if p.Within > 0 {
		r.recent = &slidingLog{limit: int64(p.After), length: int64(p.Within), clock: r.clock, ring: make([]entry, min(p.After, 8))}
	}
	return r, nil
}

// A Record is what there is against one offender: a pure state machine, driven
// as a Policy is.
type Record struct {
	times   int         // how often the penalty has been brought about
	until   int64       // when it ends, in ns since 1970
	forever bool        // it does not
	strikes int         // since the last time, if they are never forgotten
	recent  *slidingLog // of strikes; nil if they are never forgotten

	penalty Penalty
	clock   ticker
}

// Check says whether requests are let through now, and if not, how long
// everything is refused yet; Never if for ever.
func (r *Record) Check(now time.Time) (ok bool, retry time.Duration) {
	switch {
	case r.Lets(now):
		return true, 0
	case r.forever:
		return false, Never
	}
	return false, r.clock.wait(now, r.until)
}

// Lets says whether requests are let through now.
func (r *Record) Lets(now time.Time) bool {
	return r.times == 0 || !r.forever && r.clock.shows(now) >= r.until
}

// Forever says whether everything is refused from now on.
func (r *Record) Forever() bool { return r.forever }

// Refused tells of a request that Check did not let through. It may take
// longer then.
func (r *Record) Refused(now time.Time) {
	if r.penalty.Extend {
		r.until = r.clock.shows(now) + int64(r.duration(r.times-1))
	}
}

// Strike tells of one more strike, at a time when requests are let through.
func (r *Record) Strike(now time.Time) {
	if r.penalty.After == 0 {
		return
	}
	if r.count(now) < int64(r.penalty.After) {
		return
	}
	r.strikes = 0
	if r.recent != nil {
		r.recent.clear()
	}
	r.times++
	if r.forever = len(r.penalty.For) == 0; !r.forever {
		r.until = r.clock.shows(now) + int64(r.duration(r.times-1))
	}
}

// count adds a strike and returns how many there are.
func (r *Record) count(now time.Time) int64 {
	if r.recent == nil {
		r.strikes++
		return int64(r.strikes)
	}
	r.recent.Charge(now, 1)
	return r.recent.sum
}

// duration is that of the n-th time, counted from 0.
func (r *Record) duration(n int) time.Duration {
	return r.penalty.For[min(n, len(r.penalty.For)-1)]
}

// Clean says whether there is nothing against the offender now, neither a
// penalty that is on nor one before, nor a strike that would count.
func (r *Record) Clean(now time.Time) bool {
	if r.times > 0 || r.strikes > 0 {
		return false
	}
	return r.recent == nil || r.recent.used(now) == 0
}
