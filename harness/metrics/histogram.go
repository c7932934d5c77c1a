package metrics

import (
	"math"
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"ratebench/harness/stats"
)

// A Histogram holds durations of any length: those of up to 2 ms to the
// microsecond, longer ones in buckets that are less than a thousandth wide. It
// takes memory only for the buckets that hold something, a few bytes each. The
// zero value is empty and ready for use. Copies share what they hold.
type Histogram struct {
	buckets  *hdrhistogram.PackedHistogram // in µs; nil: empty
	sum      Total
	min, max time.Duration
}

// significantFigures is how finely the buckets tell durations apart.
const significantFigures = 3

// newBuckets covers every time.Duration: buckets that are empty cost nothing.
func newBuckets() *hdrhistogram.PackedHistogram {
	return hdrhistogram.NewPacked(1, time.Duration(math.MaxInt64).Microseconds(), significantFigures)
}

// Record adds d; a negative d counts as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	if h.buckets == nil {
		h.buckets = newBuckets()
		h.min = d
	}
	_ = h.buckets.RecordValue(d.Microseconds()) // no duration is out of range
	h.sum.Add(d)
	h.min, h.max = min(h.min, d), max(h.max, d)
}

// add counts n more in the bucket that starts at so many µs, and leaves the rest
// to who calls it.
func (h *Histogram) add(start, n int64) {
	if h.buckets == nil {
		h.buckets = newBuckets()
	}
	_ = h.buckets.RecordValues(start, n) // no duration is out of range
}

// Merge adds everything that o holds.
func (h *Histogram) Merge(o Histogram) {
	if o.buckets == nil {
		return
	}
	if h.buckets == nil {
		h.buckets = newBuckets()
		h.min = o.min
	}
	h.buckets.Merge(o.buckets)
	h.sum.AddTotal(o.sum)
	h.min, h.max = min(h.min, o.min), max(h.max, o.max)
}

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 {
	if h.buckets == nil {
		return 0
	}
	return h.buckets.TotalCount()
}

// Mean is exact, rounded down to a nanosecond; 0 when empty.
func (h *Histogram) Mean() time.Duration {
	if n := h.Count(); n > 0 {
		return h.sum.Mean(n)
	}
	return 0
}

// Max is exact; 0 when empty.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is the [stats.NearestRank] of a share q, from 0 to 1: the smallest and the
// longest duration exactly, any other as the roundest number in its bucket, for
// the buckets tell no more of it. It is never outside of what was recorded, so
// that durations that are all the same have it for each quantile. 0 when empty.
func (h *Histogram) Quantile(q float64) time.Duration {
	n := h.Count()
	if n == 0 {
		return 0
	}
	rank := stats.NearestRank(q, n)
	switch rank {
	case 1:
		return h.min
	case n:
		return h.max
	}
	return h.roundestIn(h.bucketOf(rank))
}

// bucketOf is the start of the bucket that holds the value of a rank, in µs.
func (h *Histogram) bucketOf(rank int64) int64 {
	below := int64(0)
	for start, count := range h.buckets.ForEachBucket {
		if below += count; below >= rank {
			return start
		}
	}
	return 0 // there is no such rank
}

// roundestIn is the roundest duration that was possibly recorded in the bucket
// that starts at so many µs.
func (h *Histogram) roundestIn(start int64) time.Duration {
	lo, hi := time.Duration(start)*time.Microsecond, h.max
	if width := time.Duration(bucketWidth(start)) * time.Microsecond; width <= hi-lo {
		hi = lo + width - 1
	}
	return time.Duration(roundest(int64(max(lo, h.min)), int64(hi)))
}

// bucketDigits is how many binary digits of a number of µs the buckets tell
// apart. 2¹¹ is the first power of two that tells 1000 from 1001, and from 999.
const bucketDigits = 11

// bucketWidth is how many µs there are in the bucket that starts at so many:
// one, or as many as leave the number eleven binary digits.
func bucketWidth(start int64) int64 {
	return 1 << max(0, bits.Len64(uint64(start))-bucketDigits)
}
