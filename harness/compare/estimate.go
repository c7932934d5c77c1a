package compare

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/combin"

	"ratebench/harness/metrics"
)

// Estimate is a difference between two sides with what is known about its
// certainty.
type Estimate struct {
	// Base and New are means over the runs that are compared; nil: nothing
	// was recorded.
	Base *float64 `json:"base"`
	New  *float64 `json:"new"`
	// Difference is New less Base. Its interval contains the true difference
	// in all cases but alpha; nil where the runs do not scatter, or are too few.
	Difference   *float64    `json:"difference"`
	DifferenceCI *[2]float64 `json:"difference_ci"`
	// Percent is the difference in percent of Base; nil where Base is 0. Its
	// interval is nil, too, where Base may as well be 0.
	Percent   *float64    `json:"percent"`
	PercentCI *[2]float64 `json:"percent_ci"`
	// P is the probability of a difference as large as this where there is
	// none, by Test; nil: it was not tested. PAdjusted is that after Benjamini
	// and Hochberg's procedure over all figures of a comparison.
	P         *float64 `json:"p"`
	PAdjusted *float64 `json:"p_adjusted"`
	Test      Test     `json:"test"`
	// Runs of either side, or pairs, that the estimate is made of.
	BaseRuns int      `json:"base_runs"`
	NewRuns  int      `json:"new_runs"`
	Warnings []string `json:"warnings"`

	single span   // what single runs say
	paired bool   // BaseRuns and NewRuns are pairs
	exact  bool   // of which each differs by nothing but the change
	known  bool   // there is no chance in it: see Exact
	lacks  string // what the base has of it and the new side has not; "" for nothing
	pooled bool   // the summary of a side has another figure than the mean over its runs
}

// A span is how much single runs changed: each pair or, where runs are no pairs,
// each run of one side against each of the other.
type span struct {
	least, most               float64
	leastPercent, mostPercent float64
}

// Test is how a difference was tested.
type Test string

// The tests.
const (
	NoTest    Test = ""          // too few runs, or nothing but means
	Identical Test = "identical" // nothing to test: all that is known is the same on both sides
	// Exact: pairs in virtual time that all differ by the same amount, or the one
	// pair of runs of the same scenario file. Without a test it is certain that
	// what was changed made the difference, for the seeds that were run; that
	// other seeds differ by as much is taken for granted.
	Exact   Test = "exact"
	PairedT Test = "paired t" // the differences of pairs
	Sign    Test = "sign"     // pairs whose differences are all the same
	WelchT  Test = "Welch t"  // runs that are no pairs
	MannU   Test = "Mann-Whitney U"
)

// estimate compares a metric of both sides, run by run where that is possible.
func estimate(base, new figures, p pairing, alpha float64) Estimate {
	e := Estimate{Warnings: []string{}, paired: p.bySeed, exact: p.exact, pooled: base.pooled() || new.pooled()}
	switch {
	case base.runs == nil || new.runs == nil:
		e.fromMeans(base, new, p)
	case p.bySeed:
		b, n, lost, gained := bySeed(base.runs, new.runs)
		e.fromPairs(b, n, p, alpha)
		if base.hasMean && new.hasMean {
			e.leftOut(len(b), lost, gained)
		}
	default:
		b, n := recorded(base.runs), recorded(new.runs)
		e.fromSamples(b, n, alpha)
		if len(b) > 0 && len(n)*len(base.runs) < len(b)*len(new.runs) {
			e.lack("%d of %d runs have such a figure, and %d of %d of the base", len(n), len(new.runs), len(b), len(base.runs))
		}
	}
	if p.note != "" {
		e.lack("%s", p.note)
	}
	if p.missing > 0 {
		e.lack("%d of %d runs are missing on the new side", p.missing, p.expected)
	}
	e.fillIn(base, new)
	return e
}

// fillIn takes means where there is nothing else.
func (e *Estimate) fillIn(base, new figures) {
	if e.Base == nil && base.hasMean {
		e.Base = number(base.mean)
	}
	if e.New == nil && new.hasMean {
		e.New = number(new.mean)
	}
	if (e.Base == nil) != (e.New == nil) {
		e.lack("nothing was recorded on one side")
	}
}

// leftOut tells of pairs that are not compared.
func (e *Estimate) leftOut(compared, lost, gained int) {
	if all := compared + lost + gained; lost > 0 {
		e.lack("%d of %d pairs left out, in which one side has no such figure", lost+gained, all)
	} else if gained > 0 {
		e.warn("%d of %d pairs left out, in which one side has no such figure", gained, all)
	}
}

func (e *Estimate) warn(format string, args ...any) {
	e.Warnings = append(e.Warnings, fmt.Sprintf(format, args...))
}

// lack warns of what the new side does not have.
func (e *Estimate) lack(format string, args ...any) {
	e.warn(format, args...)
	if e.lacks == "" {
		e.lacks = e.Warnings[len(e.Warnings)-1]
	}
}

// fromMeans compares what is known as a mean only. No figure is less than 0, so
// that a mean of 0 says what all runs are.
func (e *Estimate) fromMeans(base, new figures, p pairing) {
	if !base.hasMean || !new.hasMean {
		return
	}
	e.means(base.mean, new.mean)
	if base.mean == new.mean && (p.exact || base.mean == 0) {
		e.BaseRuns, e.NewRuns = p.base, p.new
		e.same(p.exact)
		return
	}
	e.warn("not tested: the results do not have it run by run")
}

// fromPairs compares runs with the same seeds: base[i] is the partner of
// new[i].
func (e *Estimate) fromPairs(base, new []float64, p pairing, alpha float64) {
	e.BaseRuns, e.NewRuns = len(base), len(new)
	if len(base) == 0 {
		return
	}
	d := subtract(new, base)
	e.means(mean(base), mean(new))
	e.single = newSpan(base, new, func(i int) []float64 { return new[i : i+1] })
	switch {
	case isConstant(d) && d[0] == 0:
		e.same(p.exact)
	case isConstant(d) && p.exact && (len(d) > 1 || p.sameDraws):
		e.Test, e.known = Exact, true
	case len(d) == 1:
		e.warn("not tested: there is one run")
	case isConstant(d):
		e.signTest(len(d), alpha)
	default:
		e.tTest(pairMoments(base, d), PairedT, alpha)
	}
}

// fromSamples compares runs that have nothing to do with each other.
func (e *Estimate) fromSamples(base, new []float64, alpha float64) {
	e.BaseRuns, e.NewRuns = len(base), len(new)
	if len(base) == 0 || len(new) == 0 {
		return
	}
	e.means(mean(base), mean(new))
	e.single = newSpan(base, new, func(int) []float64 { return new })
	switch {
	case isConstant(base) && isConstant(new) && base[0] == new[0]:
		e.same(false)
	case len(base) == 1 || len(new) == 1:
		e.warn("not tested: a side has one run")
	case isConstant(base) && isConstant(new):
		e.uTest(base, new, alpha)
	default:
		e.tTest(sampleMoments(base, new), WelchT, alpha)
		e.welchTest(base, new, alpha)
	}
}

// means sets the values and their difference.
func (e *Estimate) means(base, new float64) {
	e.Base, e.New = number(base), number(new)
	e.Difference = number(difference(base, new))
	if base != 0 {
		e.Percent = number(percent(base, new))
	}
}

// same says that there is no difference at all. That is no test, even where chance
// has a part in the figures: without scatter or difference, none can be made. It
// has no part in the procedures over all tests, which a figure that is zero
// everywhere would make blind to the others.
func (e *Estimate) same(exact bool) { e.Test, e.known = Identical, exact }

// tTest sets the intervals and the result of a t test.
func (e *Estimate) tTest(m moments, name Test, alpha float64) {
	e.P, e.Test = number(m.p()), name
	e.DifferenceCI = interval(m.difference(alpha))
	if lo, hi, ok := m.ratio(alpha); ok {
		// No figure is less than 0, and so no change less than −100 %.
		e.PercentCI = interval(max(-100, 100*lo), 100*hi)
	}
}

// leastP is the smallest p-value that any test could have, which does not suppose
// that the figures are distributed normally: that of n pairs which all point the
// same way, or of samples all of whose runs are on the same side of each other.
func (e *Estimate) leastP() float64 {
	if e.paired {
		return math.Pow(2, float64(1-e.BaseRuns))
	}
	return min(1, 2/combin.GeneralizedBinomial(float64(e.BaseRuns+e.NewRuns), float64(e.NewRuns)))
}

// newSpan is that of runs of the base with their partners.
func newSpan(base, new []float64, partners func(i int) []float64) span {
	s := span{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for i, b := range base {
		for _, n := range partners(i) {
			s.least, s.most = min(s.least, difference(b, n)), max(s.most, difference(b, n))
			s.leastPercent, s.mostPercent = min(s.leastPercent, percent(b, n)), max(s.mostPercent, percent(b, n))
		}
	}
	return s
}

// percent is the change from base to new in percent; of nothing, every difference
// is more than any percentage.
func percent(base, new float64) float64 {
	switch d := difference(base, new); {
	case d == 0:
		return 0
	case base == 0:
		return math.Copysign(math.Inf(1), d)
	default:
		return 100 * d / base
	}
}

func number(v float64) *float64 {
	v = metrics.Significant(v, digits)
	return &v
}

func interval(lo, hi float64) *[2]float64 { return &[2]float64{*number(lo), *number(hi)} }

// digits are those that an estimate keeps: what differs beyond them differs from
// one processor to the next.
const digits = 6

// difference is new less base without the noise that a subtraction leaves: the
// files have nine digits.
func difference(base, new float64) float64 {
	most := max(math.Abs(base), math.Abs(new))
	if most == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(most))-10)
	return math.Round((new-base)/unit)*unit + 0
}

func subtract(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = difference(b[i], a[i])
	}
	return d
}

// isConstant says whether values are the same but for the last digit that the
// files have.
func isConstant(values []float64) bool {
	least, most := slices.Min(values), slices.Max(values)
	return most-least <= 1e-9*max(math.Abs(least), math.Abs(most))
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
