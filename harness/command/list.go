package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ratebench/harness/command/input"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/kinds"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
)

// scenarioFolder is where the scenarios are that come with ratebench.
const scenarioFolder = "scenarios"

func newList(limiters []kinds.Kind) *cobra.Command {
	return &cobra.Command{
		Use:   "list [DIR...]",
		Short: "List the scenarios in folders, with their questions",
		Long: `List the scenarios right in folders, or else in the folder ` + scenarioFolder + `: the file, its
question, how many strategies there are and how long a run is. A file that is no
valid scenario is listed with what is wrong first.`,
		Example: `  ratebench list
  ratebench list mine`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, dirs []string) error {
			if len(dirs) == 0 {
				dirs = []string{scenarioFolder}
			}
			var files []string
			var errs []error
			for _, dir := range dirs {
				inside, err := input.FilesIn(dir)
				files, errs = append(files, inside...), append(errs, err)
			}
			if err := errors.Join(errs...); err != nil {
				return cmdline.Wrong(err)
			}
			_, err := fmt.Fprint(c.OutOrStdout(), listing(files, limiters, terminal.Width(c.OutOrStdout(), table.Width)))
			return err
		},
	}
}

// listing is a table of scenarios that is no wider than so many characters.
func listing(files []string, limiters []kinds.Kind, width int) string {
	columns := []table.Column{
		{Head: [2]string{"", "scenario"}, Left: true}, {Head: [2]string{"", "strategies"}}, {Head: [2]string{"", "run"}},
		{Head: [2]string{"", "question"}, Left: true},
	}
	longest := 0
	for _, path := range files {
		longest = max(longest, len([]rune(path)))
	}
	room := max(20, width-longest-30)
	for _, path := range files {
		strategies, duration, question := "–", "–", ""
		if sc, err := (scenario.Loader{Kinds: limiters}).Load(path); err != nil {
			question = "not valid: " + scenario.Printable(err.Error())
		} else {
			strategies, duration, question = fmt.Sprint(len(sc.Strategies)), length(sc.Duration), sc.Question
		}
		table.AddRow(columns, scenario.Printable(path), strategies, duration, result.Abbreviate(result.OneLine(question), room))
	}
	return table.Render(columns, table.Text)
}
