package waiting

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

var errLate = errors.New("late")

// A wallClock is a clock whose time is that of the bubble, and an hour.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now().Add(time.Hour) }

// How a wait ends, and when: by who notifies, by its deadline, by the context.
func TestWait(t *testing.T) {
	const never = 0
	for _, tt := range []struct {
		name               string
		notify, until, end time.Duration // from the start; 0: never
		took               time.Duration
		err                error
	}{
		{"notified", 5 * ms, never, never, 5 * ms, nil},
		{"notified before the deadline", 5 * ms, 6 * ms, never, 5 * ms, nil},
		{"deadline", never, 7 * ms, never, 7 * ms, ErrDeadline},
		{"deadline before it is notified", 8 * ms, 7 * ms, never, 7 * ms, ErrDeadline},
		{"deadline that is over", 5 * ms, -ms, never, 0, ErrDeadline},
		{"end of the context", never, never, 9 * ms, 9 * ms, ErrContextEnded},
		{"end of the context before the deadline", never, 10 * ms, 9 * ms, 9 * ms, ErrContextEnded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.end != never {
					time.AfterFunc(tt.end, cancel)
				}
				start := time.Now()
				clock := wallClock{}
				var signals Signals
				s := signals.Get(ctx, clock, clock.Now(), time.Time{}, errLate)
				if tt.notify != never {
					time.AfterFunc(tt.notify, s.Notify)
				}
				var until time.Time
				if tt.until != never {
					until = clock.Now().Add(tt.until)
				}
				err := s.Wait(until)
				if took := time.Since(start); took != tt.took || err != tt.err {
					t.Errorf("waited %v, %v; want %v, %v", took, err, tt.took, tt.err)
				}
			})
		})
	}
}

// When the context has ended, nothing else counts: not once, of a hundred times
// that a signal has a token, too.
func TestTheEndOfTheContextCounts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var signals Signals
	for range 100 {
		s := signals.Get(ctx, wallClock{}, time.Now(), time.Time{}, errLate)
		s.Notify()
		if err := s.Wait(time.Time{}); err != ErrContextEnded {
			t.Fatalf("error %v, want %v", err, ErrContextEnded)
		}
	}
}

// Who is notified twice before it waits is so once.
func TestNotifyDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := wallClock{}
		var signals Signals
		s := signals.Get(t.Context(), clock, clock.Now(), time.Time{}, errLate)
		s.Notify()
		s.Notify()
		for i, want := range []error{nil, ErrDeadline} {
			if err := s.Wait(clock.Now().Add(ms)); err != want {
				t.Errorf("wait %d: %v, want %v", i, err, want)
			}
		}
	})
}

// What a signal knows of its waiter: when it came, the earlier of its deadline and
// that of the context, by the gate's clock, and what it is told after that.
func TestUse(t *testing.T) {
	for _, tt := range []struct {
		name              string
		deadline, context time.Duration // from now on; 0: none
		last              time.Duration // the last useful departure; 0: any is useful
		late              error
	}{
		{"no deadline", 0, 0, 0, errLate},
		{"deadline", 5 * ms, 0, 5 * ms, errLate},
		{"context", 0, 5 * ms, 5 * ms, context.DeadlineExceeded},
		{"deadline first", 4 * ms, 5 * ms, 4 * ms, errLate},
		{"both at once", 5 * ms, 5 * ms, 5 * ms, errLate},
		{"context first", 6 * ms, 5 * ms, 5 * ms, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				if tt.context != 0 {
					ctx, cancel = context.WithTimeout(t.Context(), tt.context)
				}
				defer cancel()
				now := wallClock{}.Now()
				var deadline time.Time
				if tt.deadline != 0 {
					deadline = now.Add(tt.deadline)
				}
				var signals Signals
				s := signals.Get(ctx, wallClock{}, now, deadline, errLate)
				if !s.Came.Equal(now) || s.Lateness != tt.late {
					t.Errorf("came at %v, late is %v; want %v, %v", s.Came, s.Lateness, now, tt.late)
				}
				if tt.last == 0 {
					tt.last = 1000 * time.Hour
				} else if !HasNoUse(s, now.Add(tt.last+1)) {
					t.Errorf("a departure after %v is of use", tt.last)
				}
				if HasNoUse(s, now.Add(tt.last)) {
					t.Errorf("a departure at %v has no use", tt.last)
				}
				if HasEnded(s) {
					t.Error("has ended before its context")
				}
				cancel()
				if !HasEnded(s) {
					t.Error("has not ended with its context")
				}
			})
		})
	}
	if HasNoUse("another kind of signal", time.Now()) || HasEnded("another kind of signal") {
		t.Error("something is known of another kind of signal")
	}
}

// A signal that is used again knows nothing of its last waiter.
func TestSignalsAreUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := wallClock{}
		gone, cancel := context.WithTimeout(t.Context(), ms)
		defer cancel()
		var signals Signals
		for range 10 { // a pool may lose what it is given
			s := signals.Get(gone, clock, clock.Now(), clock.Now(), errLate)
			s.Notify() // too late
			signals.Put(s)
			if s.ctx != nil {
				t.Fatal("holds the context of its last waiter")
			}
			s = signals.Get(t.Context(), clock, clock.Now(), time.Time{}, nil)
			if HasNoUse(s, clock.Now().Add(time.Hour)) || s.Lateness != nil {
				t.Error("has the deadline of its last waiter")
			}
			if err := s.Wait(clock.Now().Add(ms)); err != ErrDeadline {
				t.Errorf("error %v, want %v: the token was of the last waiter", err, ErrDeadline)
			}
			signals.Put(s)
		}
	})
}

// A steady clock runs as the wall clock does.
func TestSteadyClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := NewSteadyClock()
		time.Sleep(3 * time.Second)
		if got := c.Now().Sub(start); got != 3*time.Second {
			t.Errorf("after 3s it is %v later", got)
		}
	})
}
