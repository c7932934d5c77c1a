package metrics

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
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
		if got := NearestRank(tc.q, tc.n); got != tc.want {
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
		if got := NearestRank(float64(thousandths)/1000, n); got != want {
			t.Fatalf("rank of %d/1000 among %d is %d, want %d", thousandths, n, got, want)
		}
	})
}

func TestRoundest(t *testing.T) {
	for _, tc := range []struct{ lo, hi, want int64 }{
		{5, 5, 5},
		{0, 0, 0},
		{0, 1, 0},
		{7, 8, 7}, // the middle, rounded down
		{8, 12, 10},
		{11, 19, 15},
		{1, 999, 500}, // of 100 to 900 the middle one
		{100_992, 101_055, 101_000},
		{994_816, 995_327, 995_000},
		{999_936, 1_000_447, 1_000_000},
		{104_900, 105_100, 105_000},
		{19, 41, 30},
		{19, 51, 30},                       // 30 and 40 are as near to 35: the lower
		{18, 50, 30},                       // the middle is 34
		{21, 49, 30},                       // 35 again
		{21, 50, 30},                       // 35 once more, as 35.5 is no whole number
		{1<<63 - 10, 1<<63 - 1, 1<<63 - 8}, // 9223372036854775800
	} {
		if got := roundest(tc.lo, tc.hi); got != tc.want {
			t.Errorf("from %d to %d the roundest is %d, want %d", tc.lo, tc.hi, got, tc.want)
		}
	}
}

// No number in the range ends in more zeros.
func TestRoundestIsInTheRange(t *testing.T) {
	zeros := func(v int64) int {
		n := 0
		for ; v != 0 && v%10 == 0; v /= 10 {
			n++
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(1, 3000).Draw(t, "lo")
		hi := lo + rapid.Int64Range(0, 3000).Draw(t, "width")
		got := roundest(lo, hi)
		if got < lo || got > hi {
			t.Fatalf("%d is not from %d to %d", got, lo, hi)
		}
		for v := lo; v <= hi; v++ {
			if zeros(v) > zeros(got) {
				t.Fatalf("%d is rounder than %d", v, got)
			}
		}
	})
}

// The percentiles of the series and of the histogram are of the same values:
// those of the histogram are in the same bucket.
func TestPercentilesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(0, int64(time.Second)), rapid.Int64Range(0, int64(31*24*time.Hour)))
		var h Histogram
		var values []time.Duration
		for _, v := range rapid.SliceOfN(draw, 1, 60).Draw(t, "values") {
			values = append(values, time.Duration(v))
			h.Record(time.Duration(v))
		}
		slices.Sort(values)
		for _, q := range []float64{0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1} {
			exact, got := nearestRank(values, q), h.Quantile(q)
			width := max(time.Microsecond, exact/1024) // more than half a thousandth, less than a whole
			if diff := max(got-exact, exact-got); diff > width {
				t.Fatalf("quantile %v of %v is %v, in the histogram %v", q, values, exact, got)
			}
			if start := exact.Microseconds() / bucketWidth(exact.Microseconds()) * bucketWidth(exact.Microseconds()); !inBucket(got, start) {
				t.Fatalf("quantile %v of %v is %v, %v is in another bucket", q, values, exact, got)
			}
		}
	})
}
