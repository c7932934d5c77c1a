package server_test

import (
	"sync"
	"time"

	"ratebench/server"
)

// A fakeClock stands still but for its sleeps.
type fakeClock struct {
	late time.Duration // by how much each sleep is too long

	mu   sync.Mutex
	now  time.Time
	err  error // what Sleep returns
	naps []time.Duration
}

var _ server.Clock = (*fakeClock)(nil)

func newFakeClock() *fakeClock { return &fakeClock{now: epoch} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.naps = append(c.naps, d)
	if d > 0 && c.err == nil {
		c.now = c.now.Add(d + c.late)
	}
	return c.err
}

// A stoppedClock always shows the same instant; its sleeps take no time.
type stoppedClock struct{}

func (stoppedClock) Now() time.Time            { return epoch }
func (stoppedClock) Sleep(time.Duration) error { return nil }
