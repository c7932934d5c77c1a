package compare

import "ratebench/harness/metrics"

// Verdict is what a change comes to.
type Verdict string

// The verdicts.
const (
	Better   Verdict = "better"
	Worse    Verdict = "worse"
	Changed  Verdict = "changed"   // for neither the better nor the worse: the metric only describes
	NoChange Verdict = "no change" // none, or none that could not be chance
	Untested Verdict = "untested"  // there is a difference, and nothing to tell it from chance
)

// verdict judges an estimate by the direction in which its metric improves.
func verdict(metric string, e Estimate) Verdict {
	switch {
	case e.Base == nil && e.New == nil:
		return NoChange
	case e.P == nil:
		return Untested
	case *e.P >= alpha():
		return NoChange
	}
	better := direction(metric)
	if *e.Difference < 0 {
		better = -better
	}
	switch better {
	case metrics.MoreIsBetter:
		return Better
	case metrics.LessIsBetter:
		return Worse
	default:
		return Changed
	}
}

func direction(metric string) metrics.Better {
	if m := metrics.Find(metric); m != nil {
		return m.Better
	}
	return metrics.NeitherIsBetter
}
