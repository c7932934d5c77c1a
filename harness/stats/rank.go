package stats

import "math"

// NearestRank is the rank, from 1, of the q-th quantile of n sorted values: it
// is the smallest of them that at least a share q do not exceed,
//
//	max(1, ⌈q·n⌉)
//
// (the nearest-rank method; Hyndman and Fan, "Sample Quantiles in Statistical
// Packages", 1996, definition 1). All percentiles of this project are of this
// kind, so that each is a value that occurred. n is 1 or more, q from 0 to 1.
//
// The product of a decimal fraction such as 0.55 and 100 is a little more than
// 55 in binary; what is that near a whole number is meant to be it.
func NearestRank(q float64, n int64) int64 {
	product := q * float64(n)
	rank := math.Round(product)
	if slack := 1e-15 * float64(n); math.Abs(product-rank) > slack {
		rank = math.Ceil(product)
	}
	return min(max(1, int64(rank)), n)
}
