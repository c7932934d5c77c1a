package harness

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/backend"
	"ratebench/harness/faults"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
	"ratebench/server"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// runVirtual runs one strategy with one seed in virtual time. The result is a
// function of the scenario, the strategy and the seed. An error means that the
// scenario cannot be built, that a process panicked, that ctx was done before
// the end, or that the events cannot be written.
func runVirtual(ctx context.Context, sc *scenario.Scenario, st *scenario.Strategy, seed uint64, o Options) (metrics.Run, error) {
	if o.Events == nil && separable(sc, st) {
		return runKeys(ctx, sc, st, seed, o)
	}
	recording, err := o.record(sc, st, seed, virtual.Epoch)
	if err != nil {
		return metrics.Run{}, err
	}
	var calls *int
	kernel, err := virtualRun{ctx: ctx, scenario: sc, strategy: st, seed: seed, observer: recording.observer(), skipIdle: true, calls: &calls}.run(sc.Duration)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = recording.close() // the first error says more
		return metrics.Run{}, fmt.Errorf("strategy %s, seed %d: %w", st.Name, seed, err)
	}
	run, err := recording.finish(kernel.Now())
	run.StoreCalls = calls
	return run, err
}

// A virtualRun is one strategy with one seed, and who is told of what happens.
type virtualRun struct {
	ctx      context.Context // ends the run early; nil does not
	scenario *scenario.Scenario
	strategy *scenario.Strategy
	seed     uint64
	observer clients.Observer
	tally    *faults.Tally                 // what was broken is added to it; nil is not
	judged   func(key int, r server.Reply) // told of every verdict; nil is not
	skipIdle bool                          // leave out polls that cannot succeed
	calls    **int                         // set to those of the processes' store, if they have one; nil is not
}

// run lets d of virtual time pass.
func (v virtualRun) run(d time.Duration) (*virtual.Kernel, error) {
	sc := v.scenario
	b, err := backend.NewAlone(sc, v.seed)
	if err != nil {
		return nil, err
	}
	kernel := virtual.New()
	b.Schedule(kernel)
	var asked *demand
	if len(sc.Server.Limits) > 0 || len(sc.Load.Mix) > 0 {
		asked = newDemand(sc, v.seed)
	}
	tallies := []*faults.Tally{b.Tally}
	caller := func(key int) clients.Caller {
		direct := &virtualCaller{kernel: kernel, server: b.Server, firstKey: sc.Server.FirstKey, judged: v.judged, demand: asked, interpreter: newInterpreter(&sc.Server)}
		if key == clients.NoKey {
			return breaking(direct, sc.Server.Faults, v.seed, b.Tally)
		}
		t := &faults.Tally{}
		tallies = append(tallies, t)
		return breaking(direct, sc.Server.Faults, scenario.KeySeed(v.seed, sc.Server.FirstKey+key), t)
	}
	if v.tally != nil {
		defer func() {
			for _, t := range tallies {
				v.tally.Add(t)
			}
		}()
	}
	o := observeUntilDone(v.observer, sc.Load.Count, kernel.Stop)
	w := world{runtime: kernel, caller: caller, observer: o, skipIdle: v.skipIdle}
	if w.store, err = newStore(kernel, sc, v.strategy, v.seed); err != nil {
		return nil, err
	}
	if v.calls != nil && w.store != nil {
		defer func() { n := w.store.Calls(); *v.calls = &n }()
	}
	if err := w.startClient(sc, v.strategy, v.seed); err != nil {
		return nil, err
	}
	if v.ctx != nil {
		defer context.AfterFunc(v.ctx, kernel.Interrupt)()
	}
	return kernel, kernel.Run(d)
}

// breaking carries calls to the server, broken as planned by a seed and counted in a
// tally; the run begins now.
func breaking(direct *virtualCaller, f faults.Config, seed uint64, t *faults.Tally) clients.Caller {
	if !f.Any() {
		return direct
	}
	return faults.NewCaller(direct.kernel, direct, faults.NewPlan(f, seed), t)
}

// virtualCaller carries calls to a server core in the same kernel.
type virtualCaller struct {
	kernel   *virtual.Kernel
	server   *server.Server
	firstKey int                           // index of the client's key that is the server's first
	judged   func(key int, r server.Reply) // nil: nobody is told
	demand   *demand                       // what requests ask of the limits; nil: all the same
	spare    []*flight
	ahead    server.Ahead

	interpreter *interpreter // nil: the API has no dialect
}

// A flight is a call on its way, to be used again for another. What every step looks
// at comes first.
type flight struct {
	caller   *virtualCaller
	outcome  *limiter.Outcome // who waits for the answer; nil: nobody
	left     time.Duration    // how long somebody does yet
	queued   time.Duration    // how long it is until the next step, if that is known
	id       int64
	key      int32
	gaveUp   bool // nobody waits any more
	exchange server.Exchange
	request  ledger.Request // what the server adds up; of use with a demand
	costs    []ledger.Cost  // the room of its costs
}

var _ clients.SteppingCaller = (*virtualCaller)(nil)

// Call implements clients.Caller.
func (c *virtualCaller) Call(call *clients.Call, o *limiter.Outcome) error {
	return c.kernel.Walk(c.Begin(call, o))
}

// Begin implements clients.SteppingCaller.
func (c *virtualCaller) Begin(call *clients.Call, o *limiter.Outcome) clients.Process {
	f := c.newFlight()
	f.key, f.id, f.left, f.outcome = int32(call.Key), call.ID, call.Timeout, o
	c.server.OpenKey(&f.exchange, call.Key-c.firstKey, call.Permit.Nonce)
	if c.demand != nil {
		f.request = c.demand.request(call.ID, f.costs)
		f.costs = f.request.Costs
		f.exchange.Describe(server.Request{Request: f.request})
	}
	if f.exchange.Latency() <= call.Timeout {
		return f
	}
	// The server counts and answers a request although nobody waits for it.
	f.outcome = nil
	c.kernel.Steps("server", f)
	f = c.newFlight()
	f.outcome, f.queued, f.gaveUp = o, call.Timeout, true
	return f
}

func (c *virtualCaller) newFlight() (f *flight) {
	if n := len(c.spare); n > 0 {
		f, c.spare = c.spare[n-1], c.spare[:n-1]
		f.gaveUp, f.queued = false, 0
		return f
	}
	return &flight{caller: c}
}

// Step implements clients.Process.
func (f *flight) Step(w *clients.Wait) (more bool) {
	wait, more := f.next()
	*w = clients.Wait{For: wait}
	return more
}

// Lines appends, for who prefetches, where the next steps of calls are likely to look: see
// server.Ahead.
func (c *virtualCaller) Lines(calls []clients.Process, far int, lines []unsafe.Pointer) []unsafe.Pointer {
	if far == 0 {
		c.ahead.Reset()
		for _, p := range calls {
			if f, ok := p.(*flight); ok {
				c.ahead.Add(&f.exchange)
			}
		}
	}
	return c.ahead.Lines(far, lines)
}

// next does what there is to do now, and returns how long it is until there is
// more.
func (f *flight) next() (wait time.Duration, more bool) {
	c := f.caller
	switch {
	case f.queued > 0:
		wait, f.queued = f.queued, 0
		return wait, true
	case f.gaveUp:
		f.outcome.Err = clients.ErrTimeout
		c.spare = append(c.spare, f)
		return 0, false
	}
	if wait, more = f.exchange.Step(c.kernel); more {
		return f.await(wait), true
	}
	if c.judged != nil {
		c.judged(int(f.key), *f.exchange.Reply())
	}
	if f.outcome != nil {
		f.answered()
	}
	c.spare = append(c.spare, f)
	return 0, false
}

// answered tells whoever waits what the answer is.
func (f *flight) answered() {
	c, o := f.caller, f.outcome
	if c.interpreter != nil {
		*o = c.interpreter.outcome(&f.exchange, c.kernel.Now())
	} else {
		seen(f.exchange.Reply(), o)
		if c.server.Statements() != (server.Statements{}) {
			readStatement(&f.exchange.Reply().Statement, o)
		}
	}
	if c.demand != nil && o.OK() && o.Cost == 0 { // as answers say that are of costs known late
		o.Cost = c.demand.settled(f.id)
	}
}

// await returns how long to wait for the next step. If that is too long for
// whoever waits for the answer, which is so when the server lets a request queue,
// the call goes on alone.
func (f *flight) await(wait time.Duration) time.Duration {
	if f.outcome == nil {
		return wait
	}
	if wait <= f.left {
		f.left -= wait
		return wait
	}
	rest := f.caller.newFlight()
	rest.exchange, rest.key, rest.id, rest.outcome, rest.queued = f.exchange, f.key, f.id, nil, wait
	rest.request, rest.costs, f.costs = f.request, f.costs, nil
	f.caller.kernel.Steps("server", rest)
	f.gaveUp = true
	return f.left
}

// seen sets what a client sees of a verdict, just as if it had come by HTTP.
func seen(r *server.Reply, o *limiter.Outcome) {
	o.Status = r.Verdict.Status()
	o.Blocked = r.Verdict == server.Blocked && r.Retry == policy.Never
	o.Banned = r.Verdict == server.Blocked && !o.Blocked
}

// readStatement sets what a client reads of a statement.
func readStatement(s *server.Statement, o *limiter.Outcome) {
	o.Received, o.RetryAfter = s.Received, s.RetryAfter
	if s.HasBudget {
		o.Budgets = []limiter.Budget{{Limit: int64(s.Limit), Remaining: int64(s.Remaining), Reset: s.Reset}}
	}
}
