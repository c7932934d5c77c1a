package budget

import (
	"slices"
	"time"
)

// A member is a process with a share to live off while it is alone.
type member struct {
	process string
	heard   int64 // µs: its last sign of life was sent no earlier
	told    int64 // µs: when the last one came
	seq     int64 // of that
	share   int   // the most that it may live off
	absent  bool
	taken   []Return // the slots that were taken for it while it is absent
}

// beat takes a sign of life and returns the share of the process. One that comes
// late, because it was held up on its way, proves that the process was alive when
// it was sent and no more: it counts from the last one, and what the process says
// has passed since. Heard is how long ago that was.
func (l *Ledger) beat(t int64, c Call) (share int, heard time.Duration) {
	m := l.member(c.Process)
	switch {
	case m == nil: // a share it has already was given before the memory was lost
		m = &member{process: c.Process, heard: t, share: c.Beat.Share}
		l.members = append(l.members, m)
		if m.share > 0 { // and how long ago this was sent is not known
			l.takeFor(t, m)
		}
	case c.Seq <= m.seq: // overtaken, or applied before
		return 0, duration(t - m.heard)
	case c.Beat.Base == m.seq:
		m.heard = max(m.heard, min(t, m.told+micros(c.Beat.Since)))
		m.share = c.Beat.Share
	default: // it has not heard what it was told last
		m.share = max(m.share, c.Beat.Share)
	}
	if m.absent && m.seq > 0 && m.heard+micros(l.terms.Silent) > t {
		l.comeBack(t, m)
	}
	share = l.shareOf(t, m)
	m.told, m.seq, m.share = t, c.Seq, max(m.share, share)
	slices.SortFunc(l.members, byTime)
	return share, duration(t - m.heard)
}

// shareOf is what a process may live off: its part of the slots, as far as the
// others have given up theirs already. It is no more than it had with its first
// sign of life, whose age is not known, or while there may be others with shares
// that the ledger has not heard of.
func (l *Ledger) shareOf(t int64, m *member) int {
	most := l.terms.Slots / len(l.members)
	if m.seq == 0 || t < l.learning {
		most = min(most, m.share)
	}
	left := l.terms.Slots
	for _, other := range l.members {
		if other != m {
			left -= other.share
		}
	}
	return max(0, min(left, most))
}

func (l *Ledger) member(process string) *member {
	for _, m := range l.members {
		if m.process == process {
			return m
		}
	}
	return nil
}

// takeForSilent takes as many slots for each process that has fallen silent as
// it may live off, and forgets those that have been silent for too long.
func (l *Ledger) takeForSilent(t int64) {
	silent, end := micros(l.terms.Silent), micros(l.terms.Silent+l.terms.Alone+l.terms.Recovery())
	kept := l.members[:0]
	for _, m := range l.members {
		if m.heard+end <= t {
			continue // its slots are free by now
		}
		kept = append(kept, m)
		if m.heard+silent <= t && !m.absent {
			l.takeFor(t, m)
		}
	}
	clear(l.members[len(kept):])
	l.members = kept
}

// takeFor takes the slots that a process may live off.
func (l *Ledger) takeFor(t int64, m *member) {
	m.absent = true
	end := m.heard + micros(l.terms.Silent+l.terms.Alone+l.terms.Recovery())
	for range min(m.share, len(l.slots)) {
		i := l.order[0]
		l.number++
		l.slots[i].number = l.number
		m.taken = append(m.taken, Return{Slot: i, Number: l.number})
		l.free(i, max(end, l.slots[i].free))
	}
}

// comeBack frees the slots of a process that lives off its share no longer.
func (l *Ledger) comeBack(t int64, m *member) {
	for _, r := range m.taken {
		if s := l.slots[r.Slot]; s.number == r.Number {
			l.free(r.Slot, min(s.free, t+micros(l.terms.Recovery())))
		}
	}
	m.absent, m.taken = false, nil
}

// leave forgets a process that ends.
func (l *Ledger) leave(t int64, process string) {
	if i := l.place(process); i >= 0 {
		l.line = slices.Delete(l.line, i, i+1)
	}
	if m := l.member(process); m != nil {
		l.comeBack(t, m)
		l.members = slices.DeleteFunc(l.members, func(o *member) bool { return o == m })
	}
}

// Members is how many processes share the slots, and how many of them are silent.
func (l *Ledger) Members() (all, silent int) {
	for _, m := range l.members {
		if m.absent {
			silent++
		}
	}
	return len(l.members), silent
}

// Free is how many slots are free at a time.
func (l *Ledger) Free(now time.Time) int { return l.freeBy(max(now.UnixMicro(), l.seen)) }
