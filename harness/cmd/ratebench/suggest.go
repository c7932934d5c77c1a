package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/internal/choice"
)

// knownCommand refuses arguments of the root command, which takes none: what
// it is given was meant to be a command.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return errors.New(choice.Unknown("command", args[0], names))
}

// flagError adds to a complaint about an unknown flag the one that was
// probably meant.
func flagError(c *cobra.Command, err error) error {
	hint := ""
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name, near := choice.Nearest(unknown.GetSpecifiedName(), names); near {
			hint = fmt.Sprintf(" (did you mean --%s?)", name)
		}
	}
	return usageError{fmt.Errorf("%w%s\nsee %s --help", err, hint, c.CommandPath())}
}

// checkValue returns an error unless a flag's value is one of those it can
// have.
func checkValue(flag, got string, values []string) error {
	for _, v := range values {
		if got == v {
			return nil
		}
	}
	hint := ""
	if value, near := choice.Nearest(got, values); near {
		hint = fmt.Sprintf(" (did you mean %s?)", value)
	}
	return fmt.Errorf("%s is %q%s, want %s", flag, got, hint, choice.List(values))
}
