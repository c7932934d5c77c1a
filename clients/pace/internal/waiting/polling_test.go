package waiting

import (
	"math"
	"testing"
	"time"
)

// Looks are whole times apart from when one came; those before there is any use are left
// out, and none is left out at which there is.
func TestNextLook(t *testing.T) {
	const ms, every = time.Millisecond, 10 * time.Millisecond
	came := time.Unix(1_700_000_000, 0)
	for _, tt := range []struct{ now, useful, want time.Duration }{
		{0, 0, 10 * ms},
		{0, 10 * ms, 10 * ms},
		{0, 10*ms + 1, 20 * ms},
		{0, 95 * ms, 100 * ms},
		{10 * ms, 0, 20 * ms},
		{19 * ms, 20 * ms, 20 * ms},
		{25 * ms, 21 * ms, 30 * ms},
		{25 * ms, 40 * ms, 40 * ms},
		{25 * ms, -time.Hour, 30 * ms},
	} {
		if got := NextLook(every, came, came.Add(tt.now), came.Add(tt.useful)).Sub(came); got != tt.want {
			t.Errorf("after %v, of use from %v on: the next look is after %v, want %v", tt.now, tt.useful, got, tt.want)
		}
	}
	if got := NextLook(every, came, came, came.AddDate(400, 0, 0)); got.Before(came.Add(math.MaxInt64 - 3*every)) {
		t.Errorf("what is of no use for 400 years is looked at after %v", got.Sub(came))
	}
}
