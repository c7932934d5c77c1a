// Package compare is the command that compares sets of results.
package compare

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/command/input"
	"ratebench/harness/compare"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/metrics"
	"ratebench/harness/table"
)

// flags are the flags of compare.
type flags struct {
	metrics    []string
	strategies []string
	failOn     []string
	alpha      float64
	format     string
}

// New is the command.
func New() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "compare BASE NEW...",
		Short: "Compare sets of results and test the differences",
		Long: `Compare the results in folders with those in the folder BASE: what changed, by
how much, and whether it is for the better. A folder is that of one scenario, or
one with folders of scenarios in it or below; label=folder gives it a name. Of
several results of a scenario in one clock, those in the same place below belong
together.

Runs with the same seed are compared in pairs (a t test of their differences),
whichever runs there are; without a seed in common, as independent samples
(Welch's t test). Both suppose that means over the runs are about normally
distributed. Figures that do not scatter are tested by signs or ranks.

In virtual time a run is decided by code, scenario and seed. If all pairs differ
by the same amount, the difference is exact and needs no test; so is that of a
single pair of one scenario file with the same options. That is so for the seeds
that were run; that others differ as much is taken for granted.

Of many figures, some look changed by chance. Verdicts are given by Benjamini and
Hochberg's procedure over all figures of the comparison: of those called better,
worse or changed, a share of --alpha at most is expected to be chance. "Not
shown" means that a difference was not shown, not that there is none. An interval
is that of one figure alone.

--fail-on METRIC<NUMBER or METRIC>NUMBER, with % for percent of the base, makes
the exit code 99 when a metric of any strategy changed by less or more than that

  - and is shown to have changed, by Holm's procedure over all figures of all
    conditions: if nothing changed, and there are runs enough to tell, the exit
    code is 99 in a share of --alpha of all cases at most;
  - in every pair of runs in virtual time, whatever a test says; in real time and
    with other seeds, in every run of so many that this shows it.

A condition that asks for a change (tps<+2%) is met until one is shown. The exit
code is 99, too, when it cannot be told, with the reason: a scenario, strategy,
run or figure of BASE is missing in NEW; runs were interrupted, or are longer or
shorter; a side has one run, and it is not exact; or there are fewer than six
pairs, or than four runs on a side (more if --alpha is less than 0.05), and their
interval does not rule the change out. A change that is small against the scatter
of the runs passes: it takes more runs to see it.

Exit codes: 0 ok, 1 failure, 2 wrong usage, 99 a condition of --fail-on is met,
or it cannot be told whether it is.`,
		Example: `  ratebench compare old/results results
  ratebench compare main=old/blog pr=results/blog --format markdown
  ratebench compare main one=a/results two=b/results --strategy paced --alpha 0.01
  ratebench compare old new --metric tps --fail-on 'tps<-2%' --fail-on '429>+5'`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			gate, err := f.validate()
			if err != nil {
				return cmdline.Wrong(err)
			}
			if err := f.checkStrategies(args); err != nil {
				return err
			}
			base, news, err := readSides(args)
			if err != nil {
				return err
			}
			return f.compare(c.OutOrStdout(), base, news, gate)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringArrayVar(&f.metrics, "metric", nil,
		"compare this metric; may be repeated (default "+strings.Join(compare.Metrics(), ", ")+")")
	fs.StringArrayVar(&f.strategies, "strategy", nil, "compare this strategy only; may be repeated (default all)")
	fs.StringArrayVar(&f.failOn, "fail-on", nil, "fail on a change such as 'tps<-2%'; may be repeated")
	fs.Float64Var(&f.alpha, "alpha", compare.DefaultAlpha, "level of significance, from 1e-6 to 0.5")
	fs.StringVar(&f.format, "format", table.Text.String(), "of the table: "+strings.Join(table.FormatNames(), ", "))
	return c
}

// validate returns the gate of --fail-on, or everything that is wrong with the
// flags.
func (f *flags) validate() (compare.Gate, error) {
	var gate compare.Gate
	errs := []error{cmdline.CheckValue("--format", f.format, table.FormatNames())}
	for _, m := range f.metrics {
		errs = append(errs, cmdline.CheckValue("--metric", m, metrics.Names()))
	}
	if !(f.alpha >= 1e-6 && f.alpha <= 0.5) {
		errs = append(errs, fmt.Errorf("--alpha is %v, want a number from 1e-6 to 0.5", f.alpha))
	}
	for _, text := range f.failOn {
		c, err := compare.ParseCondition(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--fail-on: %w", err))
		}
		gate = append(gate, c)
	}
	return gate, errors.Join(errs...)
}

// checkStrategies refuses strategies that no side has, before all results are read.
func (f *flags) checkStrategies(sides []string) error {
	if len(f.strategies) == 0 {
		return nil
	}
	var known []string
	for _, side := range sides {
		_, dir := splitLabel(side, "")
		names, err := input.Strategies(dir)
		if err != nil {
			return err
		}
		known = append(known, names...)
	}
	if err := cmdline.CheckStrategies("--strategy", f.strategies, known); err != nil {
		return cmdline.Wrong(err)
	}
	return nil
}

// compared are the metrics asked for, and those of the gate.
func (f *flags) compared(gate compare.Gate) []string {
	asked := f.metrics
	if len(asked) == 0 {
		asked = compare.Metrics()
	}
	for _, c := range gate {
		asked = append(asked, c.Metric)
	}
	var metrics []string
	for _, m := range asked {
		if !slices.Contains(metrics, m) {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// compare writes the comparison and returns why the gate does not let it pass.
func (f *flags) compare(w io.Writer, base compare.Side, news []compare.Side, gate compare.Gate) error {
	c, err := compare.Sides(base, news, compare.Options{Metrics: f.compared(gate), Strategies: f.strategies, Alpha: f.alpha})
	if err != nil {
		return err
	}
	passes := gate.Check(&c)
	const unlimited = math.MaxInt // what is no terminal has room for everything
	if err := compare.Write(w, c, table.Format(f.format), terminal.Width(w, unlimited)); err != nil {
		return err
	}
	if !passes {
		return gateError(&c)
	}
	for _, v := range c.Against {
		if !v.HasChanges() {
			return fmt.Errorf("nothing to compare: no strategy of a scenario is in both %s and %s", c.Base, v.New)
		}
	}
	return nil
}

// A gateFailure is a reason why the gate does not let a comparison pass.
type gateFailure string

func (f gateFailure) Error() string { return "--fail-on: " + string(f) }

// Unwrap gives it the exit code of an expectation that fails.
func (f gateFailure) Unwrap() error { return cmdline.ErrExpectation }

// gateError has a line for every reason why the gate does not let a comparison
// pass. Which side it is about is said where there are several.
func gateError(c *compare.Comparison) error {
	var failed []error
	for _, g := range c.Gate {
		for _, failure := range g.Failures {
			about := []string{failure.Scenario, failure.Strategy}
			if len(c.Against) > 1 {
				about = append([]string{failure.New}, about...)
			}
			about = slices.DeleteFunc(about, func(s string) bool { return s == "" })
			message := failure.Why
			if len(about) > 0 {
				message = strings.Join(about, ", ") + ": " + message
			}
			failed = append(failed, gateFailure(message))
		}
	}
	return errors.Join(failed...)
}

// readSides reads all sides, each given as a folder or as label=folder; the first
// is the base. One of several without a label is called by its folder.
func readSides(args []string) (base compare.Side, news []compare.Side, err error) {
	labels := map[string]bool{}
	for i, arg := range args {
		otherwise := "base"
		if i > 0 {
			otherwise = "new"
			if len(args) > 2 {
				otherwise = arg
			}
		}
		label, dir := splitLabel(arg, otherwise)
		if labels[label] {
			return base, nil, cmdline.Wrong(fmt.Errorf("both sides are called %s, want different labels", label))
		}
		labels[label] = true
		side := compare.Side{Label: label}
		if side.Results, side.Folders, err = input.Results(dir); err != nil {
			return base, nil, err
		}
		if i == 0 {
			base = side
		} else {
			news = append(news, side)
		}
	}
	return base, news, nil
}

// splitLabel takes label=folder apart. What exists as it stands is a folder.
func splitLabel(arg, otherwise string) (label, dir string) {
	label, dir, found := strings.Cut(arg, "=")
	if _, err := os.Stat(arg); err == nil || !found || label == "" {
		return otherwise, arg
	}
	return label, dir
}
