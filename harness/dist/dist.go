// Package dist has the probability distributions of a scenario (latencies,
// pauses) and the keyed randomness they are sampled with.
//
// To draw from one is to ask for the quantile of a keyed uniform number:
//
//	d.Quantile(dist.U(seed, stream, n))
package dist

import (
	"math"
	"time"

	"ratebench/clients/keyedrand"
)

// A Dist is the distribution of a duration that is never negative. It does not
// change, so that any number of goroutines may share it.
type Dist interface {
	// Quantile is the inverse of CDF: for u in (0, 1) the smallest d with
	// CDF(d) >= u, exactly, and for 0 the lower end of the support.
	Quantile(u float64) time.Duration
	// CDF is the probability of a duration of at most d.
	CDF(d time.Duration) float64
	// Mean is the expectation, to the nearest nanosecond.
	Mean() time.Duration
	// Support bounds what can occur; max is Unbounded when there is no bound.
	Support() (min, max time.Duration)
	// Step is the grid that all durations lie on; 0 when they are continuous,
	// that is, when they are whole nanoseconds only because a Duration is.
	Step() time.Duration
	// String is the canonical notation of the scenario file: Parse returns an
	// equal Dist for it.
	String() string
}

// Unbounded is the upper end of a support that has none.
const Unbounded = time.Duration(math.MaxInt64)

// Longest is the longest duration that any distribution can draw. Those that
// have no upper end reach beyond it with a probability too small for U.
const Longest = 365 * 24 * time.Hour

// U returns a number in [0, 1) that depends on its arguments alone, never on
// how many were drawn before: draw n of a stream of a seed. Strategies that
// run with one seed therefore meet the same load and the same latencies
// (common random numbers), and their differences are their own.
//
// It is a multiple of 2^-53.
func U(seed, stream, n uint64) float64 { return keyedrand.Uniform(seed, stream, n) }

// A Stream is a stream of a seed, whose Uniform of n is U(seed, stream, n) and costs
// a third.
type Stream = keyedrand.Stream

// StreamOf returns a stream of a seed.
func StreamOf(seed, stream uint64) Stream { return keyedrand.StreamOf(seed, stream) }
