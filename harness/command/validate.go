package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

func newValidate(limiters []kinds.Kind) *cobra.Command {
	return &cobra.Command{
		Use:     "validate SCENARIO...",
		Short:   "Check scenario files without running them",
		Example: "  ratebench validate scenarios/*.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			scenarios, err := loadAll(paths, limiters)
			if err != nil {
				return err
			}
			for _, sc := range scenarios {
				fmt.Fprintf(c.OutOrStdout(), "%s: ok, %d strategies, %d runs of %v\n", scenario.Printable(sc.Path), len(sc.Strategies), sc.Runs, sc.Duration)
			}
			return nil
		},
	}
}

// loadAll loads every scenario or reports what is wrong with each.
func loadAll(paths []string, limiters []kinds.Kind) ([]*scenario.Scenario, error) {
	var scenarios []*scenario.Scenario
	var errs []error
	byName := map[string]string{}
	for _, path := range paths {
		sc, err := scenario.Loader{Kinds: limiters}.Load(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		folder := strings.ToLower(sc.Name) // which is one on some systems
		if other, ok := byName[folder]; ok {
			errs = append(errs, fmt.Errorf("%s: its name %q is also that of %s, and both would write to one folder", path, sc.Name, other))
			continue
		}
		byName[folder] = path
		scenarios = append(scenarios, sc)
	}
	if len(errs) > 0 {
		return nil, usageError{errors.Join(errs...)}
	}
	return scenarios, nil
}
