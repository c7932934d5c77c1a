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
	gate     *pace.Gate
	stepping SteppingCaller // the caller, if it is one and takes steps
	signal   pace.Signal    // of the gate
	consumer consumer       // of the main queue

	stage  stage
	event  Event           // the last one, with the key and the request that it has in its hands
	turn   pace.Turn       // the last one at the gate
	call   Call            // the last one
	carry  CallStep        // of the call that is under way
	tries  int             // again, of the request
	pause  time.Duration   // before the last of them
	failed limiter.Outcome // of the last attempt that was Answered and failed
	room   []int64         // for the costs of a request
}

// A SteppingCaller is a Caller that can do without blocking.
type SteppingCaller interface {
	Caller
	// Begin begins a Call, which is done when the last of its steps has been
	// taken.
	Begin(c *Call, o *limiter.Outcome) CallStep
}

// A CallStep does what a call has to do at one instant, and returns how long to
// wait for the next; false is the end of it.
type CallStep = func() (wait time.Duration, more bool)

// stage is how far a worker has come with a request.
type stage uint8

const (
	idle     stage = iota // it has none
	trying                // it is about to be tried
	atGate                // it waits to be let go
	onItsWay              // to the server and back
)

// start starts the worker's process. It blocks where its calls do, or its work
// takes time.
func (w *worker) start() {
	work := &w.config.Work
	if s, ok := w.caller.(SteppingCaller); ok && work.Send == 0 && work.Receive == 0 {
		w.stepping = s
	}
	start(w.rt, "worker", w.stepping == nil, w.step)
}

// step takes requests from the main queue and tries them, as far as it gets
// without waiting.
func (w *worker) step() (wait Wait, more bool) {
	for {
		switch w.stage {
		case idle:
			r, ok := w.main.take(&w.consumer)
			if !ok {
				return Wait{Signal: w.consumer.signal}, true
			}
			w.event.Request = r
			w.observe(Taken)
			w.tries, w.pause, w.stage = 0, 0, trying
		case trying:
			deadline := w.event.Request.Created.Add(w.config.TTL)
			if !w.rt.Now().Before(deadline) {
				w.expired()
				continue
			}
			until, waits := w.gate.Enter(&w.turn, w.signal, deadline, w.costs()...)
			if waits {
				w.stage = atGate
				return Wait{Signal: w.signal, Until: until}, true
			}
			if !w.leave() {
				return Wait{}, false
			}
		case atGate:
			if until, waits := w.gate.Again(&w.turn); waits {
				return Wait{Signal: w.signal, Until: until}, true
			}
			if !w.leave() {
				return Wait{}, false
			}
		case onItsWay:
			if w.carry != nil {
				if for_, more := w.carry(); more {
					return Wait{For: for_}, true
				}
			}
			if pause := w.answered(); pause > 0 {
				return Wait{For: pause}, true
			}
		}
	}
}

// observe tells of a step of the request at hand.
func (w *worker) observe(kind Kind) { w.client.observe(&w.event, kind) }

// leave sends the request off if the gate has let it go, or gives it up. False:
// the run is over.
func (w *worker) leave() bool {
	switch err := w.turn.Err; {
	case err == nil:
	case err == pace.ErrExpired || errors.Is(err, pace.ErrCost): // it will never be in time
		w.expired()
		return true
	default:
		return false
	}
	w.observe(Sent)
	w.stage = onItsWay
	w.call.ID, w.call.Permit = w.event.Request.ID, w.turn.Permit
	if w.stepping != nil {
		w.carry = w.stepping.Begin(&w.call, &w.event.Outcome)
		return true
	}
	return w.exchange() == nil
}

// exchange carries the request to the server and back, with the work on it.
func (w *worker) exchange() error {
	work := &w.config.Work
	if err := work.spend(work.Send); err != nil {
		return err
	}
	if err := w.caller.Call(&w.call, &w.event.Outcome); err != nil {
		return err
	}
	return work.spend(work.Receive)
}

// costs are those of the request at hand; none: it costs 1 of each limit.
func (w *worker) costs() []int64 {
	if w.config.Costs == nil {
		return nil
	}
	w.room = w.config.Costs(w.event.Request.ID, w.room[:0])
	return w.room
}

// answered ends an attempt. The request is tried again, if that failed, it is the
// policy, and the pause before leaves time for it, which is returned.
func (w *worker) answered() (pause time.Duration) {
	o := &w.event.Outcome
	o.Created = w.event.Request.Created
	w.gate.End(&w.turn.Permit, o)
	w.observe(Answered)
	if o.OK() {
		*o = limiter.Outcome{} // no other event has one
		w.stage = idle
		return 0
	}
	w.failed, *o = *o, limiter.Outcome{}
	if w.triesAgain() {
		w.observe(Retried)
		w.stage = trying
		return w.pause
	}
	w.giveUp(Answered)
	return 0
}

// triesAgain says whether a request whose attempt failed is tried again, after
// the pause.
func (w *worker) triesAgain() bool {
	retry, r := w.config.Retry, &w.event.Request
	if retry == nil || w.tries == retry.Max || !worthwhile(&w.failed) {
		return false
	}
	w.pause = retry.delay(r.ID, w.tries, w.pause, &w.failed)
	w.tries++
	return w.rt.Now().Add(w.pause).Before(r.Created.Add(w.config.TTL))
}

// expired gives the request up because its TTL has passed, or will for certain.
func (w *worker) expired() {
	w.observe(Expired)
	w.giveUp(Expired)
}

// giveUp drops the request, whose attempt failed, or dead-letters it.
func (w *worker) giveUp(cause Kind) {
	w.stage = idle
	if w.config.DeadLetter == nil {
		w.event.Cause = cause
		w.observe(Dropped)
		w.event.Cause = 0
		return
	}
	w.observe(DeadLettered)
	w.dlq.push(w.event.Request)
}
