// Package command is the ratebench command: it measures client strategies
// against a rate-limited API, in virtual and in real time.
//
// The limiters that scenarios can ask for are handed to [Main]. A program of
// one's own that adds another has a main of a few lines; see the example.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ratebench/harness/command/compare"
	"ratebench/harness/command/fit"
	"ratebench/harness/command/proxy"
	"ratebench/harness/command/run"
	"ratebench/harness/command/serve"
	"ratebench/harness/command/tune"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/interrupt"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1   // something went wrong on the way
	exitUsage       = 2   // wrong flags, or a scenario that is not valid
	exitExpectation = 99  // the run went well, and an expectation did not hold
	exitInterrupted = 130 // SIGINT or SIGTERM, after writing what there was
)

// Main runs the command line of this process and ends the process with the
// exit code. The limiters are those that scenarios can ask for, in the
// order in which they are explained.
//
// With run --isolate the process starts itself again for each client, so that
// Main has to be reached on the way: a program must not do anything before it
// that cannot be done twice.
func Main(limiters []kinds.Kind) {
	crashBySignal()
	os.Exit(Execute(limiters, os.Args[1:], os.Stdout, os.Stderr))
}

// crashBySignal makes the process end by SIGABRT when it runs out of memory or
// panics: the runtime's own exit code for that is 2, which would be taken for
// exitUsage.
func crashBySignal() { debug.SetTraceback("crash") }

// Execute runs a command line without the name of the program and returns its
// exit code: 0 for success, 1 for failure, 2 for wrong usage or an invalid
// scenario, 99 for an expectation that did not hold, 130 when interrupted. The
// first SIGINT or SIGTERM ends what is running; a second one ends the process,
// and leaves nothing half written.
func Execute(limiters []kinds.Kind, args []string, stdout, stderr io.Writer) int {
	var s interrupt.Handler
	ctx, stop := s.Watch(context.Background())
	defer stop()
	root := newRoot(limiters, &s)
	root.SetArgs(args)
	out := &output{to: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	err := out.and(root.ExecuteContext(ctx))
	if err != nil && !errors.Is(err, cmdline.ErrInterrupted) {
		fmt.Fprintln(stderr, "ratebench: "+scenario.Printable(err.Error()))
	}
	return exitCode(err)
}

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, cmdline.ErrInterrupted):
		return exitInterrupted
	case errors.Is(err, cmdline.ErrExpectation):
		return exitExpectation
	case cmdline.IsWrong(err):
		return exitUsage
	default:
		return exitFailure
	}
}

func newRoot(limiters []kinds.Kind, s *interrupt.Handler) *cobra.Command {
	root := &cobra.Command{
		Use:   "ratebench",
		Short: "Measure client strategies against a rate-limited API",
		Long: `ratebench finds out which client strategy gets the most out of a rate-limited
API without being banned. A scenario file describes the server, the load and the
strategies; run simulates it in virtual time, or measures it over HTTP.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		Example: `  ratebench run scenarios/blog.yaml
  ratebench run --clock real --block-after 0 scenarios/blog.yaml
  ratebench compare old/results results --fail-on 'tps<-2%'`,
		Args:              cmdline.KnownCommand,
		PersistentPreRunE: cmdline.RefuseEmpty,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.Flags().Bool("version", false, "print the version") // or else cobra adds a -v, too
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(cmdline.FlagError)
	root.AddCommand(run.New(limiters, s, version()), run.NewMerge(limiters, s), run.NewIsolatedClient(limiters), newReport(), compare.New(), tune.New(limiters), fit.New(limiters),
		serve.New(limiters), proxy.New(limiters), newValidate(limiters), newList(limiters), newStrategies(limiters), newInit(), newSchema(limiters), newCompletion(), newVersion())
	root.SetHelpCommand(newHelp())
	addCompletions(root, limiters)
	for _, c := range append(root.Commands(), root) {
		c.Args = cmdline.Args(c.Args)
	}
	return root
}

// newHelp is cobra's help command, but for topics that do not exist, which are
// mistakes like any other.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Explain a command",
		Example:           "  ratebench help run",
		Args:              cmdline.Args(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeCommands,
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			if len(args) == 0 {
				return root.Help()
			}
			for _, sub := range root.Commands() {
				if sub.Name() == args[0] {
					sub.InitDefaultHelpFlag() // else it is missing from the flags
					return sub.Help()
				}
			}
			return cmdline.Wrong(cmdline.KnownCommand(root, args))
		},
	}
}
