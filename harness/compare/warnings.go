package compare

import (
	"fmt"
	"ratebench/harness/result"
)

// differences says what two results of a scenario do not have in common, and
// what else speaks against comparing them.
func differences(base, new *result.Summary, baseLabel, newLabel string) []string {
	warnings := []string{}
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	unequal := func(what string, b, n any) {
		if b != n {
			warn("different %s: %v in %s, %v in %s", what, b, baseLabel, n, newLabel)
		}
	}
	unequal("clocks", base.Clock, new.Clock)
	unequal("scenario files, by their sha256", abbreviated(base.Scenario.SHA256), abbreviated(new.Scenario.SHA256))
	unequal("durations", seconds(base.DurationS), seconds(new.DurationS))
	unequal("seeds", seeds(base), seeds(new))
	for _, s := range []struct {
		summary *result.Summary
		label   string
	}{{base, baseLabel}, {new, newLabel}} {
		if s.summary.Interrupted {
			warn("%s was interrupted", s.label)
		}
	}
	return warnings
}

func abbreviated(sha256 string) string {
	const length = 12
	return sha256[:min(length, len(sha256))]
}

func seconds(s float64) string { return fmt.Sprintf("%g s", s) }

func seeds(s *result.Summary) string {
	if s.Runs == 1 {
		return fmt.Sprint(s.Seed)
	}
	return fmt.Sprintf("%d to %d", s.Seed, s.Seed+uint64(s.Runs)-1)
}
