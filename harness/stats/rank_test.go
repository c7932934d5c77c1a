package stats_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"ratebench/harness/stats"
)

func TestNearestRank(t *testing.T) {
	for _, tc := range []struct {
		q    float64
		n    int64
		want int64
	}{
		{0.90, 16, 15}, // 14.4
		{0.50, 16, 8},  // 8 exactly
		{0.50, 17, 9},  // 8.5
		{0.50, 1, 1},
		{0.50, 2, 1},
		{0.99, 100, 99},
		{0.99, 101, 100}, // 99.99
		{0.99, 1, 1},
		{0.999, 1000, 999},
		{0.55, 100, 55},     // 55.00000000000001 in binary
		{0.07, 100, 7},      // 7.000000000000001
		{0.29, 100, 29},     // 28.999999999999996
		{0.035, 1e10, 35e7}, // 350000000.00000006
		{0.017, 1e11, 17e8}, // 1700000000.0000002
		{0, 16, 1},
		{1, 16, 16},
		{0.0001, 16, 1},
		{0.9999, 16, 16},
	} {
		if got := stats.NearestRank(tc.q, tc.n); got != tc.want {
			t.Errorf("rank of %v among %d is %d, want %d", tc.q, tc.n, got, tc.want)
		}
	}
}

// For every decimal fraction, ⌈q·n⌉ in exact arithmetic.
func TestNearestRankIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		thousandths := rapid.Int64Range(0, 1000).Draw(t, "q in thousandths")
		n := rapid.OneOf(rapid.Int64Range(1, 100), rapid.Int64Range(1, 1e10)).Draw(t, "n")
		product := new(big.Int).Mul(big.NewInt(thousandths), big.NewInt(n))
		want := max(1, new(big.Int).Div(product.Add(product, big.NewInt(999)), big.NewInt(1000)).Int64())
		if got := stats.NearestRank(float64(thousandths)/1000, n); got != want {
			t.Fatalf("rank of %d/1000 among %d is %d, want %d", thousandths, n, got, want)
		}
	})
}
