package metrics

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// histogramJSON is a Histogram on its way to another process, with nothing
// lost.
type histogramJSON struct {
	Counts [][2]int64    `json:"counts"` // of each bucket that is not empty: its index, how many values
	Sum    time.Duration `json:"sum"`
	Max    time.Duration `json:"max"`
}

// MarshalJSON implements json.Marshaler.
func (h Histogram) MarshalJSON() ([]byte, error) {
	j := histogramJSON{Counts: [][2]int64{}, Sum: h.sum, Max: h.max}
	if h.h != nil {
		for i, n := range h.h.Export().Counts {
			if n != 0 {
				j.Counts = append(j.Counts, [2]int64{int64(i), n})
			}
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j histogramJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*h = Histogram{sum: j.Sum, max: j.Max}
	if len(j.Counts) == 0 {
		return nil
	}
	buckets := hdrhistogram.New(minTrackable, maxTrackable, significantFigures).Export()
	for _, c := range j.Counts {
		i, n := c[0], c[1]
		if i < 0 || i >= int64(len(buckets.Counts)) || n <= 0 {
			return fmt.Errorf("histogram has %d values in bucket %d, expected 1 or more in one of %d buckets", n, i, len(buckets.Counts))
		}
		buckets.Counts[i] = n
	}
	h.h = hdrhistogram.Import(buckets)
	return nil
}
