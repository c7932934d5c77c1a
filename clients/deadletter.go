package clients

// retry empties the dead letter queue: each request goes back to the tail of
// the main queue with a new creation time, or to the graveyard once it has
// been put back MaxRetries times.
func (c *client) retry() {
	e := Event{Key: NoKey}
	for {
		r, err := c.dlq.pop()
		if err != nil {
			return
		}
		if r.Retries >= c.config.DeadLetter.MaxRetries {
			e.Request = r
			c.observe(&e, Buried)
			continue
		}
		r.Retries++
		r.Created = c.rt.Now()
		e.Request = r
		c.observe(&e, Requeued)
		c.main.push(r)
	}
}
