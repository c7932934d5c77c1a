package compare

import "ratebench/harness/metrics"

// Verdict is what a change comes to.
type Verdict string

// The verdicts. A change is better, worse or changed if it is exact, or if it is
// significant after Benjamini and Hochberg's procedure: of all differences called
// so, at most a share of alpha is expected to be chance.
const (
	Better      Verdict = "better"
	Worse       Verdict = "worse"
	Changed     Verdict = "changed"   // for neither the better nor the worse: the metric only describes
	Same        Verdict = "identical" // in every run that is compared
	NotShown    Verdict = "not shown" // that there is a difference; there may be one all the same
	Untested    Verdict = "untested"  // there is a difference, and nothing to tell it from chance
	NotRecorded Verdict = "no figure" // on either side
)

// verdicts are all of them, in the order in which they are counted.
func verdicts() []Verdict {
	return []Verdict{Better, Worse, Changed, Untested, NotShown, Same, NotRecorded}
}

// verdict judges an estimate by the direction in which its metric improves.
func verdict(metric string, e Estimate, alpha float64) Verdict {
	switch {
	case e.Base == nil && e.New == nil:
		return NotRecorded
	case e.Test == Identical:
		return Same
	case e.Test != Exact && e.P == nil:
		return Untested
	case e.Test != Exact && *e.PAdjusted > alpha:
		return NotShown
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
