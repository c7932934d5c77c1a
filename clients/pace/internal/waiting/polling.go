package waiting

import (
	"math"
	"time"
)

// NextLook is when one that came at some time, and looks every so often from then on,
// looks next, if looks before an instant are of no use: the first look after now that is
// not before it.
func NextLook(every time.Duration, came, now, useful time.Time) time.Time {
	looks := now.Sub(came)/every + 1 // by monotonic readings, where clocks have them
	if wait := min(useful.Sub(came), math.MaxInt64-2*every); wait > looks*every {
		looks = (wait + every - 1) / every
	}
	return came.Add(looks * every)
}
