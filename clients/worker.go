package clients

import (
	"errors"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A worker works for one key and has at most one request in flight. There may be
// tens of thousands, of which each is looked at now and then: it is six lines of a
// processor's cache, of which the first is all that a request on its way needs, and the
// fifth is for those that are tried again, that poll, or whose gate shares limits.
type worker struct {
	place  // in the line of the main queue; what it is told of by the gate is its signal, too
	*hands // with what is told of the request
	stage  stage
	legs   uint8      // steps of the call so far
	key    int32      // index of it
	carry  Process    // the call that is under way, or was; nil: calls block
	gate   *pace.Gate // of the key

	turn  pace.Turn     // the last one at the gate
	pause time.Duration // before the last try
	tries int           // again, of the request
	_     [24]byte      // so that the request is in one line

	item Request // the one at hand
}

// hands are what a worker tells of its request at one instant. Workers that take
// turns share them.
type hands struct {
	*client
	event Event
	call  Call
	room  []int64 // of the costs
}

// A SteppingCaller is a Caller that can do without blocking.
type SteppingCaller interface {
	Caller
	// Begin begins a Call, the last step of which sets the outcome. Neither is
	// it set before, nor is the call kept.
	Begin(c *Call, o *limiter.Outcome) Process
}

// stage is how far a worker has come with a request.
type stage uint8

const (
	idle     stage = iota // it has none
	trying                // it is about to be tried
	atGate                // it waits to be let go
	onItsWay              // to the server and back
)

// Step implements Process: it takes requests from the main queue and tries them,
// as far as it gets without waiting.
func (w *worker) Step(wait *Wait) (more bool) {
	for {
		switch w.stage {
		case idle:
			if !w.main.take(w) {
				*wait = Wait{Signal: w.signal}
				return true
			}
			w.observe(Taken)
			if w.stage = trying; w.config.Retry != nil {
				w.tries, w.pause = 0, 0
			}
		case trying:
			deadline := w.item.Created.Add(w.config.TTL)
			if !w.rt.Now().Before(deadline) {
				w.expired()
				continue
			}
			if until, waits := w.gate.Enter(&w.turn, w.signal, deadline, w.costs()...); waits {
				w.stage = atGate
				*wait = Wait{Signal: w.signal, Until: until}
				return true
			}
			if !w.leave() {
				return false
			}
		case atGate:
			if until, waits := w.gate.Again(&w.turn); waits {
				*wait = Wait{Signal: w.signal, Until: until}
				return true
			}
			if !w.leave() {
				return false
			}
		case onItsWay:
			if w.carry != nil && w.carry.Step(wait) {
				w.legs++
				return true
			}
			if pause := w.answered(); pause > 0 {
				*wait = Wait{For: pause}
				return true
			}
		}
	}
}

// taking implements taker.
func (w *worker) taking() (*place, *Request) { return &w.place, &w.item }

// observe tells of a step of the request at hand.
func (w *worker) observe(kind Kind) {
	e := &w.event
	e.Key, e.Request = int(w.key), w.item
	w.client.observe(e, kind)
}

// costs are those of the request at hand; none: it costs 1 of each limit.
func (w *worker) costs() []int64 {
	if w.config.Costs == nil {
		return nil
	}
	w.room = w.config.Costs(w.item.ID, w.room[:0])
	return w.room
}

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
	w.stage, w.legs = onItsWay, 0
	c, o := &w.call, &w.event.Outcome
	*c = Call{Key: int(w.key), ID: w.item.ID, Timeout: w.config.Timeout, Gate: w.gate, Permit: w.turn.Permit}
	if w.stepping != nil {
		w.carry = w.stepping.Begin(c, o)
		return true
	}
	return w.exchange(c, o) == nil
}

// exchange carries the request to the server and back, with the work on it.
func (w *worker) exchange(c *Call, o *limiter.Outcome) error {
	work := &w.config.Work
	if err := work.spend(work.Send); err != nil {
		return err
	}
	if err := w.caller.Call(c, o); err != nil {
		return err
	}
	return work.spend(work.Receive)
}

// answered ends an attempt. If that failed, the request is tried again after a
// pause, which is returned, or given up.
func (w *worker) answered() (pause time.Duration) {
	o := &w.event.Outcome
	o.Created = w.item.Created
	w.gate.End(&w.turn.Permit, o)
	w.observe(Answered)
	failed := !o.OK()
	again := failed && w.triesAgain(o)
	*o = limiter.Outcome{} // no other event has one
	switch {
	case again:
		w.observe(Retried)
		w.stage = trying
		return w.pause
	case failed:
		w.giveUp(Answered)
	default:
		w.stage = idle
	}
	return 0
}

// triesAgain says whether a request whose attempt failed is tried again, after
// the pause: if that is the policy, and leaves time for it.
func (w *worker) triesAgain(o *limiter.Outcome) bool {
	retry, r := w.config.Retry, &w.item
	if retry == nil || w.tries == retry.Max || !worthwhile(o) {
		return false
	}
	w.pause = retry.delay(r.ID, w.tries, w.pause, o)
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
	w.dlq.push(w.item)
}
