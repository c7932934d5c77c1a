package faults

import (
	"errors"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// What a client gets to see of a broken request.
var (
	ErrReset     = errors.New("connection reset")
	ErrMalformed = errors.New("answer is malformed")
)

// A Caller carries requests to another Caller, broken as planned. It needs
// nothing of the world but a Runtime.
type Caller struct {
	rt    clients.Runtime
	next  clients.Caller
	plan  *Plan
	tally *Tally
	start time.Time
}

var _ clients.Caller = (*Caller)(nil)

// NewCaller wraps next; the run begins now.
func NewCaller(rt clients.Runtime, next clients.Caller, p *Plan, t *Tally) *Caller {
	return &Caller{rt: rt, next: next, plan: p, tally: t, start: rt.Now()}
}

// Call implements clients.Caller.
func (c *Caller) Call(call *clients.Call, o *limiter.Outcome) error {
	fate, extra := c.plan.Fate(c.tally.next(), c.rt.Now().Sub(c.start))
	c.tally.count(fate)
	switch fate {
	case Error500:
		o.Status = 500
		return nil
	case Error503:
		o.Status = 503
		return nil
	case ResetBefore, Down:
		o.Err = ErrReset
		return nil
	case Spike:
		return c.spike(*call, extra, o)
	case Hang:
		return c.abandon(*call, 0, o)
	case ResetAfter:
		return c.spoil(call, ErrReset, o)
	case Malformed:
		return c.spoil(call, ErrMalformed, o)
	}
	return c.next.Call(call, o)
}

// spike carries a request that takes longer on the way in.
func (c *Caller) spike(call clients.Call, extra time.Duration, o *limiter.Outcome) error {
	if extra >= call.Timeout {
		return c.abandon(call, extra, o)
	}
	if err := c.rt.Sleep(extra); err != nil {
		return err
	}
	call.Timeout -= extra
	return c.next.Call(&call, o)
}

// abandon lets a request go on alone, after the extra latency, and waits in
// vain for its answer.
func (c *Caller) abandon(call clients.Call, extra time.Duration, o *limiter.Outcome) error {
	c.rt.Go("abandoned request", func() {
		if c.rt.Sleep(extra) == nil {
			_ = c.next.Call(&call, &limiter.Outcome{}) // nobody waits for it
		}
	})
	o.Err = clients.ErrTimeout
	return c.rt.Sleep(call.Timeout)
}

// spoil carries a request and then spoils its answer, if there is one.
func (c *Caller) spoil(call *clients.Call, err error, o *limiter.Outcome) error {
	if stopped := c.next.Call(call, o); stopped != nil || o.Err != nil {
		return stopped
	}
	*o = limiter.Outcome{Err: err}
	return nil
}
