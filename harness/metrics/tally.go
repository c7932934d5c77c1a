package metrics

import (
	"math"
	"math/bits"
	"time"
)

// A tally counts durations for a Histogram in the same buckets, one counter
// each, which is several times as fast. It takes 1 KiB for every power of two in
// which there are any. The zero value is empty.
type tally struct {
	pages    [pages]*[pageBuckets]counter // bucket b is the b%pageBuckets-th of page b/pageBuckets
	full     Histogram                    // what has left the counters
	sum      Total
	n        int64
	min, max time.Duration
}

// A counter is of a bucket. It is small, so that the counters stay in the cache of
// a processor, and what is more has its place in the Histogram.
type counter = uint8

const mostCounted = math.MaxUint8

const (
	pageBits    = bucketDigits - 1
	pageBuckets = 1 << pageBits
	pages       = 2 + 54 - bucketDigits // a duration has less than 2⁵⁴ µs
)

// record adds d, which is 0 or more.
func (t *tally) record(d time.Duration) {
	if t.n == 0 {
		t.min = d
	}
	t.n++
	t.sum.Add(d)
	t.min, t.max = min(t.min, d), max(t.max, d)

	t.count(bucketIndex(uint64(d)/uint64(time.Microsecond)), 1)
}

// count counts n more in a bucket.
func (t *tally) count(bucket int, n counter) {
	page := t.pages[bucket>>pageBits]
	if page == nil {
		page = new([pageBuckets]counter)
		t.pages[bucket>>pageBits] = page
	}
	counted := &page[bucket&(pageBuckets-1)]
	if *counted > mostCounted-n {
		t.full.add(bucketStart(bucket), int64(*counted))
		*counted = 0
	}
	*counted += n
}

// add adds what o has counted.
func (t *tally) add(o *tally) {
	if o.n == 0 {
		return
	}
	if t.n == 0 {
		t.min = o.min
	}
	t.n += o.n
	t.sum.AddTotal(o.sum)
	t.min, t.max = min(t.min, o.min), max(t.max, o.max)
	t.full.Merge(o.full)
	for p, page := range o.pages {
		if page == nil {
			continue
		}
		for i, n := range page {
			if n > 0 {
				t.count(p<<pageBits+i, n)
			}
		}
	}
}

// histogram returns what has been counted.
func (t *tally) histogram() Histogram {
	if t.n == 0 {
		return Histogram{}
	}
	h := t.full
	for p, page := range t.pages {
		if page == nil {
			continue
		}
		for i, n := range page {
			if n > 0 {
				h.add(bucketStart(p<<pageBits+i), int64(n))
			}
		}
	}
	h.sum, h.min, h.max = t.sum, t.min, t.max
	return h
}

// bucketIndex numbers the buckets in ascending order, without a gap: the one of
// so many µs.
func bucketIndex(us uint64) int {
	shift := max(0, bits.Len64(us)-bucketDigits)
	return shift<<pageBits + int(us>>shift)
}

// bucketStart is how many µs there are in the first duration of a bucket.
func bucketStart(index int) int64 {
	shift := max(0, index>>pageBits-1)
	return int64(index-shift<<pageBits) << shift
}
