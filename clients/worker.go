package clients

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A worker works for one key and has at most one request in flight.
type worker struct {
	*client
	key    int
	gate   *pace.Gate
	signal pace.Signal
}

// work takes requests from the main queue until the run is over.
func (w *worker) work() {
	for {
		r, err := w.main.pop()
		if err != nil {
			return
		}
		w.observe(Taken, r, w.key)
		failed, err := w.handle(r)
		if err != nil {
			return
		}
		if failed != 0 {
			w.giveUp(r, failed)
		}
	}
}

// handle tries a request, again if that is the policy and the pause before
// leaves time for it, and returns how the last attempt failed, Expired or
// Answered, or 0 when it succeeded. The only error is ErrStopped.
func (w *worker) handle(r Request) (failed Kind, err error) {
	retry := w.config.Retry
	var pause time.Duration
	for n := 0; ; n++ {
		failed, o, err := w.attempt(r)
		if err != nil || failed != Answered || retry == nil || n == retry.Max || !worthwhile(o) {
			return failed, err
		}
		pause = retry.delay(r.ID, n, pause, o)
		if !w.rt.Now().Add(pause).Before(r.Created.Add(w.config.TTL)) {
			return failed, nil
		}
		w.observe(Retried, r, w.key)
		if err := w.rt.Sleep(pause); err != nil {
			return 0, err
		}
	}
}

// attempt tries a request once. The outcome is that of an Answered.
func (w *worker) attempt(r Request) (failed Kind, o limiter.Outcome, err error) {
	deadline := r.Created.Add(w.config.TTL)
	if !w.rt.Now().Before(deadline) {
		w.observe(Expired, r, w.key)
		return Expired, o, nil
	}
	permit, err := w.gate.Acquire(w.signal, deadline, 1)
	if err == pace.ErrExpired {
		w.observe(Expired, r, w.key)
		return Expired, o, nil
	}
	if err != nil {
		return 0, o, err
	}
	w.observe(Sent, r, w.key)
	if o, err = w.exchange(r, permit); err != nil {
		return 0, o, err
	}
	o.Created = r.Created
	o = w.gate.Done(permit, o)
	w.observer.Observe(Event{Time: w.rt.Now(), Kind: Answered, Request: r, Key: w.key, Outcome: o})
	if !o.OK() {
		return Answered, o, nil
	}
	return 0, o, nil
}

// exchange carries a request to the server and back, with the work on it.
func (w *worker) exchange(r Request, p pace.Permit) (limiter.Outcome, error) {
	work := w.config.Work
	if err := work.spend(work.Send); err != nil {
		return limiter.Outcome{}, err
	}
	o, err := w.caller.Call(Call{Key: w.key, ID: r.ID, Timeout: w.config.Timeout, Gate: w.gate, Permit: p})
	if err != nil {
		return o, err
	}
	return o, work.spend(work.Receive)
}

// giveUp drops a request whose attempt failed, or dead-letters it.
func (w *worker) giveUp(r Request, cause Kind) {
	if w.config.DeadLetter == nil {
		w.observer.Observe(Event{Time: w.rt.Now(), Kind: Dropped, Cause: cause, Request: r, Key: w.key})
		return
	}
	w.observe(DeadLettered, r, w.key)
	w.dlq.push(r)
}
