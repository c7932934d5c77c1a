package fit

import (
	"math"
	"slices"
	"time"

	"ratebench/clients/keyedrand"
)

// Spells say how latencies hang together: after a long one another is likely.
type Spells struct {
	// Block is the distance at which two latencies have little to do with each
	// other: the autocorrelation of their ranks is below 0.1, or what chance
	// makes of it. 1: even the next has not; 0: the order is not known.
	Block int
	// Longest is how many one after another were above the 90 % quantile, at
	// most: as measured, and as blocks and independent draws have it on average.
	Longest, InBlocks, Independent float64
}

// uncorrelated is the autocorrelation at which n latencies have little to do with
// each other: 0.1, or, of fewer than 400, what chance makes of independent ones
// (Bartlett's two standard errors).
func uncorrelated(n int) float64 { return max(0.1, 2/math.Sqrt(float64(n))) }

// spellsOf measures how latencies hang together.
func spellsOf(latencies []time.Duration, ordered bool) Spells {
	if !ordered {
		return Spells{}
	}
	s := Spells{Block: blockOf(latencies)}
	high := quantile(slices.Sorted(slices.Values(latencies)), 0.9)
	longest := func(at func(i int) time.Duration) float64 {
		run, most := 0, 0
		for i := range latencies {
			if run++; at(i) <= high {
				run = 0
			}
			most = max(most, run)
		}
		return float64(most)
	}
	s.Longest = longest(func(i int) time.Duration { return latencies[i] })
	const times = 20
	for seed := range uint64(times) {
		s.InBlocks += longest(func(i int) time.Duration { return inBlocks(latencies, s.Block, seed, i) }) / times
		s.Independent += longest(func(i int) time.Duration { return inBlocks(latencies, 1, seed, i) }) / times
	}
	return s
}

// inBlocks is draw i of blocks that begin anywhere, as dist's bootstrap has it.
func inBlocks(latencies []time.Duration, block int, seed uint64, i int) time.Duration {
	start := int(keyedrand.Uniform(seed, 0, uint64(i/block)) * float64(len(latencies)))
	return latencies[(start+i%block)%len(latencies)]
}

// blockOf is the least lag from which the autocorrelation of the ranks stays
// below uncorrelated, for the lag and the two after it, so that one that is low by
// chance does not count; a quarter of all latencies at most. Ranks, so that a
// single very long latency does not hide all others.
func blockOf(latencies []time.Duration) int {
	ranks := ranksOf(latencies)
	most := len(ranks) / 4
	below := 0
	for lag := 1; lag <= most; lag++ {
		if below++; autocorrelation(ranks, lag) >= uncorrelated(len(ranks)) {
			below = 0
		}
		if below == 3 {
			return max(1, lag-2)
		}
	}
	return max(1, most)
}

// ranksOf are the mid-ranks of values, from which their mean has been taken.
func ranksOf(values []time.Duration) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(min(1, max(-1, values[a]-values[b]))) })
	ranks := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			ranks[i] = float64(from+to-1)/2 - float64(len(values)-1)/2
		}
		from = to
	}
	return ranks
}

// autocorrelation is that of centred values at a lag; 0 if they are all the same.
func autocorrelation(centred []float64, lag int) float64 {
	var all, shifted float64
	for i, x := range centred {
		all += x * x
		if i >= lag {
			shifted += x * centred[i-lag]
		}
	}
	if all == 0 {
		return 0
	}
	return shifted / all
}
