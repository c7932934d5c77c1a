package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ratebench/harness"
	"ratebench/harness/isolate"
	"ratebench/harness/scenario"
)

// clientCommand is how run --isolate starts itself again for each client.
const clientCommand = "isolated-client"

// newClient is the command that run --isolate starts. It is no use to people.
func newClient() *cobra.Command {
	return &cobra.Command{
		Use:     clientCommand,
		Short:   "Run one client, as run --isolate asks for on standard input",
		Hidden:  true,
		Example: "  ratebench run --clock real --isolate scenarios/blog.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return isolate.Client(c.Context(), c.InOrStdin(), c.OutOrStdout())
		},
	}
}

// runIsolated runs each client in a process of its own.
func runIsolated(ctx context.Context, sc *scenario.Scenario, o harness.Options) (isolate.Result, error) {
	self, err := os.Executable()
	if err != nil {
		return isolate.Result{}, fmt.Errorf("--isolate starts this program again: %w", err)
	}
	return isolate.Run(ctx, sc, isolate.Options{Options: o, Command: []string{self, clientCommand}})
}

// printBeside prints what err says beside the interruption: the strategies that
// have failed.
func (r *runner) printBeside(err error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, e := range joined.Unwrap() {
		if !errors.Is(e, context.Canceled) {
			fmt.Fprintf(r.stderr, "ratebench: %v\n", e)
		}
	}
}
