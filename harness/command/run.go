package command

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/internal/choice"
	"ratebench/harness/isolate"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
)

func newRun(limiters []kinds.Kind) *cobra.Command {
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
			scenarios, err := loadAll(paths, limiters)
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

// clientCommand is how run --isolate starts itself again for each client.
const clientCommand = "isolated-client"

// newIsolatedClient is the command that run --isolate starts. It is no use to people.
func newIsolatedClient(limiters []kinds.Kind) *cobra.Command {
	return &cobra.Command{
		Use:     clientCommand,
		Short:   "Run one client, as run --isolate asks for on standard input",
		Hidden:  true,
		Example: "  ratebench run --clock real --isolate scenarios/blog.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return isolate.Client(c.Context(), limiters, c.InOrStdin(), c.OutOrStdout())
		},
	}
}

const (
	clockVirtual = "virtual"
	clockReal    = "real"
)

// runFlags are the flags of run.
type runFlags struct {
	clock      string
	runs       int
	seed       uint64
	strategies []string
	duration   time.Duration
	blockAfter int
	output     string
	format     string
	target     string
	isolate    bool
	every      time.Duration
	graveyard  bool
	events     bool
	png        bool
	quiet      bool
	noProgress bool

	seedSet, blockAfterSet, runsSet, durationSet bool // given on the command line
}

func (f *runFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.clock, "clock", clockVirtual, "virtual, or real: over HTTP on the loopback")
	fs.IntVar(&f.runs, "runs", 0, "seeds per strategy (default: the scenario's in virtual time, 1 in real time)")
	fs.Uint64Var(&f.seed, "seed", 0, "seed of the first run (default: the scenario's)")
	fs.StringArrayVar(&f.strategies, "strategy", nil, "run this strategy only; may be repeated")
	fs.DurationVar(&f.duration, "duration", 0, "length of a run (default: the scenario's)")
	fs.IntVar(&f.blockAfter, "block-after", 0, "429s until a key is blocked, 0 never (default: the scenario's)")
	fs.StringVarP(&f.output, "output", "o", "results", "folder for the results")
	fs.StringVar(&f.format, "format", "text", "of the table: "+strings.Join(formatNames(), ", "))
	fs.StringVar(&f.target, "target", "", "base URL of a running server to aim at, with --clock real and one strategy")
	fs.BoolVar(&f.isolate, "isolate", false, "with --clock real: run every client in a process of its own and measure what it costs")
	fs.DurationVar(&f.every, "every", 5*time.Second, "print the accumulated metrics this often in real time; 0 never")
	fs.BoolVar(&f.graveyard, "graveyard", false, "write the ids of requests that ran out of retries to graveyard.csv")
	fs.BoolVar(&f.events, "events", false, "write every event of every request to events/<strategy>-<seed>.jsonl.gz")
	fs.BoolVar(&f.png, "png", false, "write every chart as PNG, too")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but errors")
	fs.BoolVar(&f.noProgress, "no-progress", false, "show no progress on a terminal")
}

func (f *runFlags) real() bool { return f.clock == clockReal }

// formats are the values of --format.
func formats() []table.Format {
	return []table.Format{table.Text, table.Markdown, table.JSON, table.CSV}
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.String())
	}
	return names
}

// tableFormat is the format named by a valid --format.
func (f *runFlags) tableFormat() table.Format {
	return formats()[slices.Index(formatNames(), f.format)]
}

func (f *runFlags) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	errs = append(errs,
		checkValue("--clock", f.clock, []string{clockVirtual, clockReal}),
		checkValue("--format", f.format, formatNames()))
	if f.runs < 0 || f.runsSet && f.runs == 0 {
		wrong("--runs is %d, want 1 or more", f.runs)
	}
	if f.duration < 0 || f.durationSet && f.duration == 0 {
		wrong("--duration is %v, want more than 0", f.duration)
	}
	if f.blockAfter < 0 {
		wrong("--block-after is %d, want 0 or more", f.blockAfter)
	}
	if f.every < 0 {
		wrong("--every is %v, want 0 or more", f.every)
	}
	if f.isolate && !f.real() {
		wrong("--isolate needs --clock real")
	}
	if f.target != "" {
		if !f.real() {
			wrong("--target needs --clock real")
		}
		if u, err := url.Parse(f.target); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			wrong("--target is %q, want a base URL such as http://127.0.0.1:9999", f.target)
		}
	}
	return errors.Join(errs...)
}

// apply returns the scenario as changed by the flags.
func (f *runFlags) apply(sc *scenario.Scenario) (*scenario.Scenario, error) {
	changed := *sc
	switch {
	case f.runs > 0:
		changed.Runs = f.runs
	case f.real():
		changed.Runs = 1
	}
	if f.seedSet {
		changed.Seed = f.seed
	}
	if f.duration > 0 {
		changed.Duration = f.duration
		changed.Expect = nil // what is claimed is claimed of the scenario as it is
	}
	if f.blockAfterSet {
		changed.Server.BlockAfter = f.blockAfter
		changed.Expect = nil
	}
	if len(f.strategies) == 0 {
		return &changed, nil
	}
	return &changed, f.choose(&changed)
}

// choose keeps the strategies named by --strategy, and the expectations that
// are about no other.
func (f *runFlags) choose(sc *scenario.Scenario) error {
	all := sc.Strategies
	sc.Strategies = nil
	var names []string
	for _, st := range all {
		names = append(names, st.Name)
		if slices.Contains(f.strategies, st.Name) {
			sc.Strategies = append(sc.Strategies, st)
		}
	}
	for _, s := range f.strategies {
		if !slices.Contains(names, s) {
			return errors.New(choice.Unknown("strategy", s, names))
		}
	}
	chosen := func(name string) bool { return name == "" || slices.Contains(f.strategies, name) }
	var expect []scenario.Expectation
	for _, e := range sc.Expect {
		if chosen(e.Strategy) && chosen(e.Over) {
			expect = append(expect, e)
		}
	}
	sc.Expect = expect
	return nil
}
