package pace

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
)

// ring is what the alarm does: it lets those go who wait at a gate whose clock is the
// computer's, and which shares nothing. It is one timer for all of them, where otherwise each
// who becomes the first in line would be woken to set its own. The gate's lock guards it.
func (g *Gate) ring() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.alarm.Rang(); !g.line.empty() {
		g.notify(g.clock.Now())
	}
}

// isFirst tells a waiter that it is the first in line now, and can leave at some
// instant.
func (g *Gate) isFirst(w *Turn, now, at time.Time) {
	switch {
	case at.Equal(limiter.Impossible) || waiting.Passed(w.deadline, now) || waiting.HasNoUse(w.signal, g.knownBy(at)):
		w.signal.Notify()
	case g.alarm == nil:
		g.rouse(w, now, at)
	case !waiting.HasEnded(w.signal): // or else it leaves by itself, and tells the next
		g.alarm.Set(at)
	}
}

// rouse tells a waiter that is the first in line now when it can leave, where there is
// no alarm: its signal is to wake it then. A signal that cannot wakes it at once, and
// it asks for itself. So it does where the limiter is Waking, or one is shared: by the
// time that it asks, others may have changed the answer.
func (g *Gate) rouse(w *Turn, now, at time.Time) {
	until := waiting.Earliest(at, w.deadline)
	if s, ok := w.signal.(Resettable); ok && !g.waking && g.group == nil && until.After(now) && s.Reset(until) {
		return
	}
	w.signal.Notify()
}

// succeeds tells a waiter that it is the first, as the one before has given up.
func (g *Gate) succeeds(w *Turn) {
	if g.alarm == nil {
		w.signal.Notify()
		return
	}
	now := g.clock.Now()
	g.isFirst(w, now, g.next(now, w.costs(), w))
}

// handOver delays a departure until the goroutine that waits for it has a
// processor, where the gate does not delay it until later anyway.
func (g *Gate) handOver(p *Permit) {
	if !g.delayed && g.delayable != nil {
		g.delayable.Delay(p.Ticket)
	}
}

// inHand says that the one that was waiting for a departure has it. Until then those
// behind it may not have known when they can leave.
func (g *Gate) inHand(p *Permit) {
	if g.delayed || g.delayable == nil {
		return
	}
	g.tell(func(now time.Time) {
		p.Granted = now
		g.delayable.Left(now, p.Ticket)
	})
}
