package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// differences says what two results of a scenario do not have in common, and
// what else speaks against comparing them.
func differences(base, new labelled) []string {
	warnings := []string{}
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	b, n := &base.Summary, &new.Summary
	unequal := func(what string, inBase, inNew any) {
		if inBase != inNew {
			warn("different %s: %v in %s, %v in %s", what, inBase, base.label, inNew, new.label)
		}
	}
	unequal("clocks", b.Clock, n.Clock)
	unequal("scenario files, by their sha256", abbreviated(b.Scenario.SHA256), abbreviated(n.Scenario.SHA256))
	unequal("durations", seconds(b.DurationS), seconds(n.DurationS))
	unequal("options of run", options(b), options(n))
	unequal("seeds", seeds(base.Data), seeds(new.Data))
	for _, side := range []labelled{base, new} {
		if side.Summary.Interrupted {
			warn("%s was interrupted", side.label)
		}
	}
	return warnings
}

// unlike says why the runs of the new side are no measure of what those of the
// base measure. Counts go with the length of a run. In real time the last run of
// an interrupted side was cut short; in virtual time it has none but whole runs,
// and those that the base has are all there is to compare.
func unlike(base, new labelled) []string {
	reasons := []string{}
	b, n := &base.Summary, &new.Summary
	if b.DurationS != n.DurationS {
		reasons = append(reasons, fmt.Sprintf("runs take %s in %s and %s in %s", seconds(b.DurationS), base.label, seconds(n.DurationS), new.label))
	}
	if b.Interrupted && b.Clock != "virtual" {
		reasons = append(reasons, base.label+" was interrupted")
	}
	if n.Interrupted {
		reasons = append(reasons, new.label+" was interrupted")
	}
	return reasons
}

func abbreviated(sha256 string) string {
	const length = 12
	return sha256[:min(length, len(sha256))]
}

// options are what the command line has changed of a scenario, but for what the
// results show by themselves; "none" for nothing.
func options(s *result.Summary) string {
	var all []string
	for _, o := range s.Overrides {
		if !slices.Contains([]string{"--runs", "--seed", "--duration", "--strategy"}, o.Flag) {
			all = append(all, o.Flag+" "+o.Value)
		}
	}
	return cmp.Or(strings.Join(all, " "), "none")
}

func seconds(s float64) string { return metrics.Shortest(s) + " s" }

// seeds are those of the runs that there are, such as "1 to 5, 7".
func seeds(d *result.Data) string {
	var all []uint64
	for _, r := range d.Runs {
		all = append(all, r.Seed)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	var ranges []string
	for i := 0; i < len(all); {
		from := i
		for i++; i < len(all) && all[i] == all[i-1]+1; i++ {
		}
		switch {
		case len(ranges) == mostRanges:
			return strings.Join(ranges, ", ") + " and others"
		case i == from+1:
			ranges = append(ranges, fmt.Sprint(all[from]))
		default:
			ranges = append(ranges, fmt.Sprintf("%d to %d", all[from], all[i-1]))
		}
	}
	return strings.Join(ranges, ", ")
}

// mostRanges of seeds are as many as a line has room for.
const mostRanges = 5
