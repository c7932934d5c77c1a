package main

import (
	"slices"

	"github.com/spf13/cobra"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// completeArguments returns what completes the arguments of a command; nil for
// one that takes none, or has a list of them.
func completeArguments(command string) cobra.CompletionFunc {
	switch command {
	case "run", "validate":
		return completeScenarios
	case "serve":
		return atMost(1, completeScenarios)
	case "report":
		return completeFolders
	case "findings":
		return atMost(1, completeFolders)
	case "compare":
		return atMost(2, completeFolders)
	case "strategies":
		return completeTopics
	case "schema", "version":
		return cobra.NoFileCompletions
	}
	return nil
}

// flagCompletions complete the values of a command's flags. Numbers and
// durations are for people to make up.
func flagCompletions(command string) map[string]cobra.CompletionFunc {
	fixed := func(values []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	completions := map[string]cobra.CompletionFunc{
		"clock":      fixed([]string{clockVirtual, clockReal}),
		"format":     fixed(formatNames()),
		"metric":     completeMetrics,
		"fail-on":    completeConditions,
		"strategy":   completeStrategies,
		"output":     completeFolders,
		"log-format": fixed(logFormats()),
	}
	if command == "strategies" {
		completions["format"] = fixed(pageFormats())
	}
	for _, flag := range []string{"runs", "seed", "duration", "block-after", "target", "every", "listen", "max-concurrent"} {
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
func completeStrategies(c *cobra.Command, paths []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	chosen, err := c.Flags().GetStringArray("strategy")
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []cobra.Completion
	for _, path := range paths {
		sc, err := scenario.Load(path)
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

// completeTopics offers what strategies can explain.
func completeTopics(_ *cobra.Command, chosen []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var topics []cobra.Completion
	add := func(name, what string) {
		if !slices.Contains(chosen, name) {
			topics = append(topics, cobra.CompletionWithDesc(name, what))
		}
	}
	for _, k := range kinds.All() {
		add(k.Name, k.Summary)
	}
	add(commonTopic, "the keys that all strategies have")
	return topics, cobra.ShellCompDirectiveNoFileComp
}

func completeMetrics(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, m := range scenario.Metrics() {
		names = append(names, cobra.CompletionWithDesc(m.Name, m.Meaning))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeConditions offers the metrics; the rest of a condition follows
// without a blank.
func completeConditions(c *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, directive := completeMetrics(c, args, text)
	return names, directive | cobra.ShellCompDirectiveNoSpace
}
