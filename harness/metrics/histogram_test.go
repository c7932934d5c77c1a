package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

const month = 31 * 24 * time.Hour // the longest time that a scenario takes

// histogramOf holds each of these n times.
func histogramOf(n int, durations ...time.Duration) (h Histogram) {
	for range n {
		for _, d := range durations {
			h.Record(d)
		}
	}
	return h
}

func TestHistogram(t *testing.T) {
	var h, o Histogram
	if h.Count() != 0 || h.Mean() != 0 || h.Quantile(0.5) != 0 || h.Max() != 0 {
		t.Error("the zero value is not empty")
	}
	h.Merge(o)
	if h.Count() != 0 || h.Max() != 0 {
		t.Error("nothing was merged, and it is not empty")
	}
	for i := 1; i <= 100; i++ {
		o.Record(time.Duration(i) * ms)
	}
	h.Merge(o)
	if h.Quantile(0) != ms {
		t.Errorf("merged into an empty one: shortest %v, want 1ms", h.Quantile(0))
	}
	h.Record(-ms) // counts as zero
	if h.Count() != 101 || h.Max() != 100*ms || h.Mean() != 5050*ms/101 || h.Quantile(0) != 0 {
		t.Errorf("count %d, min %v, max %v, mean %v", h.Count(), h.Quantile(0), h.Max(), h.Mean())
	}
	// 0, 1 ms, 2 ms and so on: rank 51 of 101 is 50 ms, rank 100 is 99 ms.
	for q, want := range map[float64]time.Duration{0.5: 50 * ms, 0.99: 99 * ms, 1: 100 * ms, 0.01: ms} {
		if got := h.Quantile(q); got != want {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
}

// The ninetieth percentile of 16 values is their fifteenth.
func TestQuantileIsTheNearestRank(t *testing.T) {
	var h Histogram
	for i := 1; i <= 16; i++ {
		h.Record(time.Duration(i) * 10 * ms)
	}
	for q, want := range map[float64]time.Duration{0.9: 150 * ms, 0.5: 80 * ms, 0.95: 160 * ms, 0.25: 40 * ms} {
		if got := h.Quantile(q); got != want {
			t.Errorf("quantile %v of 10 to 160 ms is %v, want %v", q, got, want)
		}
	}
}

// Latencies that are all the same have it for each of their figures; if they are
// of a few round values, each percentile is one of them.
func TestQuantilesOfConstants(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 999, time.Microsecond, 101 * ms, 101_000_321, 1995 * ms, 90 * time.Minute, month, month + 1, math.MaxInt64} {
		h := histogramOf(7, d)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 1} {
			if got := h.Quantile(q); got != d {
				t.Errorf("quantile %v of %v throughout is %v", q, d, got)
			}
		}
		if h.Mean() != d || h.Max() != d {
			t.Errorf("%v throughout: mean %v, max %v", d, h.Mean(), h.Max())
		}
	}
	h := histogramOf(10, 20*ms, 101*ms, 201*ms, 995*ms, 3*time.Second)
	for q, want := range map[float64]time.Duration{0.2: 20 * ms, 0.4: 101 * ms, 0.5: 201 * ms, 0.8: 995 * ms, 0.9: 3 * time.Second} {
		if got := h.Quantile(q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}

// An hour is no limit, and sums beyond 292 years are none either.
func TestLongDurations(t *testing.T) {
	h := histogramOf(10_000, month-time.Hour, month-time.Minute, month) // 2,500 years
	mean := month - (time.Hour+time.Minute)/3
	if h.Mean() != mean || h.Max() != month || h.Quantile(0) != month-time.Hour {
		t.Errorf("mean %v, max %v, min %v, want %v, %v, %v", h.Mean(), h.Max(), h.Quantile(0), mean, month, month-time.Hour)
	}
	if got := h.Quantile(0.5); got < month-month/1024 || got > month {
		t.Errorf("median %v, want %v", got, month-time.Minute)
	}
	var all Histogram
	for range 300 {
		all.Merge(h)
	}
	if all.Mean() != mean || all.Count() != 9_000_000 || all.Max() != month {
		t.Errorf("merged: mean %v of %d, max %v", all.Mean(), all.Count(), all.Max())
	}
	two := histogramOf(1, time.Hour, 3*time.Hour)
	two.Merge(histogramOf(1, 2*time.Hour))
	if got := two.Quantile(0.5); got < 2*time.Hour-2*time.Hour/1024 || got > 2*time.Hour+2*time.Hour/1024 {
		t.Errorf("the median of 1, 2 and 3 hours is %v", got)
	}
}

// The buckets are those of HdrHistogram.
func TestBucketWidth(t *testing.T) {
	library := hdrhistogram.New(1, time.Duration(math.MaxInt64).Microseconds(), significantFigures)
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(0, month.Microseconds())).Draw(t, "us")
		start := us / bucketWidth(us) * bucketWidth(us)
		last := start + bucketWidth(start) - 1
		if !library.ValuesAreEquivalent(start, us) || !library.ValuesAreEquivalent(us, last) ||
			library.ValuesAreEquivalent(us, last+1) || start > 0 && library.ValuesAreEquivalent(us, start-1) {
			t.Fatalf("%d µs is not in a bucket from %d to %d µs", us, start, last)
		}
	})
}

// What a run keeps of its latencies is a small part of what one that is ready
// for every latency takes, whatever their range.
func TestHistogramIsSmall(t *testing.T) {
	for name, most := range map[string]time.Duration{"up to a second": time.Second, "up to a month": month} {
		var h Histogram
		for i := range 20_000 {
			h.Record(most * time.Duration(i*7919%20_000) / 20_000)
		}
		size, dense := h.buckets.GetMemorySize(), hdrhistogram.New(1, month.Microseconds(), significantFigures).ByteSize()
		t.Logf("%s: %d bytes, %d with all buckets", name, size, dense)
		if size > dense/2 {
			t.Errorf("%s: %d bytes, more than half of the %d of all buckets", name, size, dense)
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	var h Histogram
	for i := 0; b.Loop(); i++ {
		h.Record(time.Duration(i*7919%1_000_000) * time.Microsecond)
	}
	b.ReportMetric(float64(h.buckets.GetMemorySize()), "bytes")
}
