package metrics

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Histogram holds durations from 1 µs to an hour with three significant
// digits. The zero value is empty and ready for use.
type Histogram struct {
	h   *hdrhistogram.Histogram
	sum time.Duration
	max time.Duration
}

const (
	minTrackable       = 1                                   // µs
	maxTrackable       = int64(time.Hour / time.Microsecond) // longer durations count as an hour
	significantFigures = 3
)

// Record adds d; a negative d counts as zero.
func (h *Histogram) Record(d time.Duration) {
	if h.h == nil {
		h.h = hdrhistogram.New(minTrackable, maxTrackable, significantFigures)
	}
	d = max(d, 0)
	h.sum += d
	h.max = max(h.max, d)
	// The value is in range, so that RecordValue cannot fail.
	_ = h.h.RecordValue(min(d.Microseconds(), maxTrackable))
}

// Merge adds everything that o holds.
func (h *Histogram) Merge(o Histogram) {
	if o.h == nil {
		return
	}
	if h.h == nil {
		h.h = hdrhistogram.New(minTrackable, maxTrackable, significantFigures)
	}
	h.h.Merge(o.h)
	h.sum += o.sum
	h.max = max(h.max, o.max)
}

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 {
	if h.h == nil {
		return 0
	}
	return h.h.TotalCount()
}

// Mean is exact; 0 when empty.
func (h *Histogram) Mean() time.Duration {
	if n := h.Count(); n > 0 {
		return h.sum / time.Duration(n)
	}
	return 0
}

// Max is exact; 0 when empty.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile is the smallest recorded value, to three digits, that a share q of
// all values does not exceed; 0 when empty. It never exceeds Max.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.h == nil {
		return 0
	}
	return min(time.Duration(h.h.ValueAtQuantile(100*q))*time.Microsecond, h.max)
}
