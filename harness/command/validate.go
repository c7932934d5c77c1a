package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ratebench/harness/command/input"
	"ratebench/harness/dist"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

func newValidate(limiters []kinds.Kind) *cobra.Command {
	var set []string
	c := &cobra.Command{
		Use:   "validate SCENARIO|DIR|-...",
		Short: "Check scenario files without running them",
		Example: `  ratebench validate scenarios
  ratebench validate --set server.limit=50/1s scenarios/blog.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			scenarios, err := input.Reader{Kinds: limiters, Set: set, Stdin: c.InOrStdin()}.Scenarios(paths)
			if err != nil {
				return err
			}
			for _, sc := range scenarios {
				points := ""
				if n := len(sc.Points); n > 0 {
					points = " at each of " + count(n, "point", "points")
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: ok, %s%s, %s of %s\n", scenario.Printable(sc.Path),
					count(len(sc.Strategies), "strategy", "strategies"), points, count(sc.Runs, "run", "runs"), length(sc.Duration))
				for _, u := range theory.UnprovenOf(sc) {
					fmt.Fprintf(c.OutOrStdout(), "  %s\n", scenario.Printable(u.String()))
				}
				for _, u := range theory.UnsentOf(sc) {
					fmt.Fprintf(c.OutOrStdout(), "  %s\n", scenario.Printable(u.String()))
				}
				for _, u := range theory.UnsettledOf(sc) {
					fmt.Fprintf(c.OutOrStdout(), "  %s\n", scenario.Printable(u.String()))
				}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "give a key of the scenarios another value, such as server.limit=50/1s; may be repeated")
	return c
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// length writes a duration as people do, such as "72 h" or "90 s". Its unit is the
// largest of which it is a whole number.
func length(d time.Duration) string {
	text := dist.FormatDuration(d)
	unit := strings.TrimLeft(text, "-0123456789")
	number := strings.TrimSuffix(text, unit)
	if unit == "m" { // a metre
		unit = "min"
	}
	return number + " " + unit
}
