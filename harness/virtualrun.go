package harness

import (
	"fmt"
	"strconv"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
	"ratebench/server"
)

// RunVirtual runs one strategy with one seed for d of virtual time. The result
// is a function of its arguments. An error means that the scenario cannot be
// built, or that a process panicked.
func RunVirtual(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, d time.Duration, keepGraveyard bool) (metrics.Run, error) {
	recorder := metrics.NewRecorder(virtual.Epoch, keepGraveyard)
	kernel, err := runVirtual(sc, st, seed, d, recorder, true)
	if err != nil {
		return metrics.Run{}, fmt.Errorf("strategy %s, seed %d: %w", st.Name, seed, err)
	}
	run := recorder.Finish(kernel.Now())
	run.Strategy, run.Seed = st.Name, seed
	return run, nil
}

// runVirtual runs one strategy and tells the observer of everything. Polls
// that cannot succeed are left out when skipIdle is set.
func runVirtual(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, d time.Duration, o clients.Observer, skipIdle bool) (*virtual.Kernel, error) {
	srv, err := NewServer(sc, seed)
	if err != nil {
		return nil, err
	}
	kernel := virtual.New()
	runStages(kernel, srv, sc.Server.Stages)
	o = observeUntilDone(o, sc.Load.Count, kernel.Stop)
	caller := &virtualCaller{kernel, srv, server.Keys(sc.Server.Keys)}
	startClient(kernel, caller, sc, st, seed, o, skipIdle)
	return kernel, kernel.Run(d)
}

// virtualCaller carries calls to a server core in the same kernel.
type virtualCaller struct {
	kernel *virtual.Kernel
	server *server.Server
	keys   []string
}

// Call implements clients.Caller.
func (c *virtualCaller) Call(call clients.Call) (limiter.Outcome, error) {
	x := c.server.Open(c.keys[call.Key], strconv.FormatInt(call.Nonce, 10))
	if x.Latency() <= call.Timeout {
		reply, err := x.Serve(c.kernel)
		return outcomeOf(reply), err
	}
	// The server counts and answers a request although nobody waits for it.
	c.kernel.Go("server", func() { _, _ = x.Serve(c.kernel) })
	return limiter.Outcome{Err: clients.ErrTimeout}, c.kernel.Sleep(call.Timeout)
}

// outcomeOf is what a client sees of a reply, just as if it had come by HTTP.
func outcomeOf(r server.Reply) limiter.Outcome {
	o := limiter.Outcome{
		Status:     r.Status(),
		Blocked:    r.Verdict == server.Blocked,
		Received:   r.Statement.Received,
		RetryAfter: r.Statement.RetryAfter,
	}
	if r.Statement.HasBudget {
		o.Budget = &limiter.Budget{Remaining: r.Statement.Remaining, Reset: r.Statement.Reset}
	}
	return o
}
