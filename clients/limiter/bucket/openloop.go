package bucket

import (
	"time"

	"ratebench/clients/limiter"
)

// openLoop is shared by limiters that pay no attention to answers: it counts
// departures and ignores how they end.
type openLoop struct{ sent limiter.Ticket }

// ticket counts a departure.
func (o *openLoop) ticket() limiter.Ticket {
	o.sent++
	return o.sent - 1
}

// Done implements limiter.Limiter.
func (*openLoop) Done(time.Time, limiter.Ticket, limiter.Outcome) {}
