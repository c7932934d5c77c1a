package limiter

import "time"

// ring is a sliding-window log: a time for each of the last n departures, by
// ticket. It takes up room for no more than have left.
type ring struct {
	n     Ticket
	times []time.Time
	sent  Ticket // departures so far
}

func newRing(n int) ring { return ring{n: Ticket(n)} }

// oldest is the time of the departure whose slot the next one will take; the
// zero time when that slot was never used.
func (r *ring) oldest() time.Time {
	if r.sent < r.n {
		return time.Time{}
	}
	return r.times[r.sent%r.n]
}

// push logs a departure with its time, in place of the oldest.
func (r *ring) push(t time.Time) Ticket {
	k := r.sent
	if k < r.n {
		r.times = append(r.times, t)
	} else {
		r.times[k%r.n] = t
	}
	r.sent++
	return k
}

// slot is where the time of departure t is; nil once another has taken its
// place.
func (r *ring) slot(t Ticket) *time.Time {
	if t >= r.sent || r.sent-t > r.n {
		return nil
	}
	return &r.times[t%r.n]
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
