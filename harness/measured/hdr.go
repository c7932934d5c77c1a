package measured

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

func looksLikeHDR(head string) bool {
	return strings.HasPrefix(head, "#[") && strings.Contains(head, "istogram log format version") ||
		strings.HasPrefix(head, `"StartTimestamp","Interval_Length"`)
}

// hdrValues is how many values stand for those of a log, which has no more
// than counts.
const hdrValues = 100_000

// readHDR reads a log of histograms. It has no single requests: what is read are
// quantiles, evenly spread, of all intervals together.
func readHDR(r io.Reader, o Options, f *File) error {
	unit := o.Unit
	if unit == 0 {
		unit = time.Nanosecond
	}
	f.Unordered = true
	f.note(fmt.Sprintf("a log of histograms has neither an order nor times: spells and load are not known; its unit was taken for %v", unit))
	all := hdrhistogram.New(1, int64(longest), 3)
	log := hdrhistogram.NewHistogramLogReader(r)
	for n := 1; ; n++ {
		interval, err := nextInterval(log)
		if errors.Is(err, io.EOF) || err == nil && interval == nil {
			break
		}
		if err != nil {
			return fmt.Errorf("interval %d: %w", n, err)
		}
		if dropped := all.Merge(interval); dropped > 0 {
			return fmt.Errorf("interval %d: %d values are longer than %v", n, dropped, longest)
		}
	}
	total := all.TotalCount()
	values := min(total, hdrValues)
	for i := range values {
		quantile := 100 * float64(i*total/values+1) / float64(total)
		latency, err := durationOf(float64(all.ValueAtQuantile(quantile)), unit)
		if err != nil {
			return err
		}
		if err := f.add(Request{Latency: latency}); err != nil {
			return err
		}
	}
	if total > values {
		f.note(fmt.Sprintf("%d values stand for the %d in the histograms", values, total))
	}
	return nil
}

// nextInterval turns a panic of the reader on a broken line into an error.
func nextInterval(log *hdrhistogram.HistogramLogReader) (h *hdrhistogram.Histogram, err error) {
	defer func() {
		if p := recover(); p != nil {
			h, err = nil, fmt.Errorf("is broken: %v", p)
		}
	}()
	return log.NextIntervalHistogram()
}
