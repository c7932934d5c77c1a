package limiter

import "time"

// openLoop is shared by limiters that pay no attention to answers: it counts
// departures and ignores how they end.
type openLoop struct{ sent Ticket }

// ticket counts a departure.
func (o *openLoop) ticket() Ticket {
	o.sent++
	return o.sent - 1
}

// Done implements Limiter.
func (*openLoop) Done(time.Time, Ticket, Outcome) {}

// OpenLoop implements OpenLoop.
func (*openLoop) OpenLoop() {}
