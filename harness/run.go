package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"ratebench/harness/events"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/wire"
)

// Options is how to run a scenario.
type Options struct {
	// Real runs in real time over HTTP on the loopback; false is virtual time.
	Real bool
	// Target is the base URL of a server to aim at in real time, for one
	// strategy; "" starts a server for each.
	Target string
	// Form sends the parameters in real time as the reference's clients do, in
	// a form body, rather than in the query.
	Form bool
	// Process is the one to run, in real time, of the processes that a client is;
	// nil: a client that is several is refused.
	Process *Process
	// Graveyard keeps the ids of buried requests.
	Graveyard bool
	// Events is where every event of every run is written; nil is nowhere.
	Events *events.Draft
	// Parallel is how many runs in virtual time go on side by side; 0 is as many as
	// there are cores. What comes of them is the same.
	Parallel int
	// Progress is told now and then how much is done, from 0 to 1; nil is not.
	Progress func(done float64)
	// Only says which runs to do in virtual time, of those that are counted through
	// from 0, row by row of the scenario and seed by seed; nil is all.
	Only func(i int) bool
	// Pooled is given the runs of each row in virtual time as soon as the last of
	// them has ended, one row at a time, with all that was recorded; what Run
	// returns of them lacks their Series, Routes and histograms then, so that no
	// more of these are in memory than of the rows under way. Nil: all is returned.
	Pooled func(runs []metrics.Run)
	// Every is how often Report is called in real time; 0 never.
	Every time.Duration
	// Report is given the state of a strategy in real time.
	Report func(strategy string, p metrics.Progress, means QueueMeans)
	// Wire is what the way to the server adds in real time, which limiters are told
	// of; nil is measured before the first run.
	Wire *wire.Times
	// Conditions is told, after a run in real time with all its seeds, what it was
	// made under; nil is not.
	Conditions func(Conditions)

	eventsFailed func(error) // called when events cannot be written; set by Run
}

// QueueMeans are running averages of the queue lengths over the last hundred
// reports, as the reference's clients keep them.
type QueueMeans struct{ Main, DLQ float64 }

// Run runs every strategy of the scenario with sc.Runs seeds from sc.Seed on; of
// a sweep it runs every row. The runs come back row by row, seeds ascending. When ctx is done
// it returns what there is by then, marked as interrupted, and ctx's error. A
// strategy that panics is an error with its name, and the runs of the others
// come back all the same. When events cannot be written all runs end, none
// comes back, and the error is an *events.Error, or has one in it if ctx was done
// before.
func Run(ctx context.Context, sc *scenario.Scenario, o Options) ([]metrics.Run, error) {
	if o.Events == nil {
		return run(ctx, sc, o)
	}
	ctx, o.eventsFailed = context.WithCancelCause(ctx)
	defer o.eventsFailed(nil)
	runs, err := run(ctx, sc, o)
	if failed, ok := errors.AsType[*events.Error](context.Cause(ctx)); ok {
		return nil, failed
	}
	return runs, err
}

func run(ctx context.Context, sc *scenario.Scenario, o Options) ([]metrics.Run, error) {
	if o.Real {
		return runReal(ctx, sc, o)
	}
	return runAllVirtual(ctx, sc, o)
}

// runAllVirtual spreads the runs over the cores. Their order in the result
// does not depend on which finishes first.
func runAllVirtual(ctx context.Context, sc *scenario.Scenario, o Options) ([]metrics.Run, error) {
	rows := sc.Rows()
	total := len(rows) * sc.Runs
	runs, errs, ran := make([]metrics.Run, total), make([]error, total), make([]bool, total)
	pool := newPooling(o, len(rows), sc.Runs)
	var chosen []int
	for i := range total {
		if o.Only == nil || o.Only(i) {
			chosen = append(chosen, i)
		}
	}
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range min(cmp.Or(o.Parallel, runtime.GOMAXPROCS(0)), len(chosen)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(chosen) {
					return
				}
				i := chosen[k]
				row := rows[i/sc.Runs]
				runs[i], errs[i] = runVirtual(ctx, row.Scenario, row.Strategy, sc.Seed+uint64(i%sc.Runs), o)
				if ended := ctx.Err(); ended != nil && errors.Is(errs[i], ended) { // no fault of the strategy
					runs[i], errs[i] = metrics.Run{}, nil
					return
				}
				ran[i] = true
				if errs[i] == nil {
					pool.ended(i/sc.Runs, runs)
				}
				if o.Progress != nil {
					o.Progress(float64(done.Add(1)) / float64(len(chosen)))
				}
			}
		})
	}
	wg.Wait()
	finished := runs[:0]
	interrupted := false
	for _, i := range chosen {
		if ran[i] && errs[i] == nil {
			finished = append(finished, runs[i])
		}
		interrupted = interrupted || !ran[i]
	}
	if !interrupted {
		return finished, firstOf(errs, sc.Runs)
	}
	for i := range finished {
		finished[i].Interrupted = true
	}
	return finished, errors.Join(firstOf(errs, sc.Runs), context.Cause(ctx))
}

// firstOf joins the first error of each strategy: what breaks a strategy is
// likely to break each of its runs.
func firstOf(errs []error, runs int) error {
	var first []error
	for from := 0; from < len(errs); from += runs {
		for _, err := range errs[from : from+runs] {
			if err != nil {
				first = append(first, err)
				break
			}
		}
	}
	return errors.Join(first...)
}

// runReal runs the strategies side by side, and the points of a sweep and the
// seeds one after another. A server that does not answer is found before.
func runReal(ctx context.Context, sc *scenario.Scenario, o Options) ([]metrics.Run, error) {
	if rows := len(sc.Rows()); o.Target != "" && rows != 1 {
		return nil, fmt.Errorf("%d strategies cannot share one server: choose one with --strategy", rows)
	}
	if o.Wire == nil {
		measured, err := o.MeasureWire(ctx, sc)
		if err != nil {
			return nil, err
		}
		o.Wire = &measured
	}
	if o.Conditions != nil {
		watch := StartWatch()
		defer func() {
			c := watch.Finish()
			c.Wire = *o.Wire
			o.Conditions(c)
		}()
	}
	if len(sc.Points) == 0 {
		return runRealPoint(ctx, sc, o)
	}
	var all []metrics.Run
	var errs []error
	progress := o.Progress
	for i, p := range sc.Points {
		if progress != nil {
			o.Progress = func(done float64) { progress((float64(i) + done) / float64(len(sc.Points))) }
		}
		runs, err := runRealPoint(ctx, p.Scenario, o)
		all, errs = append(all, runs...), append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return all, errors.Join(errs...)
}

// runRealPoint runs a scenario without a sweep, or one point of it.
func runRealPoint(ctx context.Context, sc *scenario.Scenario, o Options) ([]metrics.Run, error) {
	byStrategy := make([][]metrics.Run, len(sc.Strategies))
	errs := make([]error, 0, sc.Runs*len(sc.Strategies))
	for i := range sc.Runs {
		runs, failed, err := runRealSeed(ctx, sc, sc.Seed+uint64(i), o, float64(i))
		if err != nil {
			return nil, err
		}
		for k, r := range runs {
			if failed[k] == nil {
				byStrategy[k] = append(byStrategy[k], r)
			}
		}
		errs = append(errs, failed...)
		if ctx.Err() != nil {
			break
		}
	}
	var all []metrics.Run
	for _, runs := range byStrategy {
		all = append(all, runs...)
	}
	return all, errors.Join(errors.Join(errs...), context.Cause(ctx))
}

// runRealSeed runs all strategies with one seed, the i-th. Failed has the
// panics of strategies; the error is that of a run that could not begin.
func runRealSeed(ctx context.Context, sc *scenario.Scenario, seed uint64, o Options, i float64) (results []metrics.Run, failed []error, err error) {
	runs := make([]*liveRun, 0, len(sc.Strategies))
	for k := range sc.Strategies {
		r, err := startLive(ctx, sc, &sc.Strategies[k], seed, o)
		if err != nil {
			for _, r := range runs {
				r.runtime.Stop()
				_, _ = r.finish(ctx, 0) // the first error says why
			}
			return nil, nil, err
		}
		runs = append(runs, r)
	}
	watched, stopWatching := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	watchers.Go(func() { watch(watched, runs, sc, o, i) })

	results, failed = make([]metrics.Run, len(runs)), make([]error, len(runs))
	var wg sync.WaitGroup
	for k, r := range runs {
		wg.Go(func() { results[k], failed[k] = r.finish(ctx, sc.Duration) })
	}
	wg.Wait()
	stopWatching()
	watchers.Wait()
	return results, failed, nil
}

// watch reports on runs under way until ctx is done.
func watch(ctx context.Context, runs []*liveRun, sc *scenario.Scenario, o Options, i float64) {
	const beat = 200 * time.Millisecond
	tick := time.NewTicker(beat)
	defer tick.Stop()
	start := time.Now()
	reported := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		elapsed := time.Since(start)
		if o.Progress != nil {
			o.Progress(min(1, (i+elapsed.Seconds()/sc.Duration.Seconds())/float64(sc.Runs)))
		}
		if o.Every > 0 && o.Report != nil && elapsed-reported >= o.Every {
			reported += o.Every
			for _, r := range runs {
				p := r.recording.recorder.Progress(r.runtime.Now())
				o.Report(r.strategy.Name, p, r.queues.Add(p.Main, p.DLQ))
			}
		}
	}
}
