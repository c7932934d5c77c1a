// Package input reads what commands are given: scenarios, and folders of results.
package input

import (
	"errors"
	"fmt"
	"strings"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// Scenarios loads every scenario or reports what is wrong with each.
func Scenarios(paths []string, limiters []kinds.Kind) ([]*scenario.Scenario, error) {
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
