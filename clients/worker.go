package clients

import (
	"ratebench/clients/limiter"
)

// work is one worker of a key: it has at most one request in flight.
func (c *Client) work(key int, gate *Gate) {
	signal := c.rt.NewSignal()
	for {
		r, err := c.main.pop()
		if err != nil {
			return
		}
		c.observe(Taken, r, key)
		failed, err := c.attempt(r, key, gate, signal)
		if err != nil {
			return
		}
		if failed != 0 {
			c.giveUp(r, key, failed)
		}
	}
}

// attempt tries one request once. It returns how the attempt failed, Expired
// or Answered, or 0 when it succeeded; the only error is ErrStopped.
func (c *Client) attempt(r Request, key int, gate *Gate, signal Signal) (failed Kind, err error) {
	deadline := r.Created.Add(c.config.TTL)
	if !c.rt.Now().Before(deadline) {
		c.observe(Expired, r, key)
		return Expired, nil
	}
	permit, err := gate.Acquire(signal, deadline)
	switch err {
	case nil:
	case ErrExpired:
		c.observe(Expired, r, key)
		return Expired, nil
	default:
		return 0, err
	}
	c.observe(Sent, r, key)
	o, err := c.caller.Call(Call{Key: key, Nonce: permit.Nonce, ID: r.ID, Timeout: c.config.Timeout})
	if err != nil {
		return 0, err
	}
	c.answered(r, key, gate, permit, o)
	if !o.OK() {
		return Answered, nil
	}
	return 0, nil
}

func (c *Client) answered(r Request, key int, gate *Gate, p Permit, o limiter.Outcome) {
	o.Sent, o.Created = p.Sent, r.Created
	gate.Done(p, o)
	c.observer.Observe(Event{
		Time: c.rt.Now(), Kind: Answered, Request: r, Key: key, Departed: p.Sent, Outcome: o,
	})
}

// giveUp drops a request whose attempt failed, or dead-letters it.
func (c *Client) giveUp(r Request, key int, cause Kind) {
	if c.config.DeadLetter == nil {
		c.observer.Observe(Event{Time: c.rt.Now(), Kind: Dropped, Cause: cause, Request: r, Key: key})
		return
	}
	c.observe(DeadLettered, r, key)
	c.dlq.push(r)
}
