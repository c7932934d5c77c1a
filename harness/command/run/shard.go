package run

import (
	"context"
	_ "embed" // for the help
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/interrupt"
	"ratebench/harness/isolate"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/shard"
	"ratebench/harness/table"
)

// runShards runs a part of each scenario, as the flags say.
func (r *runner) runShards(ctx context.Context, scenarios []*scenario.Scenario, version string) error {
	for _, sc := range scenarios {
		changed, err := r.flags.apply(sc)
		if err != nil {
			return cmdline.Wrong(fmt.Errorf("%s: %w", sc.Path, err))
		}
		m, err := r.measure(ctx, changed, nil)
		switch {
		case errors.Is(err, context.Canceled):
			fmt.Fprintf(r.stderr, "interrupted: nothing has been written of %s\n", changed.Name)
			return cmdline.ErrInterrupted
		case err != nil: // of whatever strategy: the parts would not fit
			return fmt.Errorf("%s: %w", sc.Path, err)
		}
		p := &shard.Part{
			Version: version, Shard: r.flags.shard, Asked: r.flags.asked,
			Scenario: shard.Scenario{Name: sc.Name, Path: sc.Path, SHA256: sc.SHA256},
			Total:    len(changed.Rows()) * changed.Runs, Runs: m.Runs,
		}
		var file string
		err = r.signals.Write(func() (err error) {
			file, err = p.Write(r.folder(sc))
			return err
		})
		if err != nil {
			return err
		}
		r.say(r.stderr, "part %s in %s\n", p.Shard, file)
	}
	return nil
}

//go:embed merge.txt
var mergeHelp string

// NewMerge is the command that puts the parts of run --shard together.
func NewMerge(limiters []kinds.Kind, s *interrupt.Handler) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "merge DIR...",
		Short: "Put the parts of run --shard together",
		Long:  mergeHelp,
		Example: `  for i in 1 2 3 4; do ratebench run --shard $i/4 -o parts scenarios/blog.yaml; done
  ratebench merge parts -o results`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, dirs []string) error {
			if err := cmdline.CheckValue("--format", f.format, table.FormatNames()); err != nil {
				return cmdline.Wrong(err)
			}
			var parts []*shard.Part
			for _, dir := range dirs {
				found, err := shard.Read(dir)
				if err != nil {
					return cmdline.Wrong(err)
				}
				parts = append(parts, found...)
			}
			return merge(c, limiters, s, f, parts)
		},
	}
	f.registerOutput(c.Flags())
	return c
}

// merge puts the parts of each scenario together.
func merge(c *cobra.Command, limiters []kinds.Kind, s *interrupt.Handler, f runFlags, parts []*shard.Part) error {
	var failed []error
	for i, group := range shard.Group(parts) {
		runs, err := shard.Merge(group)
		if err != nil {
			return cmdline.Wrong(err)
		}
		file, err := scenarioOf(limiters, group[0])
		if err != nil {
			return cmdline.Wrong(err)
		}
		r := &runner{flags: f, signals: s, stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
		r.flags.clock, r.flags.asked = clockVirtual, group[0].Asked
		if i > 0 {
			r.say(r.stdout, "\n")
		}
		failed = append(failed, r.finishParts(c.Context(), file, group, runs))
		failed = append(failed, r.writeIndex())
	}
	return errors.Join(failed...)
}

// finishParts is finish for runs that were made in parts.
func (r *runner) finishParts(ctx context.Context, file *scenario.Scenario, parts []*shard.Part, runs []metrics.Run) error {
	sc, err := r.flags.apply(file)
	if err != nil {
		return cmdline.Wrong(fmt.Errorf("%s: %w", file.Path, err))
	}
	if i, err := misplaced(sc, runs); err != nil {
		return cmdline.Wrong(fmt.Errorf("%s: %w", shard.FileOf(parts, i), err))
	}
	unlock, err := r.prepare(r.folder(sc))
	if err != nil {
		return err
	}
	defer unlock()
	return r.finish(ctx, file, sc, isolate.Result{Runs: runs}, nil, nil)
}

// misplaced returns the first run that is not that of its place in the scenario.
func misplaced(sc *scenario.Scenario, runs []metrics.Run) (i int, err error) {
	rows := sc.Rows()
	if len(runs) != len(rows)*sc.Runs {
		return 0, fmt.Errorf("found a part of %d runs, expected %d", len(runs), len(rows)*sc.Runs)
	}
	for i := range runs {
		r, name, seed := &runs[i], rows[i/sc.Runs].Name, sc.Seed+uint64(i%sc.Runs)
		if r.Strategy != name || r.Seed != seed {
			return i, fmt.Errorf("found a run of %q with seed %d, expected one of %q with seed %d", r.Strategy, r.Seed, name, seed)
		}
	}
	return 0, nil
}

// scenarioOf reads the scenario of a part again.
func scenarioOf(limiters []kinds.Kind, p *shard.Part) (*scenario.Scenario, error) {
	sc, err := scenario.Loader{Kinds: limiters, Set: p.Asked.Set}.Load(p.Scenario.Path)
	if err != nil {
		return nil, err
	}
	if sc.SHA256 != p.Scenario.SHA256 {
		return nil, fmt.Errorf("%s: found a scenario that has changed since its parts were run, expected the checksum %s", sc.Path, p.Scenario.SHA256)
	}
	return sc, nil
}
