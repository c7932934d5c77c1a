package command

import (
	"github.com/spf13/cobra"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

func newSchema(limiters []kinds.Kind) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the scenario file",
		Long: `Print the JSON Schema (draft 2020-12) of the scenario file, with which editors
complete and check one while it is written. A file names it in its first line:

  # yaml-language-server: $schema=schema.json`,
		Example: "  ratebench schema > scenarios/schema.json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			schema, err := scenario.Loader{Kinds: limiters}.Schema()
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(schema)
			return err
		},
	}
}
