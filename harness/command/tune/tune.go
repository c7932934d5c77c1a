// Package tune is the command that finds the best client for a scenario.
package tune

import (
	"context"
	_ "embed" // for the help
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/command/input"
	"ratebench/harness/internal/choice"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/progress"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
	"ratebench/harness/tune"
)

//go:embed help.txt
var help string

// flags are those of tune.
type flags struct {
	tune.Options
	kinds      []string
	set        []string
	seed       uint64
	explain    bool
	format     string
	quiet      bool
	noProgress bool
	changed    func(string) bool // whether a flag is there
}

// Formats are the values of --format.
func Formats() []string { return []string{string(table.Text), string(table.JSON)} }

// New is the command.
func New(limiters []kinds.Kind) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "tune SCENARIO",
		Short: "Find the best client for a scenario, and hand it over",
		Long:  help,
		Example: `  ratebench tune scenarios/blog.yaml
  ratebench tune scenarios/saturated.yaml --explain --delta 0.5
  ratebench tune scenarios/native.yaml --kind paced --kind ack-clocked --workers 1
  ratebench tune scenarios/overload.yaml --metric latency_p99_ms --most-429 2`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.changed = c.Flags().Changed
			scenarios, err := f.prepare(args, limiters, c.InOrStdin())
			if err != nil {
				return err
			}
			return f.run(c.Context(), scenarios[0], c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f.register(c.Flags())
	return c
}

func (f *flags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.Metric, "metric", tune.DefaultMetric, "what candidates are compared by")
	fs.StringArrayVar(&f.set, "set", nil, "give a key of the scenario another value, such as server.limit=50/1s; may be repeated")
	fs.Float64Var(&f.Delta, "delta", 0, "difference that you do not care for, in the metric's unit (default 0.2 % of the ceiling)")
	fs.Float64Var(&f.Refused, "most-429", 0, "429s that a run may have on average; 0 puts out at the first, and a blocked key always does")
	fs.IntVar(&f.Workers, "workers", 0, "workers per key (default: those of the scenario, and 10 beside a single one)")
	fs.StringArrayVar(&f.kinds, "kind", nil, "consider this kind of limiter only; may be repeated (default all)")
	fs.Float64Var(&f.Alpha, "alpha", tune.DefaultAlpha, "probability of choosing one that is worse by delta or more, from 1e-6 to 0.5")
	fs.IntVar(&f.Seeds, "seeds", tune.DefaultSeeds, "seeds that a race may take at most, 10 or more")
	fs.IntVar(&f.Fresh, "fresh", tune.DefaultFresh, "fresh seeds to measure the winner on, 2 or more")
	fs.Uint64Var(&f.seed, "seed", 0, "first seed (default: the scenario's)")
	fs.BoolVar(&f.explain, "explain", false, "say why, with the closed form where there is one")
	fs.StringVar(&f.format, "format", string(table.Text), "of the report: "+choice.List(Formats()))
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but the report and errors")
	fs.BoolVar(&f.noProgress, "no-progress", false, "show no progress on a terminal")
}

// prepare checks the flags and reads the scenario.
func (f *flags) prepare(paths []string, limiters []kinds.Kind, stdin io.Reader) ([]*scenario.Scenario, error) {
	f.Kinds = limiters
	errs := []error{cmdline.CheckValue("--format", f.format, Formats()), cmdline.CheckValue("--metric", f.Metric, ranking())}
	if len(f.kinds) > 0 {
		f.Kinds = nil
		for _, name := range f.kinds {
			errs = append(errs, cmdline.CheckValue("--kind", name, kinds.Names(limiters)))
			for _, k := range limiters {
				if k.Name == name {
					f.Kinds = append(f.Kinds, k)
				}
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, cmdline.Wrong(err)
	}
	if err := f.inRange(); err != nil {
		return nil, cmdline.Wrong(err)
	}
	scenarios, err := input.Reader{Kinds: limiters, Set: f.set, Stdin: stdin}.Scenarios(paths)
	switch {
	case err != nil:
		return nil, err
	case len(scenarios) != 1:
		return nil, cmdline.Wrong(fmt.Errorf("%s has %d scenarios, want one", paths[0], len(scenarios)))
	case len(scenarios[0].Points) > 0:
		return nil, cmdline.Wrong(fmt.Errorf("%s is a sweep of %d points, and tune finds the best client for one server: take the sweep out of a copy, with the values of one point",
			scenarios[0].Path, len(scenarios[0].Points)))
	case f.changed("seed"):
		scenarios[0].Seed = f.seed
	}
	return scenarios, nil
}

// ranking are the metrics of which more or less is better.
func ranking() []string {
	return slices.DeleteFunc(metrics.Names(), func(name string) bool { return metrics.Find(name).Better == metrics.NeitherIsBetter })
}

// inRange names the first flag that is out of range. What is 0 by itself is the
// default; 0 that somebody wrote is a mistake.
func (f *flags) inRange() error {
	for _, zero := range []struct {
		flag string
		is   bool
		want string
	}{
		{"delta", f.Delta == 0, "more than 0"},
		{"workers", f.Workers == 0, "1 to 1000"},
		{"alpha", f.Alpha == 0, "1e-6 to 0.5"},
		{"seeds", f.Seeds == 0, "10 to 100000"},
		{"fresh", f.Fresh == 0, "2 to 100000"},
	} {
		if zero.is && f.changed(zero.flag) {
			return fmt.Errorf("--%s is 0, want %s", zero.flag, zero.want)
		}
	}
	err := f.Validate()
	if err == nil {
		return nil
	}
	if rest, ok := strings.CutPrefix(err.Error(), "refused"); ok {
		return errors.New("--most-429" + rest)
	}
	return fmt.Errorf("--%w", err)
}

// run tunes and reports, as far as it came.
func (f *flags) run(ctx context.Context, sc *scenario.Scenario, stdout, stderr io.Writer) error {
	line := progress.New(stderr, sc.Name, f.quiet || f.noProgress)
	f.Progress = func(stage string, done float64) { line.SetStage(stage, done) }
	report, err := tune.Run(ctx, sc, f.Options)
	line.Clear()
	interrupted := ctx.Err() != nil && errors.Is(err, ctx.Err())
	if err != nil && !interrupted {
		return fmt.Errorf("%s: %w", sc.Path, err)
	}
	if f.format == string(table.JSON) {
		err = report.WriteJSON(stdout)
	} else {
		err = report.WriteText(stdout, f.explain, terminal.Width(stdout, table.Width))
	}
	if err == nil && interrupted {
		fmt.Fprintln(stderr, "interrupted: the report covers what was known by then")
		return cmdline.ErrInterrupted
	}
	return err
}
