package pace

import (
	"math"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/cost"
	"ratebench/clients/pace/internal/waiting"
)

// A Turn is the way of a request through a gate in steps, which is Acquire for
// who waits in another way than by blocking. The zero value is ready for use, and
// so is one that has come to its end. While it waits it stands in the gate's line,
// and stays where it is.
type Turn struct {
	// What whoever is before it in the line looks at is a line of a processor's cache.
	before   *Turn
	behind   *Turn // in the line, or of those that the gate keeps
	signal   Signal
	deadline time.Time // zero: there is none
	cost     int64     // of each limit, or that there are several: see cost.Kept

	// Permit is that of a request that has been let go.
	Permit Permit
	// Err is why it has not been, as Acquire has it; nil: it has.
	Err error

	came    time.Time
	joined  bool    // it has joined the line
	granted bool    // it has been let go since, and is in the line no longer
	turn    uint64  // of those in the lines of its group
	each    []int64 // several costs

	// until is when it looks next, if it polls, or what it waits for in a group unless it
	// is told; zero: for ever.
	until time.Time
}

// costs are those of the request.
func (t *Turn) costs() costs { return cost.Kept(t.cost, &t.each) }

// Enter is Acquire without the waiting: it lets a request go at once, or has it
// stand in line until it is notified by its signal, or until an instant if that
// comes first; zero is never. It is to come Again then.
func (g *Gate) Enter(t *Turn, s Signal, deadline time.Time, costs ...int64) (until time.Time, waits bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.enter(t, s, deadline, g.costsOf(costs))
}

// Again goes on with a request that waits, as Enter does.
func (g *Gate) Again(t *Turn) (until time.Time, waits bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.again(t)
}

// enter lets a request go at once, if nobody is in line and the limiter allows
// it, or has it wait.
func (g *Gate) enter(t *Turn, s Signal, deadline time.Time, c costs) (until time.Time, waits bool) {
	t.Permit, t.Err, t.signal, t.joined = Permit{}, nil, s, false
	if _, ok := s.(*waiting.Signal); ok {
		g.timed = true
	}
	if g.maxWaiters > 0 && g.stats.Waiting >= g.maxWaiters {
		return g.end(t, ErrFull)
	}
	now := g.clock.Now()
	if c.One != 1 || len(c.Each) > 0 { // before it stands in a line for nothing
		if err := g.possible(now, c); err != nil {
			return g.end(t, err)
		}
	}
	if g.poll.Every > 0 {
		return g.enterPolling(t, now, deadline, c)
	}
	at := limiter.Never
	if g.line.empty() {
		t.turn = math.MaxUint64
		at = g.next(now, c, t)
		switch {
		case !at.After(now) && !waiting.Passed(deadline, now):
			t.Permit = g.depart(now, c)
			if g.group != nil {
				g.group.tell(now)
			}
			return g.end(t, nil)
		case at.Equal(limiter.Impossible):
			return g.end(t, c.Impossible())
		}
	}
	g.join(t, now, deadline, c)
	return g.stand(t, now, at)
}

// again lets a request go whose turn has come, or has it wait on.
func (g *Gate) again(t *Turn) (until time.Time, waits bool) {
	if g.poll.Every > 0 {
		return g.pollAgain(t)
	}
	if t.granted {
		return g.end(t, nil)
	}
	now, at := g.clock.Now(), limiter.Never
	if g.line.first == t {
		var err error
		if at, err = g.letGo(t, now); err != nil || t.granted {
			return g.end(t, err)
		}
	}
	return g.stand(t, now, at)
}

// stand has a request stand in the line, unless it has no time for that. It can
// leave at some instant, if it is known by now.
func (g *Gate) stand(t *Turn, now, at time.Time) (until time.Time, waits bool) {
	if err := g.tooLong(t, now, at); err != nil {
		return g.end(t, err)
	}
	if !t.deadline.IsZero() && !now.Before(t.deadline) {
		return g.end(t, ErrExpired)
	}
	until = t.deadline
	switch {
	case g.line.first != t:
	case g.alarm != nil:
		g.alarm.Set(at)
	default:
		until = waiting.Earliest(at, t.deadline)
	}
	if g.group != nil {
		t.until = until
	}
	return until, true
}

// end ends a turn: with an error, unless the request has been let go.
func (g *Gate) end(t *Turn, err error) (until time.Time, waits bool) {
	if t.joined {
		if t.granted { // whatever came of the wait: it has been spent
			err = nil
			if g.alarm != nil { // whoever let it go
				g.inHand(&t.Permit)
			}
		}
		g.leave(t)
		t.joined = false
	}
	t.Err = err
	g.count(t)
	return time.Time{}, false
}

// tooLong returns an error if the wait is known to be longer than there is time:
// because of a pause, or because nothing is under way that could bring the
// departure forward.
func (g *Gate) tooLong(w *Turn, now, at time.Time) error {
	if known := g.knownBy(at); waiting.HasNoUse(w.signal, known) {
		return tooLongError{known.Sub(now)}
	}
	return nil
}

// knownBy is before when nobody leaves, as far as that is known where the first
// can leave at some instant.
func (g *Gate) knownBy(at time.Time) time.Time {
	if g.stats.InFlight == 0 && g.group == nil && at.Before(limiter.Never) {
		return at
	}
	return g.release()
}

// atOnce is how many requests one waiter lets go at a time. The next one goes on
// from there, so that nobody has the lock for long.
const atOnce = 64

// letGo lets the caller go, who is the first in the line, if it may leave by now,
// and tells the next one that it is the first. If the caller woke late, others may
// have been due meanwhile, and go at once. It returns when the first can leave.
// With an alarm there need not be a caller, and the others have no timers.
func (g *Gate) letGo(caller *Turn, now time.Time) (at time.Time, err error) {
	for n := 0; g.line.first != nil && n < atOnce; n++ {
		w := g.line.first
		at = g.next(now, w.costs(), w)
		if at.After(now) || waiting.Passed(w.deadline, now) {
			break
		}
		due := waiting.Latest(at, w.came)
		if w != caller && (g.alarm == nil && !due.Before(now) || waiting.HasEnded(w.signal)) {
			break // it leaves by itself, and tells the next
		}
		g.due(due, now)
		w.Permit, w.granted = g.depart(now, w.costs()), true
		if g.alarm != nil {
			g.handOver(&w.Permit)
		}
		g.part(w)
		if w != caller {
			w.signal.Notify()
		}
	}
	if g.group != nil && caller.granted {
		g.group.tell(now)
	}
	switch first := g.line.first; {
	case first == nil:
	case first != caller:
		g.isFirst(first, now, at)
	case at.Equal(limiter.Impossible):
		return at, caller.costs().Impossible()
	}
	return at, nil
}

// due tells the limiters when a request could have left that leaves now.
func (g *Gate) due(at, now time.Time) {
	if !at.Before(now) {
		return
	}
	if p, ok := g.limiter.(limiter.Punctual); ok {
		p.Due(at)
	}
	for _, s := range g.shared {
		if p, ok := s.limiter.(limiter.Punctual); ok {
			p.Due(at)
		}
	}
}

// leave ends a wait. Who gives up its place, and was the first, tells the next,
// unless that gives up as well.
func (g *Gate) leave(w *Turn) {
	switch {
	case w.granted:
	case g.poll.Every > 0:
		g.part(w)
	default:
		first := g.line.first == w
		g.part(w)
		if next := g.line.first; first && next != nil && !waiting.HasEnded(next.signal) {
			g.succeeds(next)
		}
		if g.group != nil {
			g.group.tell(g.clock.Now())
		}
	}
}

// join puts a request at the end of the line.
func (g *Gate) join(t *Turn, came, deadline time.Time, c costs) {
	g.line.join(t, came, deadline, c)
	g.stats.Waiting++
	if g.group != nil {
		g.group.join(g, t)
	}
}

// part takes a request out of the line.
func (g *Gate) part(w *Turn) {
	g.line.remove(w)
	g.stats.Waiting--
	if g.group != nil {
		g.group.part(g)
	}
}

// wait gives up the lock while it waits, and returns nil at the deadline too.
func (g *Gate) wait(s Signal, until time.Time) error {
	g.mu.Unlock()
	defer g.mu.Lock()
	if err := s.Wait(until); err != nil && err != ErrDeadline {
		return err
	}
	return nil
}
