package policy

import (
	"fmt"
	"time"
)

// A Queue serves arrivals one after the other at an even rate of N per Per, and
// lets up to Length of them wait: the leaky bucket as a queue, which delays
// where others refuse. An arrival of a cost waits until all that was charged
// before has been served, and passes if that is no more than Length.
type Queue struct {
	// N is served per Per. Required, 1 to MaxLimit; a full queue is served
	// within MaxSpan.
	N int64
	// Per is the length of time for N. Required, more than 0 and at most
	// MaxSpan.
	Per time.Duration
	// Length is what may wait, beside the one that is being served: 0 to
	// MaxLimit - 1. With 0 nobody waits.
	Length int64
}

// Validate implements Config.
func (q Queue) Validate() error {
	if q.Length < 0 || q.Length >= MaxLimit {
		return fmt.Errorf("queue: Length is %d, want 0 to %d", q.Length, MaxLimit-1)
	}
	return checkRate("queue", q.N, q.Per, q.Length+1)
}

// New implements Config.
func (q Queue) New(tick time.Duration) (Policy, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	p, err := q.bucket().New(tick)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &queue{p.(*bucket)}, nil
}

// bucket is the one of what waits and is being served.
func (q Queue) bucket() Bucket { return Bucket{Capacity: q.Length + 1, N: q.N, Per: q.Per} }

// A queue is a bucket of what waits and is being served, whose level is how long
// it takes until it is one's turn.
type queue struct{ *bucket }

// Adjust implements Adjuster.
func (q *queue) Adjust(now time.Time, c Config) error {
	a, err := adjusted[Queue](c)
	if err != nil {
		return err
	}
	q.adjust(now, a.bucket())
	return nil
}

// Delay implements Delayer.
func (q *queue) Delay(now time.Time) time.Duration {
	at := q.clock.shows(now)
	level := q.meter.level(at)
	if level == (span{}) {
		return 0
	}
	return q.clock.wait(now, at+level.up())
}
