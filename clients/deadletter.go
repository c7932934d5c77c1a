package clients

// retry empties the dead letter queue: each request goes back to the tail of
// the main queue with a new creation time, or to the graveyard once it has
// been put back MaxRetries times.
func (c *client) retry() {
	for {
		r, err := c.dlq.pop()
		if err != nil {
			return
		}
		if r.Retries >= c.config.DeadLetter.MaxRetries {
			c.observe(Buried, r, NoKey)
			continue
		}
		r.Retries++
		r.Created = c.rt.Now()
		c.observe(Requeued, r, NoKey)
		c.main.push(r)
	}
}
