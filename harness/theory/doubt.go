package theory

import (
	"math"
	"time"

	"ratebench/harness/dist"
)

// meanDoubt is E[min(max in - in, out - min out)], the mean length of time in
// which an arrival may lie for all that the times of send and answer tell. As
// an integral of probabilities it is
//
//	∫ P(max in - in > x) · P(out - min out > x) dx, x from 0 to the end of either.
//
// For an unbounded in it is E[out] - min out. Latencies in and out are independent,
// but for those of sequences that are drawn together.
func meanDoubt(in, out dist.Dist) time.Duration {
	if a, b, ok := drawnTogether(in, out); ok {
		return meanJointDoubt(a, b)
	}
	inMin, inMax := in.Support()
	outMin, outMax := out.Support()
	if inMax == dist.Unbounded {
		return out.Mean() - outMin
	}
	// Durations are whole nanoseconds, so that in < max in - x is the same as
	// in <= max in - x - 1, and f is a staircase with a tread per nanosecond.
	f := func(x time.Duration) float64 {
		return in.CDF(inMax-x-1) * (1 - out.CDF(outMin+x))
	}
	step := commonStep(in, out)
	n := min(inMax-inMin, outMax-outMin) / step
	sum := sumOf(func(k time.Duration) float64 { return f(k * step) }, n)
	return time.Duration(math.Round(sum * float64(step)))
}

// drawnTogether are latencies that were measured together and are drawn together.
func drawnTogether(in, out dist.Dist) (a, b dist.Sequence, ok bool) {
	a, okIn := in.(dist.Sequence)
	b, okOut := out.(dist.Sequence)
	return a, b, okIn && okOut && len(a.Values()) == len(b.Values()) && a.Block() == b.Block()
}

// meanJointDoubt is meanDoubt of latencies that are drawn together.
func meanJointDoubt(in, out dist.Sequence) time.Duration {
	_, inMax := in.Support()
	outMin, _ := out.Support()
	sum := 0.0
	for i, d := range in.Values() {
		sum += float64(min(inMax-d, out.Values()[i]-outMin))
	}
	return time.Duration(math.Round(sum / float64(len(in.Values()))))
}

// commonStep is a grid that holds all durations of both distributions.
func commonStep(a, b dist.Dist) time.Duration {
	if a.Step() > 0 && a.Step() == b.Step() {
		return a.Step()
	}
	return time.Nanosecond
}

// sumOf returns Σ f(k), k = 0 … n-1, for an f that never rises and is not
// negative. The first exact terms are added one by one, the others as trapezoids
// over cells of 1/exact of their distance from 0.
//
// A trapezoid is wrong by half of what f falls in its cell times the width of
// the cell at most, and Σ k·(f(k) - f(k+1)) is the sum itself: wherever f falls,
// be it in jumps, the sum is wrong by less than one part in 2·exact.
func sumOf(f func(k time.Duration) float64, n time.Duration) float64 {
	const exact = 1 << 14
	sum := 0.0
	for k, width := time.Duration(0), time.Duration(0); k < n; k += width {
		width = min(max(1, k/exact), n-k)
		sum += float64(width) * (f(k) + f(k+width-1)) / 2
	}
	return sum
}
