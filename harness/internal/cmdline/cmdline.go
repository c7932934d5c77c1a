// Package cmdline says what is wrong with a command line, in the words of the
// other complaints.
package cmdline

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/internal/choice"
)

// What ends a command with an exit code of its own.
var (
	ErrInterrupted = errors.New("interrupted")
	ErrExpectation = errors.New("expectation failed")
)

// wrongUsage is a mistake in how the command was called.
type wrongUsage struct{ error }

func (e wrongUsage) Unwrap() error { return e.error }

// Wrong marks an error as a mistake in how the command was called.
func Wrong(err error) error { return wrongUsage{err} }

// IsWrong reports whether an error is such a mistake.
func IsWrong(err error) bool { return errors.As(err, new(wrongUsage)) }

// KnownCommand refuses arguments of the root command, which takes none: what
// it is given was meant to be a command.
func KnownCommand(c *cobra.Command, args []string) error {
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

// FlagError says what is wrong with a flag in the words of the other complaints,
// and not in those of the function that failed. To an unknown flag it adds the
// one that was probably meant.
func FlagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		err = wrongValue(invalid)
	}
	hint := ""
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name, near := choice.Nearest(unknown.GetSpecifiedName(), names); near {
			hint = fmt.Sprintf(" (did you mean --%s?)", name)
		}
	}
	return Wrong(fmt.Errorf("%w%s\nsee %s --help", err, hint, c.CommandPath()))
}

// wrongValue says what the value of a flag is, and what it is to be.
func wrongValue(e *pflag.InvalidValueError) error {
	flag, got, kind := "--"+e.GetFlag().Name, e.GetValue(), e.GetFlag().Value.Type()
	want, known := map[string]string{
		"int":      "a whole number",
		"uint64":   "a whole number from 0",
		"float64":  "a number",
		"bool":     "true or false",
		"duration": "a number and a unit such as 1ms or 1s",
	}[kind]
	switch outOfRange := errors.Is(e, strconv.ErrRange); {
	case !known:
		return fmt.Errorf("%s is %q: %w", flag, got, errors.Unwrap(e))
	case outOfRange && kind == "int":
		want += " nearer to 0"
	case outOfRange && kind == "uint64":
		want += fmt.Sprintf(" to %d", uint64(math.MaxUint64))
	}
	return fmt.Errorf("%s is %q, want %s", flag, got, want)
}

// RefuseEmpty refuses flags that are given with nothing in them, as by a variable
// of a shell that is not set. Most would otherwise be taken for left out.
func RefuseEmpty(c *cobra.Command, _ []string) error {
	var errs []error
	c.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		if len(values) == 0 || slices.Contains(values, "") {
			errs = append(errs, fmt.Errorf("--%s is empty; it is: %s", f.Name, f.Usage))
		}
	})
	if len(errs) == 0 {
		return nil
	}
	return Wrong(fmt.Errorf("%w\nsee %s --help", errors.Join(errs...), c.CommandPath()))
}

// ListenError says why nothing can be served at an address: it is none, or, which is
// no mistake in the command line, it is taken or not this machine's.
func ListenError(address string, err error) error {
	if wrong, ok := errors.AsType[*net.AddrError](err); ok {
		return Wrong(fmt.Errorf("cannot serve: --listen is %.80q: %s, want a host and a port such as 127.0.0.1:9999", address, wrong.Err))
	}
	return fmt.Errorf("cannot serve: %w", err)
}

// CheckValue returns an error unless a flag's value is one of those it can
// have.
func CheckValue(flag, got string, values []string) error {
	if slices.Contains(values, got) {
		return nil
	}
	hint := ""
	if value, near := choice.Nearest(got, values); near {
		hint = fmt.Sprintf(" (did you mean %s?)", value)
	}
	return fmt.Errorf("%s is %q%s, want %s", flag, got, hint, choice.List(values))
}

// CheckStrategies checks the strategies that a flag chooses among those there are,
// which may be listed more than once.
func CheckStrategies(flag string, chosen, known []string) error {
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	var errs []error
	for _, name := range chosen {
		if !slices.Contains(known, name) {
			errs = append(errs, fmt.Errorf("%s: %s", flag, choice.Unknown("strategy", name, known)))
		}
	}
	return errors.Join(errs...)
}

// Args turns complaints about arguments into usage errors that tell which
// ones the command takes.
func Args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil {
			return nil
		}
		if !c.HasSubCommands() {
			err = errors.New(countArgs(args) + ", want " + takes(c))
		}
		return Wrong(fmt.Errorf("%w\nsee %s --help", err, c.CommandPath()))
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
	_, arguments, _ := strings.Cut(c.Use, " ")
	return cmp.Or(arguments, "none")
}

// Fill fills in a template of [text/template], which is a part of the program: a
// mistake in it panics.
func Fill(text string, data any) string {
	var b strings.Builder
	if err := template.Must(template.New("").Parse(text)).Execute(&b, data); err != nil {
		panic(err)
	}
	return b.String()
}
