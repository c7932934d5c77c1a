package limiter

import (
	"errors"
	"fmt"
	"time"
)

// Window is the client-side copy of the server's rule: a sliding-window log
// of the last N departures ("buffer only" in the reference),
//
//	next = log[N back] + window + headroom, strictly, on the server's ticks.
//
// What the server sees are arrivals, though: a request that travels faster
// than the one N before it is refused unless the headroom covers the
// difference, at most the spread J of the incoming latency. As the copy that it
// is, it makes no allowance for clocks that drift apart: the headroom has to
// cover that, too.
//
// Source: the reference client's circular buffer; known as sliding window log.
type Window struct {
	// Headroom is added to the window: 0 to a year. 0 copies the server's rule
	// bare.
	Headroom time.Duration
}

// Validate implements Config.
func (c *Window) Validate(q Quota) error {
	return errors.Join(q.Validate(), notNegative("headroom", c.Headroom))
}

// New implements Config.
func (c *Window) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &window{departures: newDepartures(q.Limit), span: q.Window + c.Headroom, resolution: q.Resolution}, nil
}

type window struct {
	departures
	span       time.Duration
	resolution time.Duration
}

func (w *window) Next(_ time.Time, cost int64) time.Time {
	return w.after(cost, w.span, w.resolution)
}

func (w *window) Sent(now time.Time, cost int64) Ticket { return w.push(now, cost) }

func (w *window) Done(now time.Time, t Ticket, o Outcome) { w.settle(now, t, o.Cost) }

// OpenLoop implements OpenLoop.
func (w *window) OpenLoop() {}

func notNegative(field string, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("%s is %v, want 0 or more", field, d)
	}
	return bounded(field, d)
}

func positive(field string, d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("%s is %v, want more than 0", field, d)
	}
	return bounded(field, d)
}

// bounded refuses what sums of spans could overflow with.
func bounded(field string, d time.Duration) error {
	if d > maxWindow {
		return fmt.Errorf("%s is %v, want at most %v", field, d, maxWindow)
	}
	return nil
}
