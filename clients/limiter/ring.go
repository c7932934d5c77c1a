package limiter

import "time"

// ring is a sliding-window log: a time for each of the last n departures, by
// ticket.
type ring struct {
	times []time.Time
	sent  Ticket // departures so far
}

func newRing(n int) ring { return ring{times: make([]time.Time, n)} }

// oldest is the time of the departure whose slot the next one will take; the
// zero time when that slot was never used.
func (r *ring) oldest() time.Time { return r.times[r.sent%Ticket(len(r.times))] }

// push logs a departure with its time, in place of the oldest.
func (r *ring) push(t time.Time) Ticket {
	k := r.sent
	r.times[k%Ticket(len(r.times))] = t
	r.sent++
	return k
}

// after is the first instant at which a clock of the given resolution shows
// strictly more than d since t: the rule "now - t > d" on whole ticks. A slot
// never used does not hold anything up.
func after(t time.Time, d, resolution time.Duration) time.Time {
	if t.IsZero() {
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
