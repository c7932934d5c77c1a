package limiter

import (
	"errors"
	"time"

	"ratebench/clients/limiter/internal/instant"
)

// FixedInterval is the reference's original limiter: a minimum interval
// between departures and, beside it, the sliding-window log of Window,
//
//	next = max(last + interval, log[N back] + window + headroom), both strictly.
//
// With one request in flight the interval runs from the departure and the
// answer may take longer than it: that time is never made good, so that the
// cycle is E[max(interval, round trip)] where Window has E[round trip].
//
// A request of cost c holds the next one up for c intervals.
//
// Source: the reference's original client.
type FixedInterval struct {
	// Interval is what must have passed since the last departure: more than 0.
	Interval time.Duration
	// Headroom is added to the window, as in Window: 0 to a year.
	Headroom time.Duration
}

// Validate implements Config.
func (c *FixedInterval) Validate(q Quota) error {
	return errors.Join(q.Validate(), positive("interval", c.Interval), notNegative("headroom", c.Headroom))
}

// New implements Config.
func (c *FixedInterval) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &fixedInterval{
		window:   window{departures: newDepartures(q.Limit), span: q.Window + c.Headroom, resolution: q.Resolution},
		interval: c.Interval,
	}, nil
}

type fixedInterval struct {
	window
	last     instant.Instant
	cost     int64 // of the last departure, with what others turned out to cost since
	interval time.Duration
}

func (f *fixedInterval) Next(now time.Time, cost int64) time.Time {
	at := f.window.Next(now, cost)
	if f.cost > 0 {
		last := f.clock.Time(f.clock.Floor(f.last, f.resolution))
		at = latest(at, last.Add(times(f.interval, f.cost)+max(f.resolution, 1)))
	}
	return at
}

// Left implements Delayable. One of no cost holds nobody up.
func (f *fixedInterval) Left(now time.Time, t Ticket) {
	if f.ring.Holds(uint64(t)) {
		f.last = max(f.last, f.clock.At(now))
	}
	f.window.Left(now, t)
}

func (f *fixedInterval) Sent(now time.Time, cost int64) Ticket {
	if cost > 0 {
		f.last, f.cost = f.clock.At(now), cost
	}
	return f.window.Sent(now, cost)
}

func (f *fixedInterval) Done(now time.Time, t Ticket, o Outcome) {
	f.cost = max(0, f.cost+f.settle(now, t, o.Cost))
}
