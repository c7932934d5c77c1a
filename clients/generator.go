package clients

// generate feeds the main queue.
func (c *Client) generate() {
	due := c.rt.Now()
	made := 0
	for n := uint64(0); ; n++ {
		paused, err := c.holdBack()
		if err != nil {
			return
		}
		for range max(1, c.config.Burst) {
			if c.config.Work.spend(c.config.Work.Generate) != nil {
				return
			}
			now := c.rt.Now()
			r := Request{ID: int64(made), First: now, Created: now}
			c.observe(Generated, r, NoKey)
			c.main.push(r)
			if made++; made == c.config.Count {
				return
			}
		}
		if paused || c.config.Drift {
			due = c.rt.Now()
		}
		due = due.Add(c.config.Pause(n))
		if c.rt.Sleep(due.Sub(c.rt.Now())) != nil {
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
