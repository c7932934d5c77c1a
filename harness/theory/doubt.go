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
// For an unbounded in it is E[out] - min out.
func meanDoubt(in, out dist.Dist) time.Duration {
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
	end := min(inMax-inMin, outMax-outMin)
	scale := min(inMax-in.Mean(), out.Mean()-outMin)
	return time.Duration(math.Round(integrate(f, end, commonStep(in, out), scale)))
}

// commonStep is a grid that holds all durations of both distributions.
func commonStep(a, b dist.Dist) time.Duration {
	if a.Step() > 0 && a.Step() == b.Step() {
		return a.Step()
	}
	return time.Nanosecond
}

// integrate returns the integral from 0 to end, in nanoseconds, of an f that
// never rises, lies within 0 and 1, and changes at multiples of step only. It
// is exact when there are few steps. Otherwise its relative error is below
// 1e-6, as long as the result is not many times less than scale.
func integrate(f func(time.Duration) float64, end, step, scale time.Duration) float64 {
	const fewSteps = 1 << 16
	n := end / step
	if n > fewSteps {
		return sumSmoothly(f, n, step, 1e-10*float64(scale)/float64(step)) * float64(step)
	}
	sum := 0.0
	for k := range n {
		sum += f(k * step)
	}
	return sum * float64(step)
}

// sumSmoothly returns Σ f(k·step), k = 0 … n-1, by a quadrature of the lines
// between the terms. They leave out half of what f falls:
// ∫ = f(0)/2 + f(1) + … + f(n-1) + f(n)/2.
func sumSmoothly(f func(time.Duration) float64, n, step time.Duration, tolerance float64) float64 {
	line := func(x float64) float64 {
		k := time.Duration(x)
		left := f(k * step)
		if x == float64(k) {
			return left
		}
		return left + (x-float64(k))*(f((k+1)*step)-left)
	}
	return quadrature(line, float64(n), tolerance) + (f(0)-f(n*step))/2
}
