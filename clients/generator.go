package clients

// generate feeds the main queue. Bursts are due at the sum of the pauses and
// not a pause after the last one, so that the load does not depend on how
// exactly this world sleeps.
func (c *Client) generate() {
	due := c.rt.Now()
	made := 0
	for n := uint64(0); ; n++ {
		paused, err := c.holdBack()
		if err != nil {
			return
		}
		now := c.rt.Now()
		if paused {
			due = now
		}
		for range max(1, c.config.Burst) {
			r := Request{ID: int64(made), First: now, Created: now}
			c.observe(Generated, r, NoKey)
			c.main.push(r)
			if made++; made == c.config.Count {
				return
			}
		}
		due = due.Add(c.config.Pause(n))
		if c.rt.Sleep(due.Sub(now)) != nil {
			return
		}
	}
}

// holdBack waits while the main queue is too long, and tells whether it was.
func (c *Client) holdBack() (paused bool, err error) {
	b := c.config.Backpressure
	for b != nil && c.main.len() >= b.Max {
		paused = true
		if err := c.rt.Sleep(b.Pause); err != nil {
			return paused, err
		}
	}
	return paused, nil
}
