package compare

import (
	"fmt"

	"ratebench/harness/stats"
)

// A Gate lets a comparison pass, or says why not. All its conditions are judged
// together, by Holm's procedure over all figures that each of them tests: if
// nothing has changed, the gate fails in at most a share of alpha of all cases,
// however many figures and conditions there are. That supposes that means over
// runs are about normally distributed, as those of ten runs or more are, that there
// are runs enough to tell, and that no condition asks for a change. A condition
// fails
//
//   - if a change is shown (or exact) and meets it;
//   - if it is met in every pair of runs in virtual time, by every run without
//     scatter, or by every one of so many runs that this alone shows a change. A
//     t test may not see it where runs change by very different amounts;
//   - if it asks for a change, and none is shown;
//   - if that cannot be told: the new side lacks what the base has, or the runs
//     are so few that no test without a supposition about their distribution
//     could show a change (at alpha 0.05 fewer than six pairs, or fewer than four
//     runs a side), and a change that meets it is within the confidence interval.
//
// What passes has not been shown to have changed. A change that is small against
// the scatter of the runs passes, too.
type Gate []Condition

// A Checked is what came of a condition.
type Checked struct {
	Condition string    `json:"condition"` // as written
	Tests     int       `json:"tests"`     // of all conditions, with which Holm's procedure reckons
	Figures   int       `json:"figures"`   // that were checked
	Failures  []Failure `json:"failures"`
}

// A Failure is why a gate does not pass.
type Failure struct {
	New      string `json:"new"` // label of the side
	Scenario string `json:"scenario"`
	Strategy string `json:"strategy"`
	// Unknown: it could not be told whether the condition is met.
	Unknown bool   `json:"unknown"`
	Why     string `json:"why"`
}

// Check judges a comparison, in which the metrics of the conditions have to be,
// and notes in it what came of them. It reports whether the comparison passes.
func (g Gate) Check(c *Comparison) (passes bool) {
	adjusted := g.holm(c)
	passes = true
	for i, condition := range g {
		l := level{alpha: c.Alpha, one: c.Alpha / float64(max(1, len(adjusted))), shown: func(change *Change) bool {
			p, tested := adjusted[hypothesis{i, change}]
			return tested && p <= c.Alpha
		}}
		checked := Checked{Condition: condition.Text, Tests: len(adjusted), Failures: []Failure{}}
		for k := range c.Against {
			condition.checkSide(&c.Against[k], l, &checked)
		}
		if checked.Figures == 0 && len(checked.Failures) == 0 {
			checked.Failures = append(checked.Failures, Failure{Unknown: true, Why: condition.unknown("there is no figure to check")})
		}
		c.Gate = append(c.Gate, checked)
		passes = passes && len(checked.Failures) == 0
	}
	return passes
}

// A hypothesis is that a change does not meet a condition.
type hypothesis struct {
	condition int // its index
	change    *Change
}

// holm are the adjusted p-values of all that is tested.
func (g Gate) holm(c *Comparison) map[hypothesis]float64 {
	var tested []hypothesis
	var p []float64
	for i, condition := range g {
		for change := range c.changes() {
			if change.P != nil && change.Metric == condition.Metric {
				tested, p = append(tested, hypothesis{i, change}), append(p, *change.P)
			}
		}
	}
	adjusted := map[hypothesis]float64{}
	for i, p := range stats.Holm(p) {
		adjusted[tested[i]] = p
	}
	return adjusted
}

// A level says what is significant.
type level struct {
	alpha float64
	one   float64                   // a p-value that is significant whatever the others are
	shown func(change *Change) bool // that there is a change, by a test among all the others
}

// checkSide checks all that a side has, and that it has all of the base.
func (c Condition) checkSide(v *Versus, l level, checked *Checked) {
	unknown := func(scenario, strategy, why string) {
		checked.Failures = append(checked.Failures, Failure{v.New, scenario, strategy, true, c.unknown(why)})
	}
	for _, name := range v.OnlyBase {
		unknown(name, "", fmt.Sprintf("the scenario is missing in %s", v.New))
	}
	for i := range v.Scenarios {
		s := &v.Scenarios[i]
		for _, name := range s.OnlyBase {
			unknown(s.Name, name, fmt.Sprintf("the strategy is missing in %s", v.New))
		}
		for _, reason := range s.Unlike {
			unknown(s.Name, "", reason)
		}
		for k := range s.Changes {
			change := &s.Changes[k]
			if change.Metric != c.Metric || change.Verdict == NotRecorded {
				continue
			}
			checked.Figures++
			if why := c.forbids(change, l); why != "" {
				checked.Failures = append(checked.Failures, Failure{v.New, s.Name, change.Strategy, false, why})
			} else if why := c.cannotTell(change, l.alpha); why != "" {
				unknown(s.Name, change.Strategy, why)
			}
		}
	}
}

func (c Condition) unknown(why string) string {
	return fmt.Sprintf("%s cannot be checked: %s", c.Text, why)
}

// forbids says why a change meets the condition; "" if it does not, or if that is
// not shown.
func (c Condition) forbids(change *Change, l level) string {
	if change.Difference == nil {
		return ""
	}
	met := c.met(*change.Difference, percent(*change.Base, *change.New))
	switch {
	case change.known && !met:
		return ""
	case change.known, c.metByAll(change, l):
	case c.demands() && !l.shown(change):
		return fmt.Sprintf("%s asks for a change of %s, and none is shown: %s", c.Text, c.Metric, change.inWords())
	case !met || !l.shown(change):
		return ""
	}
	if change.Test == Identical {
		return fmt.Sprintf("%s is identical, which %s forbids", c.Metric, c.Text)
	}
	return fmt.Sprintf("%s changed by %s, which %s forbids", c.Metric, change.inWords(), c.Text)
}

// metByAll says whether each single run of the new side meets the condition
// against its partner or, without pairs, against every run of the base, and that
// this counts. Of many figures with few runs, some do so by chance: it counts if
// there is no chance in a pair, if runs do not scatter, if this alone is
// significant, and if nothing else could be.
func (c Condition) metByAll(change *Change, l level) bool {
	met := c.met(change.single.least, change.single.leastPercent)
	if c.Below {
		met = c.met(change.single.most, change.single.mostPercent)
	}
	least := change.leastP()
	counts := change.exact || change.Test == Sign || change.Test == MannU || least <= l.one || least > l.alpha
	return change.BaseRuns > 0 && met && counts
}

// cannotTell says why it is open whether a change meets the condition; "" if it
// is not.
func (c Condition) cannotTell(change *Change, alpha float64) string {
	runs := min(change.BaseRuns, change.NewRuns)
	switch {
	case change.lacks != "":
		return fmt.Sprintf("%s: %s", c.Metric, change.lacks)
	case change.known || change.Test == Identical && runs > 1:
		return ""
	case change.Test == Identical:
		return fmt.Sprintf("one run does not tell %s from chance", c.Metric)
	case change.P == nil:
		return fmt.Sprintf("%s changed by %s, and there is nothing to tell that from chance", c.Metric, change.inWords())
	case change.leastP() > alpha && !c.clearOf(&change.Estimate):
		return fmt.Sprintf("%s changed by %s, and %d runs are too few to tell that from chance", c.Metric, change.inWords(), runs)
	}
	return ""
}
