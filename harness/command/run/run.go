// Package run is the command that runs scenarios and writes their results.
package run

import (
	"cmp"
	"context"
	_ "embed" // for the help
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/command/input"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/interrupt"
	"ratebench/harness/internal/secret"
	"ratebench/harness/isolate"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/shard"
	"ratebench/harness/table"
)

//go:embed help.txt
var help string

// New is the command.
func New(limiters []kinds.Kind, s *interrupt.Handler, version string) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run SCENARIO|DIR|-...",
		Short: "Run scenarios and write tables, result files and charts",
		Long:  help,
		Example: `  ratebench run scenarios/blog.yaml
  ratebench run --strategy buffer-only --duration 120s --runs 50 scenarios/blog.yaml
  ratebench run --set server.limit=50/1s --set client.workers_per_key=5 scenarios/blog.yaml
  ratebench run --clock real --block-after 0 scenarios/blog.yaml
  ratebench run --clock real --processes --duration 30s scenarios/shared-budget.yaml
  ratebench run --events --strategy adaptive-drop --runs 1 -o mine scenarios/blog.yaml
  zcat mine/blog/events/adaptive-drop-1.jsonl.gz | head`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			f.given = c.Flags().Changed
			if f.given("seed") {
				f.asked.Seed = &f.seed
			}
			if f.given("block-after") {
				f.asked.BlockAfter = &f.blockAfter
			}
			if slices.Contains(paths, input.Stdin) && (f.isolate || f.processes.on) {
				return cmdline.Wrong(fmt.Errorf("%s needs a file, which every client reads, not standard input", f.isolating()))
			}
			if f.shardText != "" && slices.Contains(paths, input.Stdin) {
				return cmdline.Wrong(errors.New("--shard needs a file, which merge reads again, not standard input"))
			}
			if err := f.validate(); err != nil {
				return cmdline.Wrong(err)
			}
			if err := f.processes.check(paths); err != nil {
				return cmdline.Wrong(err)
			}
			f.asked.Set = append(f.asked.Set, f.processes.set()...)
			scenarios, err := input.Reader{Kinds: limiters, Set: f.asked.Set, Stdin: c.InOrStdin()}.Scenarios(paths)
			if err != nil {
				return err
			}
			f.isolate = f.isolate || f.processes.on
			r := &runner{flags: f, signals: s, stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
			if f.shard.Of > 0 {
				return r.runShards(c.Context(), scenarios, version)
			}
			return r.runAll(c.Context(), scenarios)
		},
	}
	f.register(c.Flags())
	return c
}

// clientCommand is how run --isolate starts itself again for each client.
const clientCommand = "isolated-client"

// NewIsolatedClient is the command that run --isolate starts. It is no use to people.
func NewIsolatedClient(limiters []kinds.Kind) *cobra.Command {
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
	clockVirtual = scenario.ClockVirtual
	clockReal    = scenario.ClockReal
)

// Clocks are the values of --clock.
func Clocks() []string { return []string{clockVirtual, clockReal} }

// runFlags are the flags of run.
type runFlags struct {
	clock      string
	asked      shard.Asked // of the scenario
	seed       uint64      // that it has if the flag is given, and so
	blockAfter int
	parallel   int
	output     string
	format     string
	target     string
	form       bool
	isolate    bool
	processes  processes
	store      string
	every      time.Duration
	shardText  string
	shard      shard.Shard
	events     bool
	png        bool
	quiet      bool
	noProgress bool
	given      func(flag string) bool // on the command line
}

func (f *runFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.clock, "clock", clockVirtual, "virtual, or real: over HTTP on the loopback")
	fs.IntVar(&f.asked.Runs, "runs", 0, "seeds per strategy (default: the scenario's in virtual time, 1 in real time)")
	fs.Uint64Var(&f.seed, "seed", 0, "seed of the first run (default: the scenario's)")
	fs.StringArrayVar(&f.asked.Strategies, "strategy", nil, "run this strategy only; may be repeated")
	fs.StringArrayVar(&f.asked.Set, "set", nil, "give a key of the scenario another value, such as server.limit=50/1s or strategies.paced.limiter.spread=40ms; may be repeated")
	fs.DurationVar(&f.asked.Duration, "duration", 0, "length of a run (default: the scenario's)")
	fs.IntVar(&f.blockAfter, "block-after", 0, "429s until a key is blocked, 0 never (default: the scenario's)")
	f.registerOutput(fs)
	fs.StringVar(&f.target, "target", "", "base URL of a running server to aim at, with --clock real and one strategy")
	fs.BoolVar(&f.form, "form", false, "with --clock real: send the parameters in a form body, as the reference's clients do, not in the query")
	fs.BoolVar(&f.isolate, "isolate", false, "with --clock real: run every client in a process of its own and measure what it costs")
	fs.Var(&f.processes, "processes", "with --clock real: run every process of a client as one of the operating system; --processes=4 sets client.processes, too")
	fs.Lookup("processes").NoOptDefVal = ofTheScenario
	fs.StringVar(&f.store, "store", "", "with --processes: URL of the Redis that they share limits through, such as redis://127.0.0.1:6379 (default: one is started for each strategy)")
	fs.DurationVar(&f.every, "every", 5*time.Second, "print the accumulated metrics this often in real time; 0 never")
	fs.BoolVar(&f.asked.Graveyard, "graveyard", false, "write the ids of requests that ran out of retries to graveyard.csv")
	fs.BoolVar(&f.events, "events", false, "write every event of every request to events/<strategy>-<seed>.jsonl.gz")
	fs.StringVar(&f.shardText, "shard", "", "run this part of all runs only, such as 3/16, for merge to put together")
	fs.IntVarP(&f.parallel, "parallel", "j", 0, "runs side by side in virtual time, 0 as many as there are cores; the results are the same")
	fs.BoolVar(&f.noProgress, "no-progress", false, "show no progress on a terminal")
}

// registerOutput registers what run and merge have in common.
func (f *runFlags) registerOutput(fs *pflag.FlagSet) {
	fs.StringVarP(&f.output, "output", "o", "results", "folder for the results")
	fs.StringVar(&f.format, "format", "text", "of the table: "+strings.Join(table.FormatNames(), ", "))
	fs.BoolVar(&f.png, "png", false, "write every chart as PNG, too")
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing but errors")
}

func (f *runFlags) real() bool { return f.clock == clockReal }

func (f *runFlags) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	errs = append(errs,
		cmdline.CheckValue("--clock", f.clock, Clocks()),
		cmdline.CheckValue("--format", f.format, table.FormatNames()))
	if n := f.asked.Runs; n < 0 || n == 0 && f.given("runs") {
		wrong("--runs is %d, want 1 or more", n)
	}
	if d := f.asked.Duration; d < 0 || d == 0 && f.given("duration") {
		wrong("--duration is %v, want more than 0", d)
	}
	if f.blockAfter < 0 {
		wrong("--block-after is %d, want 0 or more", f.blockAfter)
	}
	if f.every < 0 {
		wrong("--every is %v, want 0 or more", f.every)
	}
	if f.parallel < 0 {
		wrong("--parallel is %d, want 0 or more", f.parallel)
	}
	if f.parallel > 0 && f.real() {
		wrong("--parallel is %d, and in real time all strategies run side by side", f.parallel)
	}
	if f.shardText != "" {
		var err error
		if f.shard, err = shard.Parse(f.shardText); err != nil {
			wrong("--shard %w", err)
		}
		if f.real() || f.events {
			wrong("--shard is of virtual time and without --events")
		}
	}
	if (f.isolate || f.processes.on) && !f.real() {
		wrong("%s needs --clock real", f.isolating())
	}
	if f.store != "" && !f.processes.on && !f.isolate {
		wrong("--store is for the processes of --processes, want both or neither")
	}
	if f.store != "" {
		if err := isolate.CheckStoreURL(f.store); err != nil {
			wrong("--store %w", err)
		}
	}
	if f.form && !f.real() {
		wrong("--form needs --clock real")
	}
	if f.target != "" {
		if !f.real() {
			wrong("--target needs --clock real")
		}
		if err := checkBaseURL(f.target); err != nil {
			wrong("--target %w", err)
		}
	}
	return errors.Join(errs...)
}

// checkBaseURL returns an error that begins with "is" unless a text is an address
// to which the path of a request and its parameters can be added.
func checkBaseURL(text string) error {
	const want = "want a base URL such as http://127.0.0.1:9999"
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("is %q, %s", secret.URL(text), want)
	}
	var has []string
	for name, there := range map[string]bool{
		"a query": u.RawQuery != "" || u.ForceQuery, "a fragment": strings.Contains(text, "#"), "a user": u.User != nil,
	} {
		if there {
			has = append(has, name)
		}
	}
	if len(has) == 0 {
		return nil
	}
	slices.Sort(has) // else the order is another each time
	return fmt.Errorf("is %q, which has %s, %s, without", u.Redacted(), strings.Join(has, " and "), want)
}

// apply returns the scenario as changed by the flags, which it has on record.
func (f *runFlags) apply(sc *scenario.Scenario) (*scenario.Scenario, error) {
	a := &f.asked
	changed, err := sc.Override(scenario.Overrides{
		Runs: a.Runs, Seed: a.Seed, Duration: a.Duration, BlockAfter: a.BlockAfter, Strategies: a.Strategies,
	})
	if err != nil {
		return nil, err
	}
	changed = changed.On(f.clock)
	if f.real() && a.Runs == 0 {
		changed.Runs = 1
		for _, p := range changed.Points {
			p.Scenario.Runs = 1
		}
	}
	if u, err := url.Parse(f.target); err == nil && f.target != "" {
		changed.Overrides = append(changed.Overrides, scenario.Override{Flag: "--target", Value: u.Redacted()})
	}
	return changed, nil
}

// checkTarget returns an error unless there is a server where --target says, so
// that nobody waits for a whole run to learn it.
func (f *runFlags) checkTarget(ctx context.Context) error {
	if f.target == "" {
		return nil
	}
	u, err := url.Parse(f.target)
	if err != nil {
		return err
	}
	port := cmp.Or(u.Port(), u.Scheme) // whose usual one the resolver knows
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	switch {
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return fmt.Errorf("no server at %s: no connection within %v", u.Redacted(), answerTime)
	case errors.Is(err, context.Canceled):
		return cmdline.ErrInterrupted
	case err != nil:
		return fmt.Errorf("no server at %s: %w", u.Redacted(), err)
	}
	return c.Close()
}

// answerTime is how long the server of --target may take to accept a first
// connection.
const answerTime = 900 * time.Millisecond
