package policy

import (
	"fmt"
	"time"
)

// A Bucket holds up to Capacity and is refilled at a rate of N per Per. What an
// arrival costs is taken from it, and it passes if there is that much. Token
// bucket, leaky bucket as a meter, counter with decay and the generic cell rate
// algorithm are this one: GCRA with a burst tolerance of b requests has a
// Capacity of b + 1.
type Bucket struct {
	// Capacity is what a full bucket holds, as it does at first. Required, 1
	// to MaxLimit.
	Capacity int64
	// N is refilled per Per. Required, 1 to MaxLimit; an empty bucket is full
	// within MaxSpan.
	N int64
	// Per is the length of time for N. Required, more than 0 and at most
	// MaxSpan.
	Per time.Duration
	// Every is how often the bucket is refilled, in portions of what has come
	// since, counted from the first charge on. 0: it is refilled steadily. At
	// most MaxSpan.
	Every time.Duration
}

// Validate implements Config.
func (b Bucket) Validate() error {
	if err := checkLimit("bucket: Capacity", b.Capacity); err != nil {
		return err
	}
	if err := checkRate("bucket", b.N, b.Per, b.Capacity); err != nil {
		return err
	}
	if b.Every < 0 || b.Every > MaxSpan {
		return fmt.Errorf("bucket: Every is %v, want 0s to %v", b.Every, MaxSpan)
	}
	return nil
}

// checkRate checks a rate that has to move capacity within MaxSpan.
func checkRate(kind string, n int64, per time.Duration, capacity int64) error {
	if err := checkLimit(kind+": N", n); err != nil {
		return err
	}
	if err := checkSpan(kind+": Per", per); err != nil {
		return err
	}
	if fill := (rate{n, int64(per)}).takes(capacity); fill.ns > int64(MaxSpan) {
		return fmt.Errorf("%s: N is %d per %v, want so much that %d take at most %v", kind, n, per, capacity, MaxSpan)
	}
	return nil
}

// New implements Config.
func (b Bucket) New(tick time.Duration) (Policy, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	if err := checkTick(tick); err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	r := rate{b.N, int64(b.Per)}
	return &bucket{
		capacity: b.Capacity, every: int64(max(b.Every, 1)), clock: newTicker(tick),
		span: r.takes(b.Capacity), meter: meter{rate: r},
	}, nil
}

// A bucket is a meter of what is missing from it. Refilling in portions is
// refilling steadily by a clock that stands still between them.
type bucket struct {
	capacity int64
	every    int64
	clock    ticker
	span     span // how long it takes to fill

	used  bool  // whether there was a charge
	first int64 // when the first one was, in ns since 1970
	meter meter // of what is missing
}

// Check implements Policy.
func (b *bucket) Check(now time.Time, cost int64) (ok bool, retry time.Duration) {
	if cost > b.capacity {
		return false, Never
	}
	at := b.filled(now)
	// It passes once what is missing and the cost are together no more than
	// the capacity.
	most := b.meter.rate.sub(b.span, b.meter.rate.takes(cost))
	level := b.meter.level(at)
	if cost == 0 || !level.over(most) {
		return true, 0
	}
	return false, b.wait(now, at+b.meter.rate.sub(level, most).up())
}

// Charge implements Policy.
func (b *bucket) Charge(now time.Time, cost int64) {
	if !b.used && cost > 0 {
		b.used, b.first = true, b.clock.shows(now)
	}
	b.meter.raise(b.filled(now), cost)
}

// Settle implements Policy. A bucket is never more than full.
func (b *bucket) Settle(now time.Time, by int64) {
	if by >= 0 {
		b.Charge(now, by)
		return
	}
	b.meter.lower(b.filled(now), -by)
}

// Adjust implements Adjuster. What is missing stays so, in whole units rounded
// up.
func (b *bucket) Adjust(now time.Time, c Config) error {
	a, err := adjusted[Bucket](c)
	if err != nil {
		return err
	}
	b.adjust(now, a)
	return nil
}

func (b *bucket) adjust(now time.Time, c Bucket) {
	at := b.filled(now)
	missing := b.meter.rate.amountUp(b.meter.level(at))
	r := rate{c.N, int64(c.Per)}
	b.capacity, b.every, b.span = c.Capacity, int64(max(c.Every, 1)), r.takes(c.Capacity)
	b.meter = meter{rate: r}
	b.meter.raise(at, missing)
}

// State implements Policy.
func (b *bucket) State(now time.Time) State {
	at := b.filled(now)
	level := b.meter.level(at)
	s := State{Limit: b.capacity, Window: time.Duration(b.span.up())}
	if !level.over(b.span) {
		s.Remaining = b.meter.rate.amount(b.meter.rate.sub(b.span, level))
	}
	if s.Remaining < s.Limit {
		more := b.meter.rate.sub(b.span, b.meter.rate.takes(s.Remaining+1))
		s.Reset = b.wait(now, at+b.meter.rate.sub(level, more).up())
		s.Full = b.wait(now, at+level.up())
	}
	return s
}

// filled is when the bucket was last refilled, as of now.
func (b *bucket) filled(now time.Time) int64 {
	at := b.clock.shows(now)
	if !b.used || b.every == 1 {
		return at
	}
	return b.first + floorTo(at-b.first, b.every)
}

// wait is how long it takes from now until the bucket has been refilled at t or
// later.
func (b *bucket) wait(now time.Time, t int64) time.Duration {
	if b.used && b.every > 1 {
		t = b.first - floorTo(b.first-t, b.every)
	}
	return b.clock.wait(now, t)
}
