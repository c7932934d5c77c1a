package command

import (
	"errors"

	"github.com/spf13/cobra"

	"ratebench/harness/internal/choice"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/strategydoc"
)

func newStrategies(limiters []kinds.Kind) *cobra.Command {
	var all bool
	var format string
	c := &cobra.Command{
		Use:   "strategies [KIND...]",
		Short: "Explain the limiters and the other keys of a strategy",
		Long: `List the limiters that a strategy can ask for. With their names, or --all,
explain them: formula, source, parameters with their defaults, and a strategy to
paste into a scenario. "` + strategydoc.Common + `" stands for the keys that strategies have whatever
their limiter: polling, guards, retries, workers, nonces and queues.`,
		Example: `  ratebench strategies
  ratebench strategies ack-clocked common
  ratebench strategies --all --format markdown`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, topics []string) error {
			page, err := strategydoc.New(limiters, topics, all)
			if err := errors.Join(cmdline.CheckValue("--format", format, strategydoc.Formats()), err); err != nil {
				return cmdline.Wrong(err)
			}
			return page.Write(c.OutOrStdout(), format)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "explain everything there is")
	c.Flags().StringVar(&format, "format", strategydoc.Formats()[0], choice.List(strategydoc.Formats()))
	return c
}
