package server

import (
	"context"
	"time"
)

// WallClock returns a clock that reads the wall clock once and runs on
// steadily from there: setting the system's time neither frees slots nor
// takes them. A Sleep ends with the cause of ctx when ctx is done; ctx is
// the life of the server, not that of a request.
func WallClock(ctx context.Context) Clock {
	return wallClock{ctx: ctx, start: time.Now()}
}

type wallClock struct {
	ctx   context.Context
	start time.Time
}

func (c wallClock) Now() time.Time { return c.start.Add(time.Since(c.start)) }

func (c wallClock) Sleep(d time.Duration) error {
	if d <= 0 {
		return context.Cause(c.ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}
