// Package harness runs scenarios: for a strategy and a seed it builds the
// server and the client, lets them run in virtual or in real time, and returns
// what was recorded.
package harness

import (
	"sync/atomic"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace"
	"ratebench/harness/machine"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
)

// A world is what a client runs in.
type world struct {
	runtime  clients.Runtime
	caller   func(key int) clients.Caller // for a client of one key; NoKey: of all
	observer clients.Observer
	skipIdle bool // leave out polls that cannot succeed, if waking up costs nothing
	delayed  bool // the caller tells when requests leave

	store   Store    // that the processes share; nil: they have none
	process *Process // the one of them to start; nil: all
}

// startClient starts the client of a strategy in a world, with what running it
// costs: one with all keys, or one for each key, on the same processor.
func (w world) startClient(sc *scenario.Scenario, st *scenario.Strategy, seed uint64) error {
	if InProcesses(sc, st) {
		return w.startProcesses(sc, st, seed)
	}
	rt, o := w.runtime, w.observer
	config, err := clientConfig(sc, st, seed, rt)
	if err != nil {
		return err
	}
	config.Delayed = w.delayed
	config.Polling.SkipIdle = w.skipIdle && st.Client.Runtime.PerWakeUp == 0
	start, clock := rt.Now(), st.Client.Clock
	config.Wall = machine.Wall(start, clock.Jumps)
	generator := machine.Skew(rt, start, clock)
	config.GeneratorOn = generator // its wake-ups are part of what it costs
	rt, config.Work = machine.Processor(rt, st.Client.Runtime)
	o = machine.TrueTime(o, start, clock.Rate)
	rt = machine.Skew(rt, start, clock)
	pauses := func(key int) func(n uint64) time.Duration {
		return sc.Load.Pauses(seed, key, func() time.Duration { return generator.Now().Sub(start) })
	}
	if sc.Load.PerKey {
		return startPerKey(rt, w.caller, sc, config, o, pauses)
	}
	config.Pause = pauses(clients.NoKey)
	return clients.Start(rt, w.caller(clients.NoKey), config, o)
}

// clientConfig builds the configuration of a strategy's client.
func clientConfig(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, rt clients.Runtime) (clients.Config, error) {
	d := newDemand(sc, seed)
	shared, err := d.share(st, rt.NewLock())
	if err != nil {
		return clients.Config{}, err
	}
	c := clients.Config{
		Keys:             sc.Server.Keys,
		NewLimiter:       func() (limiter.Limiter, error) { return d.limiter(st) },
		Shared:           shared,
		LimiterPerWorker: st.Limiter.Scope == client.ScopeWorker,
		Polling:          pace.Polling{Every: st.Limiter.Poll},
		WorkersPerKey:    st.Client.WorkersPerKey,
		Nonces:           noncePolicy(st.Client.Nonce),
		Timeout:          st.Client.Timeout,
		TTL:              sc.Load.TTL,
		Burst:            sc.Load.Burst,
		Count:            sc.Load.Count,
		Drift:            st.Client.Runtime.Kind != client.RuntimeGoroutines || st.Client.Runtime.Generator > 0,
	}
	if !d.isPlain() {
		c.Costs = d.costs
	}
	if r := st.Retry; r != nil {
		c.Retry = &clients.Retry{Max: r.Max, Backoff: r.Backoff, Draw: r.Jitters(seed)}
	}
	if d := st.Queue.DeadLetter; d != nil {
		c.DeadLetter = &clients.DeadLetter{MaxRetries: d.MaxRetries}
	}
	if b := st.Queue.Backpressure; b != nil {
		c.Backpressure = &clients.Backpressure{Max: b.Max, Pause: b.Pause}
	}
	return c, nil
}

func noncePolicy(name string) nonce.Policy {
	switch name {
	case client.NonceIncreasing:
		return nonce.Increasing
	case client.NonceCounter:
		return nonce.Counter
	case client.NonceRandom:
		return nonce.Random
	default:
		return nonce.Timestamp
	}
}

// untilDone passes events on and calls stop when the last of so many requests
// has ended.
type untilDone struct {
	clients.Observer
	left atomic.Int64
	stop func()
}

// observeUntilDone wraps o for a load of count requests; 0 is endless.
func observeUntilDone(o clients.Observer, count int, stop func()) clients.Observer {
	if count == 0 {
		return o
	}
	u := &untilDone{Observer: o, stop: stop}
	u.left.Store(int64(count))
	return u
}

func (u *untilDone) Observe(e *clients.Event) {
	u.Observer.Observe(e)
	if isEnd(e) && u.left.Add(-1) == 0 {
		u.stop()
	}
}

// isEnd reports whether an event is the last one of its request.
func isEnd(e *clients.Event) bool {
	return e.Kind == clients.Dropped || e.Kind == clients.Buried || e.Kind == clients.Answered && e.Outcome.OK()
}
