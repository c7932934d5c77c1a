package isolate

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Samples are taken a period apart, and at the end, in place of one that was taken
// just before.
func TestSampler(t *testing.T) {
	const ms = time.Millisecond
	for length, want := range map[time.Duration][]time.Duration{
		30 * ms:  {0, 30 * ms},
		120 * ms: {0, 120 * ms},
		150 * ms: {0, 100 * ms, 150 * ms},
		340 * ms: {0, 100 * ms, 200 * ms, 340 * ms},
		360 * ms: {0, 100 * ms, 200 * ms, 300 * ms, 360 * ms},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := startSampling(100 * ms)
			time.Sleep(length)
			var at []time.Duration
			for _, u := range s.finish() {
				at = append(at, u.At)
			}
			if !slices.Equal(at, want) {
				t.Errorf("in %v samples at %v, want %v", length, at, want)
			}
		})
	}
}
