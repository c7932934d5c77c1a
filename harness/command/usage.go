package command

import (
	"errors"
	"fmt"
	"strings"

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
