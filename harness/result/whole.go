package result

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
)

// A Whole is what results have to be of to be whole: the scenario as its file has
// it. Other results may be worth having, but whoever reads a scenario's folder
// takes them for what the file says.
type Whole struct {
	file *scenario.Scenario
	runs int // at least
}

// WholeOf is what whole results of a file are of. In real time they are of one
// run, however many seeds the file asks for.
func WholeOf(file *scenario.Scenario, inRealTime bool) Whole {
	if inRealTime {
		return Whole{file, 1}
	}
	return Whole{file, file.Runs}
}

// Lacking says in what results are less than the file asks for, or other, as in
// "--runs is 1, the scenario's 20"; "" if they are whole. What the command line
// says again as the file has it, and more runs, take nothing away. Failed is what
// went wrong with some of the runs; nil if nothing did or nobody knows.
func (w Whole) Lacking(s *Summary, failed error) string {
	var why []string
	var chosen []string
	for _, o := range s.Overrides {
		asked := ""
		switch o.Flag {
		case "--runs":
			if n, err := strconv.Atoi(o.Value); err == nil && n >= w.runs {
				continue
			}
			asked = strconv.Itoa(w.runs)
		case "--seed":
			asked = strconv.FormatUint(w.file.Seed, 10)
		case "--duration":
			asked = dist.FormatDuration(w.file.Duration)
		case "--block-after":
			asked = strconv.Itoa(w.file.Server.BlockAfter)
		case "--strategy":
			chosen = append(chosen, o.Value)
			continue
		default: // such as --target, which no file has
			why = append(why, o.Flag+" is "+o.Value)
			continue
		}
		if o.Value != asked {
			why = append(why, fmt.Sprintf("%s is %s, the scenario's %s", o.Flag, o.Value, asked))
		}
	}
	leftOut, without := w.missing(s, chosen)
	if len(leftOut) > 0 {
		why = append(why, "--strategy leaves out "+strings.Join(leftOut, ", "))
	}
	switch {
	case s.Interrupted:
		why = append(why, "the run was interrupted")
	case len(without) > 0:
		why = append(why, "there is no run of "+strings.Join(without, ", "))
	case failed != nil:
		why = append(why, "some runs failed")
	}
	return strings.Join(why, "; ")
}

// missing are the strategies of the file that were not chosen, if any was, and
// the others that have no results all the same, at some point. An earlier version
// of the file may not have had those.
func (w Whole) missing(s *Summary, chosen []string) (leftOut, without []string) {
	for _, row := range w.file.Rows() {
		_, there := s.Strategy(row.Name)
		switch {
		case len(chosen) > 0 && !slices.Contains(chosen, row.Of):
			if !slices.Contains(leftOut, row.Of) {
				leftOut = append(leftOut, row.Of)
			}
		case !there && s.Scenario.SHA256 == w.file.SHA256:
			without = append(without, row.Name)
		}
	}
	return leftOut, without
}
