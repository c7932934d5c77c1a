package server

import (
	"context"
	"sync"
	"time"
)

// WallClock returns a clock that reads the wall clock once and runs on
// steadily from there: setting the system's time neither frees slots nor
// takes them. A Sleep ends with the cause of ctx when ctx is done; ctx is
// the life of the server, not that of a request.
func WallClock(ctx context.Context) Clock {
	return &wallClock{ctx: ctx, start: time.Now()}
}

type wallClock struct {
	ctx   context.Context
	start time.Time

	// timers are those that nobody waits for. With thousands of sleepers, new
	// ones for each sleep would make all of them late.
	timers sync.Pool
}

func (c *wallClock) Now() time.Time { return c.start.Add(time.Since(c.start)) }

func (c *wallClock) Sleep(d time.Duration) error {
	if d <= 0 {
		return context.Cause(c.ctx)
	}
	timer := c.timer(d)
	defer c.timers.Put(timer)
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		timer.Stop()
		return context.Cause(c.ctx)
	}
}

// timer returns a timer that has been set to d.
func (c *wallClock) timer(d time.Duration) *time.Timer {
	if timer, ok := c.timers.Get().(*time.Timer); ok {
		timer.Reset(d)
		return timer
	}
	return time.NewTimer(d)
}
