package compare

import (
	"fmt"
	"math"
	"strconv"

	"ratebench/harness/metrics"
)

// decimals are enough for the greater of some values to have three digits or
// more.
func decimals(values ...*float64) int {
	most := 0.0
	for _, v := range values {
		if v != nil {
			most = max(most, math.Abs(*v))
		}
	}
	switch {
	case most >= 1000:
		return 0
	case most >= 100:
		return 1
	default:
		return metrics.RateDecimals(most, 2)
	}
}

// plain writes a value; "–" for none, and 0 for zero only.
func plain(v *float64, decimals int) string {
	switch {
	case v == nil:
		return "–"
	case *v == 0:
		return "0"
	}
	return strconv.FormatFloat(*v, 'f', decimals, 64)
}

func signed(v float64, decimals int) string { return fmt.Sprintf("%+.*f", decimals, v) }

// inPercent says whether the difference is best given in percent: not of zero,
// nor of what may as well be zero.
func (e *Estimate) inPercent() bool {
	return e.Percent != nil && (e.DifferenceCI == nil || e.PercentCI != nil)
}

// differenceText is such as "+3.1 %", or "+5" where there is no percentage.
func (e *Estimate) differenceText() string {
	switch {
	case e.Test == Identical:
		return "identical"
	case e.Difference == nil:
		return "–"
	case e.inPercent():
		return signed(*e.Percent, 2) + " %"
	}
	return signed(*e.Difference, decimals(e.Difference))
}

// intervalText is such as "+2.9 to +3.4", in the unit of differenceText.
func (e *Estimate) intervalText() string {
	ci, digits := e.PercentCI, 2
	if !e.inPercent() {
		ci, digits = e.DifferenceCI, decimals(e.Difference)
	}
	if ci == nil || e.Test == Identical {
		return ""
	}
	return signed(ci[0], digits) + " to " + signed(ci[1], digits)
}

// inWords is the difference with its interval, for messages.
func (e *Estimate) inWords() string {
	if ci := e.intervalText(); ci != "" {
		return fmt.Sprintf("%s (%s)", e.differenceText(), ci)
	}
	return e.differenceText()
}

func (e *Estimate) pText() string {
	switch {
	case e.Test == Identical:
		return ""
	case e.Test == Exact:
		return "exact"
	}
	return pText(e.P)
}

func (e *Estimate) adjustedText() string {
	if e.Test == Identical {
		return ""
	}
	return pText(e.PAdjusted)
}

func pText(p *float64) string {
	switch {
	case p == nil:
		return ""
	case *p < 0.001:
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", *p)
}

// confidence is how sure an interval is, such as "95 %".
func confidence(alpha float64) string {
	return metrics.Shortest(metrics.Significant(100*(1-alpha), 6)) + " %"
}
