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
func (c *Caller) Call(call clients.Call) (limiter.Outcome, error) {
	fate, extra := c.plan.Fate(c.tally.next(), c.rt.Now().Sub(c.start))
	c.tally.count(fate)
	switch fate {
	case Error500:
		return limiter.Outcome{Status: 500}, nil
	case Error503:
		return limiter.Outcome{Status: 503}, nil
	case ResetBefore, Down:
		return limiter.Outcome{Err: ErrReset}, nil
	case Spike:
		return c.spike(call, extra)
	case Hang:
		return c.abandon(call, 0)
	case ResetAfter:
		return c.spoil(call, ErrReset)
	case Malformed:
		return c.spoil(call, ErrMalformed)
	}
	return c.next.Call(call)
}

// spike carries a request that takes longer on the way in.
func (c *Caller) spike(call clients.Call, extra time.Duration) (limiter.Outcome, error) {
	if extra >= call.Timeout {
		return c.abandon(call, extra)
	}
	if err := c.rt.Sleep(extra); err != nil {
		return limiter.Outcome{}, err
	}
	call.Timeout -= extra
	return c.next.Call(call)
}

// abandon lets a request go on alone, after the extra latency, and waits in
// vain for its answer.
func (c *Caller) abandon(call clients.Call, extra time.Duration) (limiter.Outcome, error) {
	c.rt.Go("abandoned request", func() {
		if c.rt.Sleep(extra) == nil {
			_, _ = c.next.Call(call) // nobody waits for it
		}
	})
	if err := c.rt.Sleep(call.Timeout); err != nil {
		return limiter.Outcome{}, err
	}
	return limiter.Outcome{Err: clients.ErrTimeout}, nil
}

// spoil carries a request and then spoils its answer, if there is one.
func (c *Caller) spoil(call clients.Call, err error) (limiter.Outcome, error) {
	o, stopped := c.next.Call(call)
	if stopped != nil || o.Err != nil {
		return o, stopped
	}
	return limiter.Outcome{Err: err}, nil
}
