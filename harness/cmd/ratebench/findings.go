package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ratebench/harness/findings"
)

func newFindings() *cobra.Command {
	var readme string
	c := &cobra.Command{
		Use:   "findings [DIR]",
		Short: "Write down what the results of the bundled scenarios say",
		Long: `Write DIR/README.md (DIR is results unless given) from the result files of the
bundled scenarios, with the survival chart and figures.json, which names the
source of every figure; and the findings into the project's README, between the
two marks there.`,
		Example: "  ratebench run scenarios/*.yaml && ratebench findings",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := "results"
			if len(args) > 0 {
				dir = args[0]
			}
			files, err := findings.Generate(dir, readme)
			if err != nil {
				return err
			}
			if err := findings.Write(files); err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintln(c.ErrOrStderr(), f.Path)
			}
			return nil
		},
	}
	c.Flags().StringVar(&readme, "readme", "README.md", "the project's README, whose findings are renewed")
	return c
}
