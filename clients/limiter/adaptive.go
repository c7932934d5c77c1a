package limiter

import (
	"errors"
	"fmt"
	"time"
)

// Adaptive is Window with a headroom that follows the mean latency,
//
//	headroom = clamp(min, max, factor · mean of the last samples latencies),
//
// cut to whole ticks of the server's clock and renewed at each success.
//
// The reference measures from the creation of a request, so that its own
// queueing drives the headroom to max as soon as there is any. Measured from
// the send, the mean is that of a round trip, which is still not what needs
// covering: that is the spread of the incoming latency.
//
// Source: the reference's "adaptive buffering".
type Adaptive struct {
	Headroom AdaptiveHeadroom
	// Measure is "creation" (the reference) or "send".
	Measure string
}

// AdaptiveHeadroom is how the headroom of Adaptive follows the latency.
type AdaptiveHeadroom struct {
	Start   time.Duration
	Min     time.Duration
	Max     time.Duration
	Factor  float64
	Samples int
}

// What Adaptive.Measure can be.
const (
	MeasureCreation = "creation"
	MeasureSend     = "send"
)

// Validate implements Config.
func (c *Adaptive) Validate(q Quota) error {
	h := c.Headroom
	err := errors.Join(
		q.Validate(),
		notNegative("headroom.start", h.Start),
		notNegative("headroom.min", h.Min),
		notNegative("headroom.max", h.Max))
	if h.Max != 0 && h.Max < h.Min {
		err = errors.Join(err, fmt.Errorf("headroom.max is %v, want at least headroom.min %v, or 0 for none", h.Max, h.Min))
	}
	if !(h.Factor > 0 && h.Factor <= 1000) {
		err = errors.Join(err, fmt.Errorf("headroom.factor is %v, want more than 0 and at most 1000", h.Factor))
	}
	if h.Samples < 1 || h.Samples > 1e6 {
		err = errors.Join(err, fmt.Errorf("headroom.samples is %d, want 1 to 1000000", h.Samples))
	}
	if c.Measure != MeasureCreation && c.Measure != MeasureSend {
		err = errors.Join(err, fmt.Errorf("measure is %q, want %s or %s", c.Measure, MeasureCreation, MeasureSend))
	}
	return err
}

// New implements Config.
func (c *Adaptive) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &adaptive{
		departures: newDepartures(q.Limit),
		quota:      q,
		config:     *c,
		headroom:   c.Headroom.Start,
		latencies:  meanWindow{last: make([]time.Duration, 0, c.Headroom.Samples)},
	}, nil
}

type adaptive struct {
	departures
	quota     Quota
	config    Adaptive
	headroom  time.Duration
	latencies meanWindow
}

func (a *adaptive) Next(_ time.Time, cost int64) time.Time {
	return a.after(cost, a.quota.Window+a.headroom, a.quota.Resolution)
}

func (a *adaptive) Sent(now time.Time, cost int64) Ticket { return a.push(now, cost) }

func (a *adaptive) Done(now time.Time, t Ticket, o Outcome) {
	a.settle(now, t, o.Cost)
	from := o.Created
	if a.config.Measure == MeasureSend {
		from = o.Sent
	}
	if !o.OK() || from.IsZero() {
		return
	}
	tick := a.quota.Resolution
	a.latencies.add(now.Truncate(tick).Sub(from.Truncate(tick)))
	h := a.config.Headroom
	a.headroom = max(h.Min, time.Duration(h.Factor*float64(a.latencies.mean())).Truncate(tick))
	if h.Max != 0 {
		a.headroom = min(a.headroom, h.Max)
	}
}

// meanWindow is the mean of the last cap(last) durations.
type meanWindow struct {
	last []time.Duration
	next int
	sum  time.Duration
}

func (m *meanWindow) add(d time.Duration) {
	m.sum += d
	if len(m.last) < cap(m.last) {
		m.last = append(m.last, d)
		return
	}
	m.sum -= m.last[m.next]
	m.last[m.next] = d
	m.next = (m.next + 1) % len(m.last)
}

// mean of at least one duration.
func (m *meanWindow) mean() time.Duration { return m.sum / time.Duration(len(m.last)) }
