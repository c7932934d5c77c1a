package limiter

import (
	"time"

	"pgregory.net/rapid"
)

// An oracle checks every answer of a limiter against a brute-force calculation
// over everything that has happened to it.
type oracle struct {
	Limiter
	rt     *rapid.T
	events []event
	want   func(events []event, now time.Time) time.Time
	slop   time.Duration // by which the answer may be off
}

// An event is a departure, or the end of one.
type event struct {
	at     time.Time
	ticket Ticket
	status int // 0 is a departure
}

func (o *oracle) Next(now time.Time) time.Time {
	got, want := latest(now, o.Limiter.Next(now)), latest(now, o.want(o.events, now))
	if d := got.Sub(want); d < -o.slop || d > o.slop {
		o.rt.Fatalf("Next(%v) = %v, the oracle says %v", now.Sub(epoch), got.Sub(epoch), want.Sub(epoch))
	}
	return got
}

func (o *oracle) Sent(now time.Time) Ticket {
	t := o.Limiter.Sent(now)
	o.events = append(o.events, event{at: now, ticket: t})
	return t
}

func (o *oracle) Done(now time.Time, t Ticket, out Outcome) {
	o.Limiter.Done(now, t, out)
	o.events = append(o.events, event{at: now, ticket: t, status: out.Status})
}

// departures picks the departures out of events.
func departures(events []event) (at []time.Time) {
	for _, e := range events {
		if e.status == 0 {
			at = append(at, e.at)
		}
	}
	return at
}

// anyRate is a small rate whose parts seldom come out as whole nanoseconds.
func anyRate(rt *rapid.T) Rate {
	return Rate{
		N:   rapid.IntRange(1, 24).Draw(rt, "n"),
		Per: time.Duration(rapid.Int64Range(int64(50*ms), int64(600*ms)).Draw(rt, "per")),
	}
}
