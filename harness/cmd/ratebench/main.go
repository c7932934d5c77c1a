// Command ratebench measures client strategies against a rate-limited API, in
// virtual and in real time.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1   // something went wrong on the way
	exitUsage       = 2   // wrong flags, or a scenario that is not valid
	exitExpectation = 99  // the run went well, and an expectation did not hold
	exitInterrupted = 130 // SIGINT or SIGTERM, after writing what there was
)

func main() {
	crashBySignal()
	os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr))
}

// crashBySignal makes the process end by SIGABRT when it runs out of memory or
// panics: the runtime's own exit code for that is 2, which would be taken for
// exitUsage.
func crashBySignal() { debug.SetTraceback("crash") }

// execute runs the command and returns its exit code. The first SIGINT or
// SIGTERM ends the context; a second one ends the process at once.
func execute(args []string, stdout, stderr io.Writer) int {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(ctx, cancel) // back to the default: the next signal kills

	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !errors.Is(err, errInterrupted) {
		fmt.Fprintf(stderr, "ratebench: %v\n", err)
	}
	return exitCode(err)
}

var (
	errInterrupted = errors.New("interrupted")
	errExpectation = errors.New("expectation failed")
)

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errExpectation):
		return exitExpectation
	case errors.As(err, new(usageError)):
		return exitUsage
	default:
		return exitFailure
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "ratebench",
		Short: "Measure client strategies against a rate-limited API",
		Long: `ratebench finds out which client strategy gets the most out of a rate-limited
API without being banned. A scenario file describes the server, the load and the
strategies; run simulates it in virtual time, or measures it over HTTP.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Example: `  ratebench run scenarios/blog.yaml
  ratebench run --clock real --block-after 0 scenarios/blog.yaml
  ratebench compare old/results results --fail-on 'tps<-2%'`,
		Args: knownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(), newClient(), newReport(), newCompare(), newServe(), newValidate(), newStrategies(), newFindings(), newSchema(), newCompletion(), newVersion())
	root.SetHelpCommand(newHelp())
	addCompletions(root)
	for _, c := range append(root.Commands(), root) {
		c.Args = usageArgs(c.Args)
	}
	return root
}
