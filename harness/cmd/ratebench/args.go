package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageArgs turns complaints about arguments into usage errors that tell which
// ones the command takes.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil {
			return nil
		}
		if !c.HasSubCommands() {
			err = errors.New(countArgs(args) + ", want " + takes(c))
		}
		return usageError{fmt.Errorf("%w\nsee %s --help", err, c.CommandPath())}
	}
}

func countArgs(args []string) string {
	switch len(args) {
	case 0:
		return "got no argument"
	case 1:
		return fmt.Sprintf("got the argument %q", args[0])
	}
	return fmt.Sprintf("got %d arguments", len(args))
}

// takes is what follows the command's name in its usage line.
func takes(c *cobra.Command) string {
	if _, arguments, found := strings.Cut(c.Use, " "); found {
		return arguments
	}
	return "none"
}
