package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ratebench/harness/dist"
	"ratebench/harness/internal/cmdline"
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
				fmt.Fprintf(c.OutOrStdout(), "%s: ok, %s, %s of %s\n", scenario.Printable(sc.Path),
					count(len(sc.Strategies), "strategy", "strategies"), count(sc.Runs, "run", "runs"), length(sc.Duration))
			}
			return nil
		},
	}
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
		return nil, cmdline.Wrong(errors.Join(errs...))
	}
	return scenarios, nil
}
