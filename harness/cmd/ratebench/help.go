package main

import (
	"github.com/spf13/cobra"
)

// newHelp is cobra's help command, but for topics that do not exist, which are
// mistakes like any other.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND]",
		Short:             "Explain a command",
		Example:           "  ratebench help run",
		Args:              usageArgs(cobra.MaximumNArgs(1)),
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
			return usageError{knownCommand(root, args)}
		},
	}
}

func completeCommands(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, sub := range c.Root().Commands() {
		if len(args) == 0 && sub.IsAvailableCommand() {
			names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
