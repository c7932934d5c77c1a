package compare

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// welchTest takes the result of Welch's t test, and its warnings, from
// benchmath. It has no test for pairs and no intervals of differences.
func (e *Estimate) welchTest(base, new []float64, alpha float64) {
	e.take(benchmath.AssumeNormal.Compare(sample(base, alpha), sample(new, alpha)))
}

// uTest is for samples that do not scatter, of which the t test knows nothing.
func (e *Estimate) uTest(base, new []float64, alpha float64) {
	e.Test = MannU
	e.take(benchmath.AssumeNothing.Compare(sample(base, alpha), sample(new, alpha)))
}

func (e *Estimate) take(c benchmath.Comparison) {
	e.P = number(c.P)
	for _, w := range c.Warnings {
		e.warn("%v", w)
	}
}

// sample makes a sample of a copy: benchmath sorts what it is given.
func sample(values []float64, alpha float64) *benchmath.Sample {
	thresholds := benchmath.DefaultThresholds
	thresholds.CompareAlpha = alpha
	return benchmath.NewSample(slices.Clone(values), &thresholds)
}

// signTest is for n pairs that all differ by the same amount, of which the t
// test knows nothing: p = 2·2⁻ⁿ, as of n coins that all show the same side
// (Arbuthnot, "An argument for divine providence", 1710).
func (e *Estimate) signTest(n int, alpha float64) {
	e.P, e.Test = number(math.Pow(2, float64(1-n))), Sign
	if need := int(math.Ceil(1 - math.Log2(alpha))); n < need {
		e.warn("all differences are the same: need >= %d pairs to detect one at alpha level %v", need, alpha)
	}
}
