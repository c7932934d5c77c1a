package harness

import (
	"errors"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/machine"
	"ratebench/harness/scenario"
)

// InProcesses reports whether the client of a strategy is more than one process
// with one generator.
func InProcesses(sc *scenario.Scenario, st *scenario.Strategy) bool {
	return st.Client.Processes > 1 || st.Client.Budget != nil || st.Client.Crashes != nil || len(sc.Load.Sources) > 0
}

// startProcesses starts the processes of a strategy's client, each with workers, a
// queue, a clock and a processor of its own, and its part of the sources.
func (w world) startProcesses(sc *scenario.Scenario, st *scenario.Strategy, seed uint64) error {
	groups := assisted{}
	if w.delayed {
		if w.process == nil {
			return errors.New("its client is processes, or has several sources, and in real time each process has to be one: want --processes")
		}
		return w.startProcess(sc, st, seed, w.process.Number, groups)
	}
	for number := range max(1, st.Client.Processes) {
		if err := w.startProcess(sc, st, seed, number, groups); err != nil {
			return err
		}
	}
	return nil
}

func (w world) startProcess(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, number int, groups assisted) error {
	start, clock := w.runtime.Now(), st.Client.Clock
	clock.Rate *= budgets.ClockRate(seed, number, clock.Drift)
	o := machine.TrueTime(w.observer, start, clock.Rate)
	config, err := clientConfig(sc, st, seed, w.runtime)
	if err != nil {
		return err
	}
	config.Delayed = w.delayed
	config.Polling.SkipIdle = w.skipIdle && st.Client.Runtime.PerWakeUp == 0
	config.Wall = machine.Wall(start, clock.Jumps)
	own := machine.Skew(w.runtime, start, clock)
	config.GeneratorOn = own
	rt, work := machine.Processor(w.runtime, st.Client.Runtime)
	config.Work = work

	d := newDemand(sc, seed)
	process := budgets.NewProcess(own, func(key int) (limiter.Limiter, func(), error) {
		if b := st.Client.Budget; b == nil || b.Kind == budgets.Independent {
			l, err := d.limiter(groups.strategy(st, key))
			return l, nil, err
		}
		return w.limiterOf(sc, st, own, key, number)
	})
	config.NewLimiter = process.NewLimiter
	if c := st.Client.Crashes; c != nil {
		process.Crash(*c, seed, number)
	}
	if !deal(&config, sc, st, seed, number, func() time.Duration { return own.Now().Sub(start) }) {
		return idle(&config)
	}
	return clients.Start(machine.Skew(rt, start, clock), process.Caller(w.caller(clients.NoKey)), config, o)
}

// idle is a process without a source: it has nothing to send, and its limiters all
// the same.
func idle(config *clients.Config) error {
	for range config.Keys {
		if _, err := config.NewLimiter(); err != nil {
			return err
		}
	}
	return nil
}

// limiterOf makes what paces the requests of a key in a process, behind the guards:
// the limiter of the strategy, with its part of the limit if that is split, and
// what the processes share.
func (w world) limiterOf(sc *scenario.Scenario, st *scenario.Strategy, own clients.Runtime, key, number int) (limiter.Limiter, func(), error) {
	quota := st.Quota(sc.Server)
	if st.Client.Budget.Kind == budgets.Split {
		quota.Limit /= st.Client.Processes
	}
	l, err := st.Limiter.Config.New(quota)
	if err != nil {
		return nil, nil, err
	}
	var abandon func()
	if w.store != nil {
		var shared limiter.Limiter
		if shared, abandon, err = w.store.Open(own, key, number); err != nil {
			return nil, nil, err
		}
		if l, err = limiter.NewSet(limiter.Part{Limiter: l}, limiter.Part{Limiter: shared}); err != nil {
			return nil, nil, err
		}
	}
	l, err = st.Guard.Guard(l)
	return l, abandon, err
}

// deal deals a process its part of the sources of the load: every so many. A
// request's id tells its source. False: there is none for it.
func deal(config *clients.Config, sc *scenario.Scenario, st *scenario.Strategy, seed uint64, number int, elapsed func() time.Duration) bool {
	all := sc.Load.AllSources()
	if len(all) == 0 {
		config.Pause = sc.Load.Pauses(seed, clients.NoKey, elapsed)
		return number == 0
	}
	config.IDStep = len(all)
	for i := number; i < len(all); i += max(1, st.Client.Processes) {
		source := clients.Source{FirstID: i, Pause: all[i].Pauses(seed, i)}
		if config.Pause == nil {
			config.Pause, config.FirstID = source.Pause, source.FirstID
		} else {
			config.More = append(config.More, source)
		}
	}
	return config.Pause != nil
}

// A Store is what processes share limits through.
type Store interface {
	// Open makes what shares the quota of a key in the process of a number; abandon
	// ends it.
	Open(w budgets.World, key, number int) (l limiter.Limiter, abandon func(), err error)
	// Calls is how many calls the store has had.
	Calls() int
}

// HasStore reports whether a strategy's processes share limits through a store.
func HasStore(st *scenario.Strategy) bool {
	b := st.Client.Budget
	return b != nil && budgets.HasStore(b.Kind)
}

// newStore starts the store of a strategy's processes in virtual time; nil: they
// have none.
func newStore(rt clients.Runtime, sc *scenario.Scenario, st *scenario.Strategy, seed uint64) (Store, error) {
	if !HasStore(st) {
		return nil, nil
	}
	return budgets.NewStore(rt, st.Budget(sc.Server), st.Quota(sc.Server), sc.Server.Keys, seed)
}
