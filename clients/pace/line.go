package pace

import "time"

// line is a FIFO of turns, out of which each can step at any time.
type line struct {
	first, last *Turn
}

func (l *line) empty() bool { return l.first == nil }

// join puts a turn at the end.
func (l *line) join(t *Turn, came, deadline time.Time, c costs) {
	t.came, t.deadline, t.cost = came, deadline, c.Keep(&t.each)
	t.joined, t.granted, t.before, t.behind = true, false, l.last, nil
	if l.last == nil {
		l.first = t
	} else {
		l.last.behind = t
	}
	l.last = t
}

// mixed reports whether some have other costs than the first.
func (l *line) mixed() bool {
	for w := l.first.behind; w != nil; w = w.behind {
		if !w.costs().Same(l.first.costs()) {
			return true
		}
	}
	return false
}

// remove takes a turn out of the line that is in it.
func (l *line) remove(w *Turn) {
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
}
