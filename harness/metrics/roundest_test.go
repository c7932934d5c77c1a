package metrics

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

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
			exact, got := values[rank(values, q)], h.Quantile(q)
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

// Of all small ranges, what looking at each number comes to: the most zeros, then
// the nearest to the middle, then the lower.
func TestRoundestOfSmallRanges(t *testing.T) {
	zeros := func(v int64) int {
		if v == 0 {
			return 19
		}
		n := 0
		for ; v%10 == 0; v /= 10 {
			n++
		}
		return n
	}
	for lo := range int64(112) {
		for hi := lo; hi < 112; hi++ {
			middle, best := lo+(hi-lo)/2, lo
			for v := lo; v <= hi; v++ {
				if z, w := zeros(v), zeros(best); z > w || z == w && max(v-middle, middle-v) < max(best-middle, middle-best) {
					best = v
				}
			}
			if got := roundest(lo, hi); got != best {
				t.Fatalf("from %d to %d the roundest is %d, want %d", lo, hi, got, best)
			}
		}
	}
}

// Where the multiple above is more than there are numbers, it is not chosen.
func TestRoundestAtTheEndOfTheNumbers(t *testing.T) {
	const last = 1<<63 - 1
	for lo, want := range map[int64]int64{
		1: 5e18, 9e18: 9e18, 9e18 + 1: 91e17, 92e17 + 1: 921e16, 922e16 + 1: 9222e15, 9223372036854775807: last,
	} {
		if got := roundest(lo, last); got != want {
			t.Errorf("from %d on the roundest is %d, want %d", lo, got, want)
		}
	}
}
