package cmdline

import (
	"io"
	"testing"

	"github.com/spf13/cobra"
)

// Every complaint is a mistake in how the command was called, and says what was
// found and what was wanted.
func TestComplaints(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--seed", "-1"}, `--seed is "-1", want a whole number from 0`},
		{[]string{"--seed", "18446744073709551616"}, `--seed is "18446744073709551616", want a whole number from 0 to 18446744073709551615`},
		{[]string{"--alpha", "x"}, `--alpha is "x", want a number`},
		{[]string{"--for", "5"}, `--for is "5", want a number and a unit such as 1ms or 1s`},
		{[]string{"--sede", "1"}, "unknown flag: --sede (did you mean --seed?)"},
		{[]string{"--name", ""}, "--name is empty; it is: of the thing"},
		{[]string{"a", "b"}, "got 2 arguments, want [FILE]"},
	} {
		c := &cobra.Command{
			Use: "tool [FILE]", Args: Args(cobra.MaximumNArgs(1)), PersistentPreRunE: RefuseEmpty,
			Run: func(*cobra.Command, []string) { t.Errorf("%q is run", tt.args) },
		}
		c.SetFlagErrorFunc(FlagError)
		c.SilenceErrors, c.SilenceUsage = true, true
		c.Flags().Uint64("seed", 1, "")
		c.Flags().Float64("alpha", 1, "")
		c.Flags().Duration("for", 1, "")
		c.Flags().String("name", "x", "of the thing")
		c.SetArgs(tt.args)
		c.SetOut(io.Discard)
		err := c.Execute()
		if err == nil || !IsWrong(err) || err.Error() != tt.want+"\nsee tool --help" {
			t.Errorf("%q: error %v, want %s", tt.args, err, tt.want)
		}
	}
}
