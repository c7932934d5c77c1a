package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ratebench/harness"
	"ratebench/harness/events"
	"ratebench/harness/isolate"
	"ratebench/harness/metrics"
	"ratebench/harness/report"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

func newRun() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run SCENARIO...",
		Short: "Run scenarios and write tables, result files and charts",
		Long: `Run every strategy of the scenarios, in virtual time with all their seeds or once
in real time over HTTP, print a table and write the results to DIR/<scenario>
(virtual) or DIR/real/<scenario> (real).

--events also writes what happened to every request, event by event, to
DIR/<scenario>/events/<strategy>-<seed>.jsonl.gz: gzipped JSON, one object per
line. The first line names the run; each of the others is an event with its
time since the start of the run in ms (t_ms), its kind (event), the number of
the request (id), the index of the API key (key) and, for an answer, what it was
(response) and how long it took (latency_ms since the creation of the request,
service_ms since it was sent). The README lists all fields. A run without
--events removes the events of the run whose results it replaces.

Exit codes: 0 ok, 1 failure, 2 wrong usage or scenario, 99 an expectation of the
scenario did not hold, 130 interrupted, with what there was by then written.`,
		Example: `  ratebench run scenarios/blog.yaml
  ratebench run --strategy buffer-only --duration 120s --runs 50 scenarios/blog.yaml
  ratebench run --clock real --block-after 0 scenarios/blog.yaml
  ratebench run --events --strategy adaptive-drop --runs 1 scenarios/blog.yaml
  zcat results/blog/events/adaptive-drop-1.jsonl.gz | head`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			f.seedSet = c.Flags().Changed("seed")
			f.blockAfterSet = c.Flags().Changed("block-after")
			f.runsSet, f.durationSet = c.Flags().Changed("runs"), c.Flags().Changed("duration")
			if err := f.validate(); err != nil {
				return usageError{err}
			}
			scenarios, err := loadAll(paths)
			if err != nil {
				return err
			}
			r := &runner{flags: f, stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
			return r.runAll(c.Context(), scenarios)
		},
	}
	f.register(c.Flags())
	return c
}

// A runner runs scenarios as the flags say.
type runner struct {
	flags          runFlags
	stdout, stderr io.Writer
}

// runAll runs one scenario after another. A scenario that fails an expectation
// does not keep the others from running.
func (r *runner) runAll(ctx context.Context, scenarios []*scenario.Scenario) error {
	for i, sc := range scenarios {
		changed, err := r.flags.apply(sc)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", sc.Path, err)}
		}
		scenarios[i] = changed
		if err := r.prepare(r.folder(changed)); err != nil {
			return err
		}
	}
	var failed []error
	for i, sc := range scenarios {
		if i > 0 {
			r.say(r.stdout, "\n")
		}
		err := r.run(ctx, sc)
		if errors.Is(err, errExpectation) {
			failed = append(failed, err)
			continue
		}
		if err != nil {
			failed = append(failed, err)
			break
		}
	}
	if len(scenarios) > 0 {
		failed = append(failed, r.writeIndex())
	}
	return errors.Join(failed...)
}

// prepare reports before a long run what would keep its results from being
// written to a folder.
func (r *runner) prepare(dir string) error {
	if err := report.Prepare(dir); err != nil {
		return err
	}
	_, discard, err := r.draftEvents(dir)
	if err == nil {
		discard()
	}
	return err
}

// writeIndex writes the page over all scenarios, if there is any with results.
func (r *runner) writeIndex() error {
	err := report.WriteIndex(r.flags.output)
	if errors.Is(err, report.ErrNoResults) {
		return nil
	}
	return err
}

// run runs one scenario and writes and prints what came of it.
func (r *runner) run(ctx context.Context, sc *scenario.Scenario) error {
	dir := r.folder(sc)
	draft, discard, err := r.draftEvents(dir)
	if err != nil {
		return err
	}
	defer discard()
	m, err := r.measure(ctx, sc, draft)
	runs := m.Runs
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted && len(runs) == 0 {
		return fmt.Errorf("%s: %w", sc.Path, err)
	}
	if interrupted && len(runs) == 0 {
		r.printBeside(err)
		fmt.Fprintf(r.stderr, "interrupted before anything had been run: %s is as it was\n", dir)
		return errInterrupted
	}
	d := r.results(sc, m, interrupted)
	if err := errors.Join(r.write(dir, d, runs, draft), r.print(d)); err != nil {
		return err
	}
	r.say(r.stderr, "results in %s\n", dir)
	switch {
	case interrupted:
		r.printBeside(err)
		fmt.Fprintln(r.stderr, "interrupted: the results cover what had been run")
		return errInterrupted
	case err != nil: // one strategy's; the others have been reported
		return fmt.Errorf("%s: %w", sc.Path, err)
	case r.flags.real() && unanswered(&d.Summary):
		return fmt.Errorf("%s: no request was answered; is there a server at %s?", sc.Path, r.flags.target)
	case r.flags.real():
		if err := r.compareClocks(ctx, sc, d.Summary); err != nil {
			return err
		}
	}
	var failed []error
	for _, e := range d.Summary.Expectations {
		if !e.OK {
			failed = append(failed, fmt.Errorf("%s: %w: %s", sc.Path, errExpectation, e.Message))
		}
	}
	return errors.Join(failed...)
}

// results are what came of the runs, with what was asked for beside it.
func (r *runner) results(sc *scenario.Scenario, m isolate.Result, interrupted bool) report.Data {
	d := report.Build(r.meta(sc, m.Runs, interrupted), m.Runs)
	if r.flags.graveyard {
		d.Graveyard = report.Graveyard(m.Runs)
	}
	if r.flags.isolate {
		d.Resources = report.NewResources(&d.Summary, isolate.Machine(), m.Runs, m.Usage)
	}
	return d
}

// write writes the result files, and removes those that other runs have left.
func (r *runner) write(dir string, d report.Data, runs []metrics.Run, draft *events.Draft) error {
	if err := report.WriteFiles(dir, d, report.FileOptions{PNG: r.flags.png}); err != nil {
		return err
	}
	return writeEvents(dir, draft, runs)
}

// print prints the table. It does so even if the files could not be written: it
// may have taken hours to get there.
func (r *runner) print(d report.Data) error {
	if r.flags.quiet {
		return nil
	}
	return report.Table(r.stdout, d, r.flags.tableFormat())
}

// unanswered reports whether requests were sent to a server of somebody else's
// and none came back.
func unanswered(s *report.Summary) bool {
	lost := 0.0
	for _, st := range s.Strategies {
		r := st.Responses
		if r.OK+r.BadNonce+r.Unauthorized+r.RateLimited+r.Blocked > 0 {
			return false
		}
		lost += r.Error + r.Timeout
	}
	return lost > 0
}

// measure runs the strategies with a line of progress.
func (r *runner) measure(ctx context.Context, sc *scenario.Scenario, draft *events.Draft) (isolate.Result, error) {
	progress := newProgressLine(r.stderr, sc.Name, r.flags.quiet || r.flags.noProgress)
	defer progress.clear()
	if !r.flags.quiet {
		r.say(r.stderr, "%s: %s clock, seed %d\n", sc.Name, r.flags.clock, sc.Seed)
	}
	o := harness.Options{
		Real:      r.flags.real(),
		Target:    r.flags.target,
		Form:      r.flags.form,
		Graveyard: r.flags.graveyard,
		Events:    draft,
		Progress:  progress.set,
		Every:     r.flags.every,
		Report: func(strategy string, p metrics.Progress, means harness.QueueMeans) {
			if !r.flags.quiet {
				progress.clear()
				printProgress(r.stderr, strategy, p, means)
			}
		},
	}
	if r.flags.isolate {
		return runIsolated(ctx, sc, o)
	}
	runs, err := harness.Run(ctx, sc, o)
	return isolate.Result{Runs: runs}, err
}

// compareClocks runs in virtual time what has just been run in real time, and
// puts the two side by side.
func (r *runner) compareClocks(ctx context.Context, sc *scenario.Scenario, measured report.Summary) error {
	if r.flags.quiet || r.flags.target != "" {
		return nil
	}
	twin := *sc
	twin.Runs = virtualTwins
	runs, err := harness.Run(ctx, &twin, harness.Options{})
	if err != nil {
		return err
	}
	virtual := report.Build(r.meta(&twin, runs, false), runs).Summary
	virtual.Clock = clockVirtual
	r.say(r.stdout, "\n")
	return report.CompareClocks(r.stdout, virtual, measured)
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
func (r *runner) meta(sc *scenario.Scenario, runs []metrics.Run, interrupted bool) report.Meta {
	m := report.MetaOf(sc)
	m.Clock, m.Interrupted = r.flags.clock, interrupted
	cut := *sc
	cut.Duration = longest(runs)
	if 0 < cut.Duration && cut.Duration < sc.Duration {
		m.Ceilings = theory.Of(&cut)
	}
	return m
}

func longest(runs []metrics.Run) time.Duration {
	var d time.Duration
	for _, r := range runs {
		d = max(d, r.Duration)
	}
	return d
}

// say prints unless it is to be quiet.
func (r *runner) say(w io.Writer, format string, args ...any) {
	if !r.flags.quiet {
		fmt.Fprintf(w, format, args...)
	}
}
