package compare

import (
	"fmt"
	"math"
	"slices"
)

// Estimate is a difference between two sides with what is known about its
// certainty.
type Estimate struct {
	// Base and New are means over the runs that are compared; nil: nothing
	// was recorded.
	Base *float64 `json:"base"`
	New  *float64 `json:"new"`
	// Difference is New less Base. Its interval contains the true difference
	// in 95 % of all cases; nil where the runs do not scatter, or are too few.
	Difference   *float64    `json:"difference"`
	DifferenceCI *[2]float64 `json:"difference_ci95"`
	// Percent is the difference in percent of Base; nil where Base is 0. Its
	// interval is nil, too, where Base may as well be 0.
	Percent   *float64    `json:"percent"`
	PercentCI *[2]float64 `json:"percent_ci95"`
	// P is the probability of a difference as large as this where there is
	// none, by Test; nil: there was nothing to test with.
	P    *float64 `json:"p"`
	Test Test     `json:"test"`
	// Runs of either side, or pairs, that the estimate is made of.
	BaseRuns int      `json:"base_runs"`
	NewRuns  int      `json:"new_runs"`
	Warnings []string `json:"warnings"`
}

// Test is how a difference was tested.
type Test string

// The tests.
const (
	NoTest    Test = ""          // too few runs, or nothing but means
	Identical Test = "identical" // nothing to test: all that is known is the same on both sides
	PairedT   Test = "paired t"  // the differences of pairs
	Sign      Test = "sign"      // pairs whose differences are all the same
	WelchT    Test = "Welch t"   // runs that are no pairs
	MannU     Test = "Mann-Whitney U"
)

// estimate compares a metric of both sides, run by run where that is possible.
func estimate(base, new figures, paired bool) Estimate {
	e := Estimate{Warnings: []string{}}
	switch {
	case base.runs == nil || new.runs == nil:
		e.fromMeans(base, new)
	case paired:
		b, n, left := bySeed(base.runs, new.runs)
		e.fromPairs(b, n)
		if left > 0 && base.hasMean && new.hasMean {
			e.warn("%d of %d pairs left out, in which a side has no success", left, left+len(b))
		}
	default:
		e.fromSamples(recorded(base.runs), recorded(new.runs))
	}
	if e.Base == nil && base.hasMean {
		e.Base = number(base.mean)
	}
	if e.New == nil && new.hasMean {
		e.New = number(new.mean)
	}
	if (e.Base == nil) != (e.New == nil) {
		e.warn("nothing was recorded on one side")
	}
	return e
}

func (e *Estimate) warn(format string, args ...any) {
	e.Warnings = append(e.Warnings, fmt.Sprintf(format, args...))
}

// fromMeans compares what is known as a mean only.
func (e *Estimate) fromMeans(base, new figures) {
	if !base.hasMean || !new.hasMean {
		return
	}
	e.means(base.mean, new.mean)
	if base.mean == new.mean {
		e.same()
		return
	}
	e.warn("not tested: the results do not have it run by run")
}

// fromPairs compares runs with the same seeds: base[i] is the partner of
// new[i].
func (e *Estimate) fromPairs(base, new []float64) {
	e.BaseRuns, e.NewRuns = len(base), len(new)
	if len(base) == 0 {
		return
	}
	d := subtract(new, base)
	e.means(mean(base), mean(new))
	switch {
	case isConstant(d) && d[0] == 0:
		e.same()
	case len(d) == 1:
		e.warn("not tested: there is one run")
	case isConstant(d):
		e.signTest(len(d))
	default:
		e.tTest(pairMoments(base, d), PairedT)
	}
}

// fromSamples compares runs that have nothing to do with each other.
func (e *Estimate) fromSamples(base, new []float64) {
	e.BaseRuns, e.NewRuns = len(base), len(new)
	if len(base) == 0 || len(new) == 0 {
		return
	}
	e.means(mean(base), mean(new))
	switch {
	case isConstant(base) && isConstant(new) && base[0] == new[0]:
		e.same()
	case len(base) == 1 || len(new) == 1:
		e.warn("not tested: a side has one run")
	case isConstant(base) && isConstant(new):
		e.uTest(base, new)
	default:
		e.tTest(sampleMoments(base, new), WelchT)
		e.welchTest(base, new)
	}
}

// means sets the values and their difference.
func (e *Estimate) means(base, new float64) {
	e.Base, e.New = number(base), number(new)
	e.Difference = number(tidy(new - base))
	if base != 0 {
		e.Percent = number(100 * tidy(new-base) / base)
	}
}

// same says that there is no difference at all.
func (e *Estimate) same() {
	one := 1.0
	e.P, e.Test = &one, Identical
}

// tTest sets the intervals and the result of a t test.
func (e *Estimate) tTest(m moments, name Test) {
	p := significant(m.p())
	e.P, e.Test = &p, name
	e.DifferenceCI = interval(m.difference())
	if lo, hi, ok := m.ratio(); ok {
		e.PercentCI = interval(100*lo, 100*hi)
	}
}

func number(v float64) *float64 {
	v = significant(v)
	return &v
}

func interval(lo, hi float64) *[2]float64 { return &[2]float64{significant(lo), significant(hi)} }

// significant keeps six digits: what differs beyond them differs from one
// processor to the next.
func significant(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) {
		return v
	}
	unit := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*unit) / unit
}

// tidy removes the noise that a subtraction leaves. The files have four
// decimals.
func tidy(v float64) float64 { return math.Round(v*1e6)/1e6 + 0 }

func subtract(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = tidy(a[i] - b[i])
	}
	return d
}

func isConstant(values []float64) bool { return slices.Min(values) == slices.Max(values) }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
