package waiting

import "time"

// An Alarm rings at an instant of a clock, in a goroutine of its own. Whoever uses it
// guards it by a lock.
type Alarm struct {
	clock clock
	never time.Time // what is not before it never comes
	ring  func()
	timer *time.Timer
	at    time.Time // when it rings; never: it is not set
}

// NewAlarm returns one that is not set. Who is rung calls Rang.
func NewAlarm(clock clock, never time.Time, ring func()) *Alarm {
	return &Alarm{clock: clock, never: never, ring: ring, at: never}
}

// Set has it ring at some instant; not at all if that never comes.
func (a *Alarm) Set(at time.Time) {
	switch {
	case at.Equal(a.at):
		return
	case !at.Before(a.never):
		if a.at = a.never; a.timer != nil {
			a.timer.Stop()
		}
		return
	}
	a.at = at
	wait := at.Sub(a.clock.Now())
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.ring)
	} else {
		a.timer.Reset(wait)
	}
}

// Rang says that it has rung, and is not set any more.
func (a *Alarm) Rang() { a.at = a.never }
