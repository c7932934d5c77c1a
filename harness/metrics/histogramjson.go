package metrics

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// histogramJSON is a Histogram on its way to another process, with nothing
// lost.
type histogramJSON struct {
	Counts [][2]int64    `json:"counts"` // of each bucket that is not empty, ascending: where it starts, in µs, and how many values
	Sum    Total         `json:"sum"`    // in ns
	Min    time.Duration `json:"min"`
	Max    time.Duration `json:"max"`
}

// MarshalJSON implements json.Marshaler.
func (h Histogram) MarshalJSON() ([]byte, error) {
	j := histogramJSON{Counts: [][2]int64{}, Sum: h.sum, Min: h.min, Max: h.max}
	if h.buckets != nil {
		for start, n := range h.buckets.ForEachBucket {
			j.Counts = append(j.Counts, [2]int64{start, n})
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler. What no durations of 0 or more come
// to is an error.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j histogramJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if err := j.validate(); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	*h = Histogram{sum: j.Sum, min: j.Min, max: j.Max}
	for i, c := range j.Counts {
		if i == 0 {
			h.buckets = newBuckets()
		}
		if err := h.buckets.RecordValues(c[0], c[1]); err != nil {
			return fmt.Errorf("histogram: %w", err)
		}
	}
	return nil
}

// validate reports what no durations of 0 or more come to.
func (j *histogramJSON) validate() error {
	n, err := j.count()
	switch {
	case err != nil:
		return err
	case n == 0 && (j.Min != 0 || j.Max != 0 || j.Sum != Total{}):
		return fmt.Errorf("found min %d, max %d and sum %v of no value", j.Min, j.Max, j.Sum)
	case n == 0:
		return nil
	case j.Min < 0 || j.Max < j.Min:
		return fmt.Errorf("found min %d and max %d, expected 0 or more, ascending", j.Min, j.Max)
	}
	first, last := j.Counts[0][0], j.Counts[len(j.Counts)-1][0]
	switch {
	case !inBucket(j.Min, first) || !inBucket(j.Max, last):
		return fmt.Errorf("found min %d and max %d, expected them in the buckets at %d and %d µs", j.Min, j.Max, first, last)
	case j.Sum.less(times(j.Min, n)) || times(j.Max, n).less(j.Sum):
		return fmt.Errorf("found sum %v of %d values from %d to %d", j.Sum, n, j.Min, j.Max)
	}
	return nil
}

// count is how many values there are.
func (j *histogramJSON) count() (n int64, err error) {
	for i, c := range j.Counts {
		start, count := c[0], c[1]
		switch {
		case start < 0 || start%bucketWidth(start) != 0:
			return 0, fmt.Errorf("found a bucket at %d µs, where none starts", start)
		case i > 0 && start <= j.Counts[i-1][0]:
			return 0, fmt.Errorf("found the bucket at %d µs after that at %d µs, expected ascending ones", start, j.Counts[i-1][0])
		case count <= 0 || count > math.MaxInt64-n:
			return 0, fmt.Errorf("found %d values in the bucket at %d µs, expected 1 or more, less than 2⁶³ in all", count, start)
		}
		n += count
	}
	return n, nil
}

// inBucket says whether d is in the bucket that starts at so many µs.
func inBucket(d time.Duration, start int64) bool {
	us := d.Microseconds()
	return us >= start && us-start < bucketWidth(start)
}
