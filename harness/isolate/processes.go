package isolate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness"
	"ratebench/harness/budgets"
	"ratebench/harness/budgets/inredis"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// A sibling is which of the processes of its client a job is for.
type sibling struct {
	Number int    `json:"number"`
	Store  string `json:"store,omitempty"` // URL of the Redis that they share; "": they have none
	Name   string `json:"name,omitempty"`  // what its keys have in their names
}

// A siblings is all processes of one client under way.
type siblings struct {
	*bench
	strategy *scenario.Strategy
	seed     uint64
	store    *store // nil: they have none
	all      []*process
	results  []*result
	errs     []error
}

// runProcesses is runOne for a client of several processes. One that dies does not
// end the others: then there is a result, of what was known of all, with the error.
func (b *bench) runProcesses(ctx context.Context, st *scenario.Strategy, seed uint64, turn func()) (*result, error) {
	if err := harness.RealProcesses(b.scenario, st); err != nil {
		return nil, err
	}
	target, err := b.target(ctx, seed)
	if err != nil {
		return nil, err
	}
	defer target.close()
	s := &siblings{bench: b, strategy: st, seed: seed}
	if harness.HasStore(st) {
		if s.store, err = openStore(b.options.Store); err != nil {
			return nil, err
		}
		forget := b.options.onEnd(s.store.close)
		defer forget()
		defer s.store.close()
	}
	if err := s.start(ctx, target.url); err != nil {
		return nil, err
	}
	turn()
	return s.run(ctx, target)
}

// start starts all processes, and returns when they are ready, or none is left.
func (s *siblings) start(ctx context.Context, url string) error {
	for number := range max(1, s.strategy.Client.Processes) {
		j := s.job(s.strategy.Name, s.seed, url)
		j.Every, j.Events = 0, "" // the parent records what happens
		j.Process = &sibling{Number: number}
		if s.store != nil {
			j.Process.Store, j.Process.Name = s.store.url, s.store.name
		}
		p, err := startProcess(ctx, s.options.Command, j, s.limits)
		if err != nil {
			s.give(err)
			return unlessDone(ctx, err)
		}
		s.all = append(s.all, p)
	}
	for number, p := range s.all {
		if err := p.ready(); err != nil {
			s.all = append(s.all[:number:number], s.all[number+1:]...)
			err = p.end(err)
			s.give(err)
			return unlessDone(ctx, of(number, err))
		}
	}
	return nil
}

// give gives up all processes that have been started.
func (s *siblings) give(why error) {
	for _, p := range s.all {
		p.stop(why)
	}
	for _, p := range s.all {
		_ = p.end(nil) // the first error says why
	}
	s.all = nil
}

func of(number int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("process %d: %w", number, err)
}

// run runs the processes that are ready.
func (s *siblings) run(ctx context.Context, target target) (*result, error) {
	if len(s.all) == 0 { // interrupted
		return nil, nil
	}
	start := time.Now()
	recording, err := s.options.Record(s.scenario, s.strategy, s.seed, start)
	if err != nil {
		s.give(err)
		s.eventsFailed(err)
		return nil, err
	}
	m := newMerger(len(s.all), start, recording)
	reporting, stopReporting := context.WithCancel(ctx)
	var background sync.WaitGroup
	restore := func() {}
	if s.store != nil {
		restore = s.store.begin(reporting, s.strategy.Client.Budget.Store.Outages)
	}
	target.begin() // before the clients, whose first requests count
	for _, p := range s.all {
		p.begin(s.scenario.Duration)
	}
	background.Go(func() { s.reportAll(reporting, m, recording) }) // of what has begun: whoever hears of it may end it
	s.results, s.errs = make([]*result, len(s.all)), make([]error, len(s.all))
	var running sync.WaitGroup
	for number, p := range s.all {
		running.Go(func() { s.results[number], s.errs[number] = s.follow(ctx, number, p, m) })
	}
	running.Wait()
	stopReporting()
	background.Wait()
	restore()
	return s.finish(ctx, m, recording)
}

// follow follows a process to its end.
func (s *siblings) follow(ctx context.Context, number int, p *process, m *merger) (*result, error) {
	defer m.end(number)
	r, err := p.result(nil, func(b batch) { m.add(number, b) })
	if err := p.end(err); err != nil {
		if errors.Is(err, errNoResult) {
			err = unlessDone(ctx, err)
		}
		return nil, of(number, err)
	}
	if err := r.check(ctx, s.strategy.Name, s.seed); err != nil {
		return nil, of(number, err)
	}
	return r, nil
}

// finish puts together what came of all.
func (s *siblings) finish(ctx context.Context, m *merger, recording *harness.Recording) (*result, error) {
	run, err := recording.Finish(m.known())
	if err != nil {
		s.eventsFailed(err)
		return nil, err
	}
	run.Interrupted = ctx.Err() != nil
	total := &result{Run: run, Usage: metrics.Usage{Strategy: s.strategy.Name, Seed: s.seed}}
	calls, any := 0, false
	for _, r := range s.results {
		if r == nil {
			continue
		}
		any = true
		total.addFailures(r.Run.Failures)
		if r.Run.StoreCalls != nil {
			calls += *r.Run.StoreCalls
		}
		addUsage(&total.Usage, r.Usage)
	}
	if s.store != nil {
		total.Run.StoreCalls = &calls
		if s.options.Store == "" || s.storesAtOnce() == 1 {
			total.Run.StoreCPU = s.store.cost()
		}
	}
	err = errors.Join(s.errs...)
	if !any {
		return nil, err
	}
	return total, err
}

// storesAtOnce is how many strategies use a store at a time.
func (b *bench) storesAtOnce() (n int) {
	for i := range b.scenario.Strategies {
		if harness.HasStore(&b.scenario.Strategies[i]) {
			n++
		}
	}
	return n
}

func (r *result) addFailures(f map[string]int) {
	if r.Run.Failures == nil {
		r.Run.Failures = maps.Clone(f)
		return
	}
	for why, n := range f {
		r.Run.Failures[why] += n
	}
}

// addUsage adds what a process has used to what others have, which took their
// samples at the same times.
func addUsage(to *metrics.Usage, u metrics.Usage) {
	if to.Samples == nil {
		to.Samples, to.Peak = u.Samples, u.Peak
		return
	}
	to.Samples = to.Samples[:min(len(to.Samples), len(u.Samples))]
	for i := range to.Samples {
		sum, one := &to.Samples[i], &u.Samples[i]
		if i == len(to.Samples)-1 {
			one = &u.Samples[len(u.Samples)-1] // of all that it took
		}
		sum.Goroutines += one.Goroutines
		sum.Heap += one.Heap
		addBytes(&sum.Resident, one.Resident)
		if sum.Processor == nil || one.Processor == nil {
			sum.Processor = nil
			continue
		}
		both := *sum.Processor
		both.CPU += one.Processor.CPU
		both.Voluntary += one.Processor.Voluntary
		both.Involuntary += one.Processor.Involuntary
		sum.Processor = &both
	}
	addBytes(&to.Peak, u.Peak)
}

// addBytes adds bytes, of which either may be unknown.
func addBytes(to **int64, n *int64) {
	if *to == nil || n == nil {
		*to = nil
		return
	}
	sum := **to + *n
	*to = &sum
}

// reportAll reports what all processes together have done so far, now and then.
func (s *siblings) reportAll(ctx context.Context, m *merger, recording *harness.Recording) {
	if s.options.Every <= 0 || s.options.Report == nil {
		return
	}
	tick := time.NewTicker(s.options.Every)
	defer tick.Stop()
	var queues harness.QueueSamples
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p := recording.Progress(m.known())
			s.report(s.strategy.Name, report{p, queues.Add(p.Main, p.DLQ)})
		}
	}
}

// openStore opens the store of the processes, seen from one of them.
func (s *sibling) openStore(ctx context.Context, c budgets.Config, q limiter.Quota) (harness.Store, error) {
	return inredis.Open(ctx, s.Store, s.Name, c, q)
}
