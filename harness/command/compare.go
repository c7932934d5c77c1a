package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/compare"
	"ratebench/harness/metrics"
	"ratebench/harness/table"
)

// compareFlags are the flags of compare.
type compareFlags struct {
	metrics []string
	failOn  []string
	format  string
}

func newCompare() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare BASE NEW",
		Short: "Compare two sets of results and test the differences",
		Long: `Compare the results in two folders: what changed, by how much, and whether it is
for the better. A folder is that of one scenario, or one with folders of
scenarios in it or below; label=folder gives it a name. Of several results of a
scenario in one clock, those in the same place below belong together.

Runs with the same seed are compared in pairs (a t test of their differences),
others as independent samples (Welch's t test); without any scatter a rank or
sign test takes over. A difference counts when it would be chance in fewer than
one case out of twenty - so that of twenty figures that did not change, about one
is expected to look as if it did.

--fail-on METRIC<NUMBER or METRIC>NUMBER, with % for percent of the base, makes
the exit code 99 when a metric of any strategy changed by less or more than
that. A difference that the test calls chance is no failure, but one that could
not be tested is, and so is one that cannot be worked out.

Exit codes: 0 ok, 1 failure, 2 wrong usage, 99 a condition of --fail-on is met.`,
		Example: `  ratebench compare old/results results
  ratebench compare main=old/blog pr=results/blog --format markdown
  ratebench compare old new --metric tps --fail-on 'tps<-2%' --fail-on '429>+5'`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			conditions, err := f.validate()
			if err != nil {
				return usageError{err}
			}
			base, new, err := readSides(args[0], args[1])
			if err != nil {
				return err
			}
			return f.compare(c.OutOrStdout(), base, new, conditions)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringArrayVar(&f.metrics, "metric", nil,
		"compare this metric; may be repeated (default "+strings.Join(compare.Metrics(), ", ")+")")
	fs.StringArrayVar(&f.failOn, "fail-on", nil, "fail on a change such as 'tps<-2%'; may be repeated")
	fs.StringVar(&f.format, "format", table.Text.String(), "of the table: "+strings.Join(formatNames(), ", "))
	return c
}

// validate returns the conditions of --fail-on, or everything that is wrong
// with the flags.
func (f *compareFlags) validate() ([]compare.Condition, error) {
	var conditions []compare.Condition
	errs := []error{checkValue("--format", f.format, formatNames())}
	for _, m := range f.metrics {
		errs = append(errs, checkValue("--metric", m, metrics.Names()))
	}
	for _, text := range f.failOn {
		c, err := compare.ParseCondition(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--fail-on: %w", err))
		}
		conditions = append(conditions, c)
	}
	return conditions, errors.Join(errs...)
}

// compared are the metrics asked for, and those of the conditions.
func (f *compareFlags) compared(conditions []compare.Condition) []string {
	asked := f.metrics
	if len(asked) == 0 {
		asked = compare.Metrics()
	}
	for _, c := range conditions {
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

// compare writes the comparison and returns which conditions are met.
func (f *compareFlags) compare(w io.Writer, base, new compare.Side, conditions []compare.Condition) error {
	c, err := compare.Sides(base, new, f.compared(conditions))
	if err != nil {
		return err
	}
	if err := compare.Write(w, c, table.Format(f.format)); err != nil {
		return err
	}
	if !c.HasChanges() {
		return fmt.Errorf("nothing to compare: no strategy of a scenario is in both %s and %s", base.Label, new.Label)
	}
	var failed []error
	for _, condition := range conditions {
		for _, failure := range condition.Failures(c) {
			failed = append(failed, fmt.Errorf("%w: %s", errExpectation, failure))
		}
	}
	return errors.Join(failed...)
}

// readSides reads both sides, each given as a folder or as label=folder.
func readSides(base, new string) (b, n compare.Side, err error) {
	baseLabel, baseDir := splitLabel(base, "base")
	newLabel, newDir := splitLabel(new, "new")
	if baseLabel == newLabel {
		return b, n, usageError{fmt.Errorf("both sides are called %s, want different labels", baseLabel)}
	}
	b.Label, n.Label = baseLabel, newLabel
	if b.Results, b.Folders, err = readResults(baseDir); err != nil {
		return b, n, err
	}
	n.Results, n.Folders, err = readResults(newDir)
	return b, n, err
}

// splitLabel takes label=folder apart. What exists as it stands is a folder.
func splitLabel(arg, otherwise string) (label, dir string) {
	label, dir, found := strings.Cut(arg, "=")
	if _, err := os.Stat(arg); err == nil || !found || label == "" {
		return otherwise, arg
	}
	return label, dir
}
