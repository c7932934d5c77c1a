package virtual

import (
	"math"
	"time"
)

// timers are those of all processes, each of which has one at most that is live.
// They come in the order of their instants, and those of one instant in the order in
// which they were set.
//
// Most of those who wait for a signal have a deadline that is far away, and are
// notified long before it. The entry of such a deadline is in distant, and is left
// there when its process waits no longer. As long as it is there, a deadline of the
// same process that is no earlier needs no entry: it gets one when the time of the
// first has come, if it is still waited for by then. So there is one entry in the
// length of a deadline, in place of one for each wait.
type timers struct {
	set     uint64   // how many have been
	near    calendar // with stale entries, which nobody waits for any more
	stale   int      // how many of those there are
	distant heap     // one entry of a process at most
	from    int64    // how far away a deadline is at least that is distant
}

// distantFrom is longer than most processes wait for what does come. It decides what
// timers cost, and not when or in what order they come.
const distantFrom = int64(100 * time.Millisecond)

// A timer is that of a process.
type timer struct {
	key     uint64 // of its entry, which there is or will be; 0: it is not set
	due     int64  // when it comes, if there is no entry yet; 0: there is, or it is not set
	distant uint64 // key of the process's entry in distant; 0: there is none
	at      int64  // when that one comes
}

// reset reports whether the timer is that of a signal that was reset, and not set yet:
// its process is among those that are ready until it is.
func (t *timer) reset() bool { return t.key == 0 && t.due > 0 }

func (t *timers) key(slot uint32) uint64 {
	t.set++
	return t.set<<slotBits | uint64(slot)
}

// sleep sets the timer of a process.
func (t *timers) sleep(p *process, now, at int64) {
	p.timer.key = t.key(p.slot)
	t.near.push(now, entry{at, p.timer.key})
}

// await sets the timer of a process that is likely to be notified before.
func (t *timers) await(p *process, now, at int64) {
	p.timer.key = t.key(p.slot)
	if p.timer.distant != 0 && p.timer.at <= at {
		p.timer.due = at
		return
	}
	t.enter(p, now, at)
}

// enter makes an entry for a timer that is set.
func (t *timers) enter(p *process, now, at int64) {
	e := entry{at, p.timer.key}
	if p.timer.distant != 0 || at-now < t.from {
		t.near.push(now, e)
		return
	}
	p.timer.distant, p.timer.at = e.key, at
	t.distant.push(e)
}

// unset unsets the timer of a process that waits no longer.
func (k *Kernel) unset(p *process) {
	t := &p.timer
	if t.key != 0 && t.key != t.distant && t.due == 0 {
		k.timers.stale++
		k.tidy()
	}
	t.key, t.due = 0, 0
}

// tidy removes stale entries when most are, so that there are never many more entries
// than processes.
func (k *Kernel) tidy() {
	const few = 64
	if t := &k.timers; t.stale > few && t.stale > t.near.len()/2 {
		t.near.keep(func(e entry) bool { return k.at(e.slot()).timer.key == e.key })
		t.stale = 0
	}
}

// startsAfter reports whether all timers are later than an instant.
func (t *timers) startsAfter(at int64) bool {
	return t.near.startsAfter(at) && t.distant.startsAfter(at)
}

// next takes the first timer that is before an instant. There may be none left:
// then it returns nil, and whether there are later ones.
func (k *Kernel) next(until int64) (p *process, at int64, later bool) {
	t := &k.timers
	for {
		near, distant := t.near.len() > 0, t.distant.len() > 0
		var e entry
		switch {
		case near:
			e = t.near.first()
			if distant = distant && t.distant.first().before(e); !distant {
				break
			}
			fallthrough
		case distant:
			e = t.distant.first()
		default:
			return nil, 0, false
		}
		p := k.at(e.slot())
		live := p.timer.key == e.key
		if live && e.at >= until {
			return nil, 0, true
		}
		if distant {
			t.distant.pop()
			p.timer.distant = 0
		} else {
			t.near.pop()
			if !live {
				t.stale--
			}
		}
		switch {
		case live:
			p.timer.key = 0
			return p, e.at, true
		case p.timer.due > 0:
			at := p.timer.due
			p.timer.due = 0
			t.enter(p, e.at, at)
		}
	}
}

// never is the end of time.
const never = math.MaxInt64
