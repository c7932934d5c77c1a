// Package compare is the command that compares sets of results.
package compare

import (
	_ "embed" // for the help
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

//go:embed help.txt
var help string

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
		Long:  help,
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
