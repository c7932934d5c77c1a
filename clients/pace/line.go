package pace

import (
	"time"
)

// A waiter is a request in the line of a gate.
type waiter struct {
	signal   Signal
	came     time.Time
	deadline time.Time // zero: there is none
	costs    costs
	until    time.Time // that it waits, unless it is told; zero: for ever
	turn     uint64    // of those in the lines of its group

	granted bool // it has been let go, with the permit
	permit  Permit

	before, behind *waiter // in the line
}

// line is a FIFO of waiters, out of which each can step at any time. It keeps
// those that have left, to use them again.
type line struct {
	first, last *waiter
	length      int
	spare       *waiter // linked by behind
}

func (l *line) empty() bool { return l.first == nil }

// join puts a waiter at the end.
func (l *line) join(s Signal, came, deadline time.Time, c costs) *waiter {
	w := l.spare
	if w == nil {
		w = &waiter{}
	} else {
		l.spare = w.behind
	}
	*w = waiter{signal: s, came: came, deadline: deadline, costs: c.Kept(w.costs.Each), before: l.last}
	if l.last == nil {
		l.first = w
	} else {
		l.last.behind = w
	}
	l.last = w
	l.length++
	return w
}

// mixed reports whether some waiters have other costs than the first.
func (l *line) mixed() bool {
	for w := l.first.behind; w != nil; w = w.behind {
		if !w.costs.Same(l.first.costs) {
			return true
		}
	}
	return false
}

// remove takes a waiter out of the line that is in it.
func (l *line) remove(w *waiter) {
	if w.before == nil {
		l.first = w.behind
	} else {
		w.before.behind = w.behind
	}
	if w.behind == nil {
		l.last = w.before
	} else {
		w.behind.before = w.before
	}
	w.before, w.behind = nil, nil
	l.length--
}

// reuse takes back a waiter that is in no line, and that nobody looks at again.
func (l *line) reuse(w *waiter) {
	w.signal, w.permit, w.behind = nil, Permit{}, l.spare // join sets all
	l.spare = w
}
