package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"ratebench/harness"
	"ratebench/harness/chart"
	"ratebench/harness/events"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/interrupt"
	"ratebench/harness/internal/progress"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/isolate"
	"ratebench/harness/metrics"
	"ratebench/harness/page"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
	"ratebench/harness/theory"
)

// A runner runs scenarios as the flags say.
type runner struct {
	flags          runFlags
	signals        *interrupt.Handler
	stdout, stderr io.Writer
	busy           bool         // the machine, at the last run in real time
	pool           *result.Pool // of the runs that have ended
}

// runAll runs one scenario after another. A scenario that fails an expectation
// does not keep the others from running.
func (r *runner) runAll(ctx context.Context, scenarios []*scenario.Scenario) error {
	files := slices.Clone(scenarios) // as they are without flags
	for i, sc := range scenarios {
		changed, err := r.flags.apply(sc)
		if err != nil {
			return cmdline.Wrong(fmt.Errorf("%s: %w", sc.Path, err))
		}
		if n := len(changed.Rows()); r.flags.target != "" && n != 1 { // before anybody looks whether there is a server
			return cmdline.Wrong(fmt.Errorf("%s: %d strategies cannot share one server: choose one with --strategy", sc.Path, n))
		}
		if err := r.flags.checkProcesses(changed); err != nil {
			return cmdline.Wrong(fmt.Errorf("%s: %w", sc.Path, err))
		}
		scenarios[i] = changed
	}
	if err := errors.Join(r.flags.checkTarget(ctx), r.flags.checkStore(ctx, scenarios)); err != nil {
		return err
	}
	for _, sc := range scenarios {
		unlock, err := r.prepare(r.folder(sc))
		if err != nil {
			return err
		}
		defer unlock()
	}
	var failed []error
	for i, sc := range scenarios {
		if i > 0 {
			r.say(r.stdout, "\n")
		}
		err := r.run(ctx, files[i], sc)
		failed = append(failed, err)
		if err != nil && !errors.Is(err, cmdline.ErrExpectation) {
			break
		}
	}
	failed = append(failed, r.writeIndex())
	return errors.Join(failed...)
}

// prepare locks a folder, and reports before a long run what would keep its results
// from being written to it.
func (r *runner) prepare(dir string) (unlock func(), err error) {
	if unlock, err = folder.Lock(dir); err != nil {
		return nil, err
	}
	discard := func() {}
	if err = r.signals.Write(func() error { return folder.Prepare(dir) }); err == nil {
		_, discard, err = r.draftEvents(dir)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	discard()
	return unlock, nil
}

// writeIndex writes the page over all scenarios, if there is any with results.
func (r *runner) writeIndex() error {
	err := r.signals.Write(func() error {
		return folder.WhileLocked(r.flags.output, func() error { return page.WriteIndex(r.flags.output, "") })
	})
	if errors.Is(err, page.ErrNoResults) {
		return nil
	}
	return err
}

// run runs one scenario, as the flags have changed it from how its file has it,
// and writes and prints what came of it.
func (r *runner) run(ctx context.Context, file, sc *scenario.Scenario) error {
	dir := r.folder(sc)
	draft, discard, err := r.draftEvents(dir)
	if err != nil {
		return err
	}
	defer discard()
	m, err := r.measure(ctx, sc, draft)
	return r.finish(ctx, file, sc, m, err, draft)
}

// finish writes and prints what came of a scenario, and how measuring it ended.
func (r *runner) finish(ctx context.Context, file, sc *scenario.Scenario, m isolate.Result, err error, draft *events.Draft) error {
	dir, runs := r.folder(sc), m.Runs
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted && len(runs) == 0 {
		return fmt.Errorf("%s: %w", sc.Path, err)
	}
	if interrupted && len(runs) == 0 {
		r.printBeside(err)
		fmt.Fprintf(r.stderr, "interrupted before anything had been run: %s is as it was\n", dir)
		return cmdline.ErrInterrupted
	}
	d := r.results(sc, m, interrupted)
	if r.flags.real() && !interrupted && unanswered(&d.Summary) {
		return fmt.Errorf("%s: no request was answered, and %s is as it was", sc.Path, dir)
	}
	whole := result.WholeOf(file, r.flags.real())
	if why := whole.Lacking(&d.Summary, err); why != "" && holds(dir, whole) {
		r.say(r.stderr, "%s has whole results, which a part does not replace: %s\n", dir, why)
		dir = filepath.Join(dir, folder.Part)
		if err := folder.Prepare(dir); err != nil {
			return err
		}
	}
	if err := errors.Join(r.write(dir, d, runs, draft), r.print(d)); err != nil {
		return err
	}
	if r.flags.target != "" {
		r.say(r.stderr, "the ceilings are those of the scenario's server: that at --target is taken to be like it\n")
	}
	r.sayUntested(sc)
	r.sayUnproven(sc, &d.Summary)
	r.sayUnsent(sc)
	var twins error
	if r.flags.real() && err == nil {
		twins = r.compareClocks(ctx, sc, d.Summary)
	}
	r.say(r.stderr, "results in %s; the page to look at is %s\n", dir, filepath.Join(dir, folder.ReportFile))
	switch {
	case interrupted:
		r.printBeside(err)
		fmt.Fprintln(r.stderr, "interrupted: the results cover what had been run")
		return cmdline.ErrInterrupted
	case err != nil: // one strategy's; the others have been reported
		return fmt.Errorf("%s: %w", sc.Path, err)
	case twins != nil:
		return twins
	}
	if err := r.checkSuccess(sc, &d.Summary); err != nil {
		return err
	}
	var failed []error
	for _, e := range d.Summary.Expectations {
		if !e.OK {
			failed = append(failed, fmt.Errorf("%s: %w: %s", sc.Path, cmdline.ErrExpectation, e.Message))
		}
	}
	return errors.Join(failed...)
}

// sayUnproven says which strategies were refused by a limit of which what their
// limiter promises does not hold, and why: the others have kept their promise, or
// were lucky.
func (r *runner) sayUnproven(sc *scenario.Scenario, s *result.Summary) {
	said := map[string]bool{}
	for _, u := range theory.UnprovenOf(sc) {
		st, there := s.Strategy(u.Row)
		if !there || st.Mean("refused") == 0 || said[u.Why] {
			continue
		}
		said[u.Why] = true
		r.say(r.stderr, "%s\n", u)
	}
}

// sayUnsent says which kinds of requests strategies never send, each once, however many
// points of a sweep there are.
func (r *runner) sayUnsent(sc *scenario.Scenario) {
	said := map[theory.Unsent]bool{}
	for _, u := range theory.UnsentOf(sc) {
		what := u
		what.Row = ""
		if !said[what] {
			said[what] = true
			r.say(r.stderr, "%s\n", u)
		}
	}
}

// sayUntested says which claims of the scenario's file were not tested, and why.
func (r *runner) sayUntested(sc *scenario.Scenario) {
	why := ""
	for _, u := range sc.Untested {
		if u.Why != why {
			why = u.Why
			r.say(r.stderr, "not tested, because %s:\n", why)
		}
		r.say(r.stderr, "  %s, line %d of %s\n", u.Expectation, u.Line, sc.Path)
	}
}

// results are what came of the runs, with what was asked for beside it.
func (r *runner) results(sc *scenario.Scenario, m isolate.Result, interrupted bool) result.Data {
	d := r.pool.Build(r.meta(sc, m.Runs, interrupted), m.Runs)
	if r.flags.asked.Graveyard {
		d.Graveyard = result.Graveyard(m.Runs)
	}
	if r.flags.isolate {
		d.Resources = result.NewResources(&d.Summary, isolate.Machine(), m.Runs, m.Usage)
	}
	return d
}

// write writes the result files, and removes those that other runs have left.
func (r *runner) write(dir string, d result.Data, runs []metrics.Run, draft *events.Draft) error {
	views, err := page.Views(d, page.Options{Charts: chart.Options{PNG: r.flags.png}, Index: page.IndexFor(dir, r.flags.output)})
	if err != nil {
		return err
	}
	return r.signals.Write(func() error {
		if err := folder.Write(dir, d, views); err != nil {
			return err
		}
		if draft == nil {
			return events.Remove(dir) // those of an earlier benchmark never stay
		}
		return draft.Commit(dir, runs)
	})
}

// print prints the table. It does so even if the files could not be written: it
// may have taken hours to get there.
func (r *runner) print(d result.Data) error {
	if r.flags.quiet {
		return nil
	}
	return table.Write(r.stdout, d, table.Format(r.flags.format), terminal.Width(r.stdout, table.Width))
}

// unanswered reports whether requests were sent to a server of somebody else's
// and none came back.
func unanswered(s *result.Summary) bool {
	lost := 0.0
	for _, st := range s.Strategies {
		failed := st.Mean("error") + st.Mean("timeout")
		if st.Answers() > failed {
			return false
		}
		lost += failed
	}
	return lost > 0
}

// measure runs the strategies with a line of progress.
func (r *runner) measure(ctx context.Context, sc *scenario.Scenario, draft *events.Draft) (isolate.Result, error) {
	line := progress.New(r.stderr, sc.Name, r.flags.quiet || r.flags.noProgress)
	defer line.Clear()
	r.say(r.stderr, "%s: %s clock, seed %d\n", sc.Name, r.flags.clock, sc.Seed)
	o := harness.Options{
		Real:      r.flags.real(),
		Target:    r.flags.target,
		Parallel:  r.flags.parallel,
		Form:      r.flags.form,
		Graveyard: r.flags.asked.Graveyard,
		Only:      r.flags.shard.Has,
		Events:    draft,
		Progress:  line.Set,
		Every:     r.flags.every,
		Report: func(strategy string, p metrics.Progress, means harness.QueueMeans) {
			if !r.flags.quiet {
				line.Clear()
				printProgress(r.stderr, strategy, p, means)
			}
		},
		Conditions: func(c harness.Conditions) {
			line.Clear()
			r.say(r.stderr, "%s: %s\n", sc.Name, c)
			r.busy = c.Busy()
		},
	}
	if r.flags.isolate {
		return r.runIsolated(ctx, sc, o)
	}
	if r.pool = nil; r.flags.shardText == "" { // a part is written run by run
		r.pool = result.NewPool(result.MetaOf(sc))
		o.Pooled = r.pool.Add
	}
	runs, err := harness.Run(ctx, sc, o)
	return isolate.Result{Runs: runs}, err
}

// compareClocks runs in virtual time what has just been run in real time, and
// puts the two side by side.
func (r *runner) compareClocks(ctx context.Context, sc *scenario.Scenario, measured result.Summary) error {
	if r.flags.quiet || r.flags.target != "" {
		return nil
	}
	twin := *sc
	twin.Runs = virtualTwins
	runs, err := harness.Run(ctx, &twin, harness.Options{})
	if err != nil {
		return err
	}
	virtual := result.Build(r.meta(&twin, runs, false), runs).Summary
	virtual.Clock = clockVirtual
	r.say(r.stdout, "\n")
	if r.busy {
		r.say(r.stdout, "Measured on a busy machine: what differs may be the machine's doing.\n")
	}
	return table.CompareClocks(r.stdout, virtual, measured)
}

// virtualTwins is how many seeds of virtual time a run in real time is put
// beside.
const virtualTwins = 20

// folder is where the results of a scenario go.
func (r *runner) folder(sc *scenario.Scenario) string {
	if r.flags.real() {
		return filepath.Join(r.flags.output, "real", sc.Name)
	}
	return filepath.Join(r.flags.output, sc.Name)
}

// meta is what there is to say of the runs of a scenario. The ceilings of those
// that were cut short are those of the time that they had.
func (r *runner) meta(sc *scenario.Scenario, runs []metrics.Run, interrupted bool) result.Meta {
	m := result.MetaOf(sc)
	m.Clock, m.Interrupted = r.flags.clock, interrupted
	cut := *sc
	cut.Duration = 0
	for _, r := range runs {
		cut.Duration = max(cut.Duration, r.Duration)
	}
	if 0 < cut.Duration && cut.Duration < sc.Duration {
		m.Ceilings = theory.Of(&cut)
	}
	return m
}

// say prints unless it is to be quiet.
func (r *runner) say(w io.Writer, format string, args ...any) {
	if !r.flags.quiet {
		fmt.Fprint(w, scenario.Printable(fmt.Sprintf(format, args...)))
	}
}

// draftEvents starts the files of --events for the results in a folder; nil
// without it. Discard removes what has not been written when all is done.
func (r *runner) draftEvents(dir string) (draft *events.Draft, discard func(), err error) {
	if !r.flags.events {
		return nil, func() {}, nil
	}
	var forget func()
	err = r.signals.Write(func() error {
		if draft, err = events.NewDraft(dir); err == nil {
			forget = r.signals.OnEnd(func() { _ = draft.Discard() })
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return draft, func() {
		_ = draft.Discard() // what went wrong before says more
		forget()
	}, nil
}

// runIsolated runs each client in a process of its own.
func (r *runner) runIsolated(ctx context.Context, sc *scenario.Scenario, o harness.Options) (isolate.Result, error) {
	self, err := os.Executable()
	if err != nil {
		return isolate.Result{}, fmt.Errorf("%s starts this program again: %w", r.flags.isolating(), err)
	}
	return isolate.Run(ctx, sc, isolate.Options{
		Options: o, Command: []string{self, clientCommand}, Store: r.flags.store, OnEnd: r.signals.OnEnd,
	})
}

// printBeside prints what err says beside the interruption: the strategies that
// have failed.
func (r *runner) printBeside(err error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, e := range joined.Unwrap() {
		if !errors.Is(e, context.Canceled) {
			fmt.Fprintf(r.stderr, "ratebench: %v\n", e)
		}
	}
}

// holds reports whether there are whole results in a folder.
func holds(dir string, whole result.Whole) bool {
	s, err := folder.ReadSummary(dir)
	return err == nil && whole.Lacking(&s, nil) == ""
}
