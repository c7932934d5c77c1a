package limiter

import (
	"time"

	"ratebench/clients/limiter/internal/instant"
	"ratebench/clients/limiter/internal/ring"
)

// departures are those that a limiter has to remember, by their times.
type departures struct {
	ring  ring.Ring
	clock instant.Clock
}

func newDepartures(n int) departures { return departures{ring: ring.New(n, false)} }

// free is when one of that cost can take the place of the oldest ones, which have to
// be of that age: the zero time when that place was never used, Never when the
// departure is delayed, and Impossible when there is not as much.
func (d *departures) free(cost int64, age time.Duration) time.Time {
	return d.clock.Time(d.ring.Oldest(cost).Add(age))
}

// after is free where a clock of the given resolution has to show strictly more
// than that age: the rule "now - t > age" on whole ticks.
func (d *departures) after(cost int64, age, resolution time.Duration) time.Time {
	at := d.clock.Floor(d.ring.Oldest(cost), resolution)
	return d.clock.Time(at.Add(age + max(resolution, 1)))
}

// push logs a departure in place of the oldest.
func (d *departures) push(now time.Time, cost int64) Ticket {
	return Ticket(d.ring.Push(d.clock.At(now), cost))
}

// settle corrects what departure t was charged, as Ring.Settle does.
func (d *departures) settle(now time.Time, t Ticket, cost int64) (more int64) {
	if cost <= 0 {
		return 0
	}
	return d.ring.Settle(d.clock.At(now), uint64(t), cost)
}

// Delay implements Delayable: who takes its place has to wait.
func (d *departures) Delay(t Ticket) { d.ring.Move(uint64(t), instant.Never) }

// Left implements Delayable.
func (d *departures) Left(now time.Time, t Ticket) { d.ring.Move(uint64(t), d.clock.At(now)) }

// latest returns the later of two instants.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// times is cost · d, or the longest time to wait for.
func times(d time.Duration, cost int64) time.Duration {
	if d > 0 && cost > int64(longestWait/d) {
		return longestWait
	}
	return d * time.Duration(cost)
}

// longestWait is a hundred years, which ends before Never does.
const longestWait = 100 * maxWindow
