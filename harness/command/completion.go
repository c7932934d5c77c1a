package command

import (
	_ "embed" // for the help
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/chart"
	"ratebench/harness/command/run"
	"ratebench/harness/command/serve"
	"ratebench/harness/command/tune"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/strategydoc"
	"ratebench/harness/table"

	"github.com/spf13/cobra"
	"ratebench/scenarios/apis"
)

//go:embed completion.txt
var completionHelp string

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:       "completion " + strings.Join(shells(), "|"),
		Short:     "Print a script that completes the command line in a shell",
		Long:      completionHelp,
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
			return cmdline.Wrong(cmdline.CheckValue("shell", args[0], shells()))
		},
	}
}

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// addCompletions tells the shells how to go on after every command and flag.
func addCompletions(root *cobra.Command, limiters []kinds.Kind) {
	for _, c := range root.Commands() {
		if complete := completeArguments(c.Name(), limiters); complete != nil {
			c.ValidArgsFunction = complete
		}
		for flag, complete := range flagCompletions(c.Name(), limiters) {
			if c.Flags().Lookup(flag) == nil {
				continue
			}
			if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
				panic(fmt.Sprintf("%s --%s: %v", c.Name(), flag, err))
			}
		}
	}
}

// completeArguments returns what completes the arguments of a command; nil for
// one that takes none, or has a list of them.
func completeArguments(command string, limiters []kinds.Kind) cobra.CompletionFunc {
	switch command {
	case "run", "validate":
		return completeScenarios
	case "serve", "tune":
		return atMost(1, completeScenarios)
	case "report", "compare", "list":
		return completeFolders
	case "strategies":
		return completeTopics(limiters)
	case "schema", "version":
		return cobra.NoFileCompletions
	}
	return nil
}

// flagCompletions complete the values of a command's flags. Numbers and
// durations are for people to make up.
func flagCompletions(command string, limiters []kinds.Kind) map[string]cobra.CompletionFunc {
	fixed := func(values []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	completions := map[string]cobra.CompletionFunc{
		"clock":  fixed(run.Clocks()),
		"format": fixed(table.FormatNames()),
		"metric": fixed(explainedMetrics()),
		// The rest of a condition follows without a blank.
		"fail-on":    cobra.FixedCompletions(explainedMetrics(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace),
		"strategy":   completeStrategies(limiters),
		"output":     completeFolders,
		"record":     completeFolders,
		"log-format": fixed(serve.LogFormats()),
		"as":         fixed(apis.Names()),
		"chart":      fixed(chart.Names()),
	}
	switch command {
	case "strategies":
		completions["format"] = fixed(strategydoc.Formats())
	case "proxy":
		completions["kind"] = fixed(kinds.Names(limiters))
		completions["strategy"], completions["scenario"] = cobra.NoFileCompletions, completeScenarios
	case "tune":
		completions["format"] = fixed(tune.Formats())
		completions["kind"] = fixed(kinds.Names(limiters))
	}
	for _, flag := range []string{"delta", "most-429", "workers", "seeds", "fresh", "runs", "seed", "duration", "block-after", "set", "parallel", "target", "every", "listen", "max-concurrent", "title"} {
		completions[flag] = cobra.NoFileCompletions
	}
	return completions
}

func completeScenarios(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

func completeFolders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// atMost completes no more than n arguments.
func atMost(n int, complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(c, args, text)
	}
}

// completeStrategies offers the strategies of the scenarios that are on the
// line already, but for those that are chosen already.
func completeStrategies(limiters []kinds.Kind) cobra.CompletionFunc {
	return func(c *cobra.Command, paths []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		chosen, err := c.Flags().GetStringArray("strategy")
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var names []cobra.Completion
		for _, path := range paths {
			sc, err := scenario.Loader{Kinds: limiters}.Load(path)
			if err != nil {
				continue // run says what is wrong with it
			}
			for _, st := range sc.Strategies {
				if !slices.Contains(chosen, st.Name) {
					chosen = append(chosen, st.Name)
					names = append(names, cobra.CompletionWithDesc(st.Name, st.Limiter.Kind))
				}
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeTopics offers what strategies can explain.
func completeTopics(limiters []kinds.Kind) cobra.CompletionFunc {
	return func(_ *cobra.Command, chosen []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var topics []cobra.Completion
		for _, t := range strategydoc.Topics(limiters) {
			if !slices.Contains(chosen, t.Name) {
				topics = append(topics, cobra.CompletionWithDesc(t.Name, t.Summary))
			}
		}
		return topics, cobra.ShellCompDirectiveNoFileComp
	}
}

// explainedMetrics are all metrics with their meanings.
func explainedMetrics() []cobra.Completion {
	var names []cobra.Completion
	for _, m := range metrics.Catalogue() {
		names = append(names, cobra.CompletionWithDesc(m.Name, m.Meaning))
	}
	return names
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
