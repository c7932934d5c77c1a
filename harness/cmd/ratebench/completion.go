package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells(), "|"),
		Short: "Print a script that completes the command line in a shell",
		Long: `Print a script that makes a shell complete commands, flags and their values,
scenario files, and the strategies in them.

To load it into this shell only:

  bash        source <(ratebench completion bash)
  zsh         source <(ratebench completion zsh)
  fish        ratebench completion fish | source
  powershell  ratebench completion powershell | Out-String | Invoke-Expression

For every shell from now on, write it to where the shell looks for such scripts:

  bash        ~/.local/share/bash-completion/completions/ratebench
  zsh         a file _ratebench in a folder of $fpath
  fish        ~/.config/fish/completions/ratebench.fish
  powershell  a file that $PROFILE runs`,
		Example:   "  source <(ratebench completion bash)",
		ValidArgs: shells(),
		Args:      cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			}
			return usageError{checkValue("shell", args[0], shells())}
		},
	}
}

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// addCompletions tells the shells how to go on after every command and flag.
func addCompletions(root *cobra.Command) {
	for _, c := range root.Commands() {
		if complete := completeArguments(c.Name()); complete != nil {
			c.ValidArgsFunction = complete
		}
		for flag, complete := range flagCompletions(c.Name()) {
			if c.Flags().Lookup(flag) == nil {
				continue
			}
			if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
				panic(fmt.Sprintf("%s --%s: %v", c.Name(), flag, err))
			}
		}
	}
}
