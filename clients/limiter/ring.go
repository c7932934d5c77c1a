package limiter

import "time"

// ring is a sliding-window log: a time for each of the last n departures, by
// ticket. It takes up room for no more than have left, and never moves them: a
// million are no more work at a time than one.
type ring struct {
	n      Ticket
	blocks [][]time.Time // of ringBlock departures each, made when they are needed
	sent   Ticket        // departures so far
}

// ringBlock is how many departures are in a block.
const ringBlock = 1024

func newRing(n int) ring { return ring{n: Ticket(n)} }

// at is the place of departure t, which must exist.
func (r *ring) at(t Ticket) *time.Time {
	i := t % r.n
	return &r.blocks[i/ringBlock][i%ringBlock]
}

// oldest is the time of the departure whose slot the next one will take; the
// zero time when that slot was never used.
func (r *ring) oldest() time.Time {
	if r.sent < r.n {
		return time.Time{}
	}
	return *r.at(r.sent)
}

// push logs a departure with its time, in place of the oldest.
func (r *ring) push(t time.Time) Ticket {
	k := r.sent
	if k < r.n && k%ringBlock == 0 {
		r.blocks = append(r.blocks, make([]time.Time, min(ringBlock, r.n-k)))
	}
	*r.at(k) = t
	r.sent++
	return k
}

// slot is where the time of departure t is; nil once another has taken its
// place.
func (r *ring) slot(t Ticket) *time.Time {
	if t >= r.sent || r.sent-t > r.n {
		return nil
	}
	return r.at(t)
}

// Delay implements Delayable: what comes n departures later has to wait.
func (r *ring) Delay(t Ticket) {
	if s := r.slot(t); s != nil {
		*s = Never
	}
}

// Left implements Delayable.
func (r *ring) Left(now time.Time, t Ticket) {
	if s := r.slot(t); s != nil {
		*s = now
	}
}

// after is the first instant at which a clock of the given resolution shows
// strictly more than d since t: the rule "now - t > d" on whole ticks. A slot
// never used does not hold anything up, and one whose departure is delayed does.
func after(t time.Time, d, resolution time.Duration) time.Time {
	if t.IsZero() || t.Equal(Never) {
		return t
	}
	return t.Truncate(resolution).Add(d + max(resolution, 1))
}

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
