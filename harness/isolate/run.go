// Package isolate runs scenarios in real time with each client in a process of
// its own, so that the operating system can tell what a client costs.
//
// The command starts itself again for every strategy. Parent and client talk
// over the client's standard input and output, in JSON, one message after the
// other:
//
//	parent → client   {"job": …}     what to run
//	client → parent   {"ready": true}
//	parent → client   {"go": true}   when all clients are ready
//	client → parent   {"report": …}  now and then, on request
//	client → parent   {"events": …}  of a client of several processes: what happened
//	parent → client   {"stop": true} ends the run early
//	client → parent   {"result": …}  what was recorded and measured; then it ends
//
// The servers stay in the parent. A client that is several processes is so many of
// the operating system's; the parent records what happens in all of them, as it does
// in virtual time, and starts a Redis for each strategy that shares through a store,
// unless there is one. A client whose input ends has lost its
// parent, and ends too.
package isolate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"ratebench/harness"
	"ratebench/harness/backend"
	"ratebench/harness/events"
	"ratebench/harness/live"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// Options is how to run a scenario.
type Options struct {
	// Options are those of a run in real time.
	harness.Options
	// Command is the program that calls Client, with its arguments. Required.
	Command []string
	// Store is the URL of the Redis that processes share limits through; "" starts
	// one for each strategy.
	Store string
	// OnEnd has what it is given called if this process ends at once, until forget
	// is; nil does not.
	OnEnd func(remove func()) (forget func())
}

func (o *Options) onEnd(remove func()) (forget func()) {
	if o.OnEnd == nil {
		return func() {}
	}
	return o.OnEnd(remove)
}

// A Result is what came of the runs.
type Result struct {
	// Runs come strategy by strategy, seeds ascending; of a sweep, so at each
	// point.
	Runs []metrics.Run
	// Usage is what each run cost, in the same order.
	Usage []metrics.Usage
}

// Run runs the scenario as harness.Run does in real time: the strategies side
// by side, the seeds one after another. When ctx is done it returns what there
// is by then, marked as interrupted, and ctx's error. A strategy whose process
// fails is an error with its name; it has no run with that seed nor with a
// later one, and those of the others come back all the same. Events that cannot
// be written end all runs, as in harness.Run.
func Run(ctx context.Context, sc *scenario.Scenario, o Options) (Result, error) {
	if rows := len(sc.Rows()); o.Target != "" && rows != 1 {
		return Result{}, fmt.Errorf("%d strategies cannot share one server: choose one with --strategy", rows)
	}
	points := []*scenario.Scenario{sc}
	if len(sc.Points) > 0 {
		points = nil
	}
	for _, p := range sc.Points {
		points = append(points, p.Scenario)
	}
	var all Result
	var errs []error
	progress := o.Progress
	for i, point := range points {
		if progress != nil {
			o.Progress = func(done float64) { progress((float64(i) + done) / float64(len(points))) }
		}
		b, err := newBench(point, o)
		if err != nil {
			return Result{}, err
		}
		b.overrides = sc.Overrides // a point has none of its own
		r, err := b.run(ctx)
		all.Runs, all.Usage = append(all.Runs, r.Runs...), append(all.Usage, r.Usage...)
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return all, errors.Join(errs...)
}

// A bench runs the strategies of a scenario.
type bench struct {
	scenario   *scenario.Scenario
	overrides  []scenario.Override
	path       string // of its file, absolute
	options    Options
	limits     timeLimits
	strategies []string   // those that have not failed
	reporting  sync.Mutex // held while a report is passed on

	eventsFailed func(error) // ends all runs

	outcomes []outcome
}

// An outcome is what became of one strategy with one seed.
type outcome struct {
	strategy string
	result   *result // nil: it has failed, or was stopped before it began
	failed   error
}

func newBench(sc *scenario.Scenario, o Options) (*bench, error) {
	path, err := filepath.Abs(sc.Path)
	if err != nil {
		return nil, fmt.Errorf("the clients cannot find %s: %w", sc.Path, err)
	}
	b := &bench{scenario: sc, overrides: sc.Overrides, path: path, options: o, limits: usualLimits()}
	for _, st := range sc.Strategies {
		b.strategies = append(b.strategies, st.Name)
	}
	return b, nil
}

func (b *bench) run(ctx context.Context) (Result, error) {
	if b.options.Wire == nil {
		wire, err := b.options.MeasureWire(ctx, b.scenario)
		if err != nil {
			return Result{}, err
		}
		b.options.Wire = &wire
	}
	if b.options.Conditions != nil {
		watch := harness.StartWatch()
		defer func() {
			c := watch.Finish()
			c.Wire = *b.options.Wire
			b.options.Conditions(c)
		}()
	}
	ctx, b.eventsFailed = context.WithCancelCause(ctx)
	defer b.eventsFailed(nil)
	for i := 0; i < b.scenario.Runs && ctx.Err() == nil && len(b.strategies) > 0; i++ {
		b.runSeed(ctx, b.scenario.Seed+uint64(i), i)
	}
	if failed, ok := errors.AsType[*events.Error](context.Cause(ctx)); ok {
		return Result{}, failed
	}
	r, err := b.collect()
	return r, errors.Join(err, context.Cause(ctx))
}

// runSeed runs the strategies with one seed, the i-th. They begin together,
// when the last process is ready.
func (b *bench) runSeed(ctx context.Context, seed uint64, i int) {
	outcomes := make([]outcome, len(b.strategies))
	var ready, ended sync.WaitGroup
	begin := make(chan struct{})
	for k, name := range b.strategies {
		ready.Add(1)
		ended.Go(func() {
			isReady := sync.OnceFunc(ready.Done)
			defer isReady() // or it never will be
			r, err := b.runOne(ctx, name, seed, func() { isReady(); <-begin })
			outcomes[k] = outcome{name, r, err}
		})
	}
	ready.Wait()
	close(begin)
	watched, stopWatching := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { b.watch(watched, i) })
	ended.Wait()
	stopWatching()
	watcher.Wait()

	b.outcomes = append(b.outcomes, outcomes...)
	b.strategies = nil
	for _, o := range outcomes {
		if o.failed == nil {
			b.strategies = append(b.strategies, o.strategy)
		}
	}
}

// runOne runs one strategy. It calls turn when its process is ready, and goes
// on when that returns. No result without an error: it was stopped before it
// began.
func (b *bench) runOne(ctx context.Context, name string, seed uint64, turn func()) (*result, error) {
	if st := b.strategy(name); harness.InProcesses(b.scenario, st) {
		return b.runProcesses(ctx, st, seed, turn)
	}
	target, err := b.target(ctx, seed)
	if err != nil {
		return nil, err
	}
	defer target.close()
	p, err := startProcess(ctx, b.options.Command, b.job(name, seed, target.url), b.limits)
	if err != nil {
		return nil, unlessDone(ctx, err)
	}
	if err := p.ready(); err != nil {
		return nil, unlessDone(ctx, p.end(err))
	}
	turn()
	target.begin() // before the client, whose first request counts
	p.begin(b.scenario.Duration)
	r, err := p.result(func(r report) { b.report(name, r) }, nil)
	if err := p.end(err); err != nil {
		if errors.Is(err, errNoResult) {
			err = unlessDone(ctx, err)
		}
		return nil, err
	}
	if r.EventsFailed != nil {
		b.eventsFailed(r.EventsFailed)
		return nil, r.EventsFailed // what counts if the run was interrupted before
	}
	if err := r.check(ctx, name, seed); err != nil {
		return nil, err
	}
	return r, nil
}

// strategy is the one of a name, which there is.
func (b *bench) strategy(name string) *scenario.Strategy {
	for i := range b.scenario.Strategies {
		if b.scenario.Strategies[i].Name == name {
			return &b.scenario.Strategies[i]
		}
	}
	return nil
}

// A target is the server that a client talks to.
type target struct {
	url   string
	begin func() // the run begins
	close func()
}

// target starts a server, unless there is one already.
func (b *bench) target(ctx context.Context, seed uint64) (target, error) {
	if b.options.Target != "" {
		return target{b.options.Target, func() {}, func() {}}, nil
	}
	local, err := backend.Start(b.scenario, seed)
	if err != nil {
		return target{}, err
	}
	rt := live.New(ctx)
	return target{
		url:   local.URL,
		begin: func() { local.Begin(rt) },
		close: func() {
			_ = rt.Run(0) // ends what is scheduled for the server
			local.Close()
		},
	}, nil
}

// unlessDone is no error when the run was interrupted, which explains it.
func unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// check reports a result that cannot be the one that was asked for.
func (r *result) check(ctx context.Context, strategy string, seed uint64) error {
	switch run := r.Run; {
	case run.Strategy != strategy || run.Seed != seed:
		return fmt.Errorf("found the result of strategy %q with seed %d, expected seed %d", run.Strategy, run.Seed, seed)
	case run.Interrupted && ctx.Err() == nil:
		return errors.New("the client's process was interrupted")
	}
	return nil
}

func (b *bench) job(strategy string, seed uint64, url string) *job {
	o := b.options
	j := &job{
		Path: b.path, SHA256: b.scenario.SHA256,
		Strategy: strategy, Seed: seed, Duration: b.scenario.Duration,
		URL: url, Form: o.Form, Graveyard: o.Graveyard, Wire: *o.Wire,
	}
	for _, override := range b.overrides {
		if override.Flag == "--set" {
			j.Set = append(j.Set, override.Value)
		}
	}
	if o.Report != nil {
		j.Every = o.Every
	}
	if o.Events != nil {
		j.Events = o.Events.Path()
	}
	return j
}

// report passes on what a client reports, one report at a time.
func (b *bench) report(strategy string, r report) {
	if b.options.Report == nil {
		return
	}
	b.reporting.Lock()
	defer b.reporting.Unlock()
	b.options.Report(strategy, r.Progress, r.Means)
}

// watch tells how much is done, in the course of the i-th seed.
func (b *bench) watch(ctx context.Context, i int) {
	if b.options.Progress == nil {
		return
	}
	const beat = 200 * time.Millisecond
	tick := time.NewTicker(beat)
	defer tick.Stop()
	start, d := time.Now(), b.scenario.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			done := float64(i) + min(1, time.Since(start).Seconds()/d.Seconds())
			b.options.Progress(done / float64(b.scenario.Runs))
		}
	}
}

// collect brings the outcomes of all seeds into the order of the strategies.
func (b *bench) collect() (r Result, err error) {
	var failed []error
	for _, st := range b.scenario.Strategies {
		for _, o := range b.outcomes {
			if o.strategy != st.Name {
				continue
			}
			if o.failed != nil {
				failed = append(failed, fmt.Errorf("strategy %s: %w", st.Name, o.failed))
			}
			if o.result != nil {
				r.Runs = append(r.Runs, o.result.Run)
				r.Usage = append(r.Usage, o.result.Usage)
			}
		}
	}
	return r, errors.Join(failed...)
}
