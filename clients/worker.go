package clients

import (
	"errors"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A worker works for one key and has at most one request in flight.
type worker struct {
	*client
	gate   *pace.Gate
	signal pace.Signal
	call   Call            // the last one
	event  Event           // the last one, with the key and the request that it has in its hands
	room   []int64         // for the costs of a request
	failed limiter.Outcome // of the last attempt that was Answered and failed
}

// work takes requests from the main queue until the run is over.
func (w *worker) work() {
	for {
		r, err := w.main.pop()
		if err != nil {
			return
		}
		w.event.Request = r
		w.observe(Taken)
		cause, err := w.handle()
		if err != nil {
			return
		}
		if cause != 0 {
			w.giveUp(cause)
		}
	}
}

// observe tells of a step of the request at hand.
func (w *worker) observe(kind Kind) { w.client.observe(&w.event, kind) }

// handle tries the request, again if that is the policy and the pause before
// leaves time for it, and returns how the last attempt failed, Expired or
// Answered, or 0 when it succeeded. The only error is ErrStopped.
func (w *worker) handle() (cause Kind, err error) {
	retry, r := w.config.Retry, &w.event.Request
	var pause time.Duration
	for n := 0; ; n++ {
		cause, err := w.attempt()
		if err != nil || cause != Answered || retry == nil || n == retry.Max || !worthwhile(&w.failed) {
			return cause, err
		}
		pause = retry.delay(r.ID, n, pause, &w.failed)
		if !w.rt.Now().Add(pause).Before(r.Created.Add(w.config.TTL)) {
			return cause, nil
		}
		w.observe(Retried)
		if err := w.rt.Sleep(pause); err != nil {
			return 0, err
		}
	}
}

// attempt tries the request once, and returns how that failed, as handle does.
func (w *worker) attempt() (cause Kind, err error) {
	deadline := w.event.Request.Created.Add(w.config.TTL)
	if !w.rt.Now().Before(deadline) {
		w.observe(Expired)
		return Expired, nil
	}
	permit, err := w.gate.Acquire(w.signal, deadline, w.costs()...)
	if err == pace.ErrExpired || errors.Is(err, pace.ErrCost) { // it will never be in time
		w.observe(Expired)
		return Expired, nil
	}
	if err != nil {
		return 0, err
	}
	w.observe(Sent)
	if err := w.exchange(&permit); err != nil {
		return 0, err
	}
	o := &w.event.Outcome
	o.Created = w.event.Request.Created
	w.gate.End(&permit, o)
	w.observe(Answered)
	if !o.OK() {
		w.failed, cause = *o, Answered
	}
	*o = limiter.Outcome{} // no other event has one
	return cause, nil
}

// costs are those of the request at hand; none: it costs 1 of each limit.
func (w *worker) costs() []int64 {
	if w.config.Costs == nil {
		return nil
	}
	w.room = w.config.Costs(w.event.Request.ID, w.room[:0])
	return w.room
}

// exchange carries the request to the server and back, with the work on it.
func (w *worker) exchange(p *pace.Permit) error {
	work := &w.config.Work
	if err := work.spend(work.Send); err != nil {
		return err
	}
	w.call.ID, w.call.Permit = w.event.Request.ID, *p
	if err := w.caller.Call(&w.call, &w.event.Outcome); err != nil {
		return err
	}
	return work.spend(work.Receive)
}

// giveUp drops the request, whose attempt failed, or dead-letters it.
func (w *worker) giveUp(cause Kind) {
	if w.config.DeadLetter == nil {
		w.event.Cause = cause
		w.observe(Dropped)
		w.event.Cause = 0
		return
	}
	w.observe(DeadLettered)
	w.dlq.push(w.event.Request)
}
