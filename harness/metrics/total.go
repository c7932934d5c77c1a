package metrics

import (
	"math/bits"
	"time"
)

// A Total is a sum of durations that does not overflow: 292 years, the most
// that a time.Duration holds, are soon exceeded where thousands of requests a
// second wait for days. It is Hi·2⁶⁴ + Lo nanoseconds; the zero value is 0.
type Total struct {
	Hi uint64 `json:"hi,omitempty"`
	Lo uint64 `json:"lo"`
}

// Add adds d, which is 0 or more.
func (t *Total) Add(d time.Duration) { t.AddTotal(Total{Lo: uint64(d)}) }

// AddTotal adds o.
func (t *Total) AddTotal(o Total) {
	var carry uint64
	t.Lo, carry = bits.Add64(t.Lo, o.Lo, 0)
	t.Hi, _ = bits.Add64(t.Hi, o.Hi, carry)
}

// Mean is the sum divided by the number of durations that it is of, which is 1
// or more, rounded down to a nanosecond.
func (t Total) Mean(n int64) time.Duration {
	mean, _ := bits.Div64(t.Hi, t.Lo, uint64(n))
	return time.Duration(mean)
}

// per is how many times d the sum is: of what was weighted by time, the mean
// over d.
func (t Total) per(d time.Duration) float64 {
	return (float64(t.Hi)*(1<<64) + float64(t.Lo)) / float64(d)
}

// times is d, 0 or more, n times over.
func times(d time.Duration, n int64) (t Total) {
	t.Hi, t.Lo = bits.Mul64(uint64(d), uint64(n))
	return t
}

// less says whether t is less than o.
func (t Total) less(o Total) bool { return t.Hi < o.Hi || t.Hi == o.Hi && t.Lo < o.Lo }
