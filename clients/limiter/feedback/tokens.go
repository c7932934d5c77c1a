package feedback

import (
	"math"
	"time"
)

// tokens are those of a bucket that is filled by a rate which changes.
type tokens struct {
	capacity float64
	left     float64   // in the bucket at filled
	filled   time.Time // later than now while nothing may depart; zero before the first departure
}

// next is when there is enough for a cost, at so many tokens a second. What costs
// more than the bucket holds waits until it is full.
func (t *tokens) next(cost int64, rate float64) time.Time {
	need := min(float64(cost), t.capacity)
	if t.left >= need {
		return t.filled
	}
	wait := (need - t.left) / rate * float64(time.Second)
	return t.filled.Add(time.Duration(math.Ceil(min(wait, float64(longestWait)))))
}

// take spends a cost. What has come by the time that next said may be a rounding
// error short.
func (t *tokens) take(cost int64) {
	t.left = max(t.left, min(float64(cost), t.capacity)) - float64(cost)
}

// settle takes more, or less than nothing, for what a request turned out to cost.
func (t *tokens) settle(more int64) { t.left = min(t.left-float64(more), t.capacity) }

// fill adds the tokens due since the last time.
func (t *tokens) fill(now time.Time, rate float64) {
	if now.Before(t.filled) {
		return
	}
	if !t.filled.IsZero() {
		due := now.Sub(t.filled).Seconds() * rate
		t.left = min(t.left+float64(due), t.capacity)
	}
	t.filled = now
}
