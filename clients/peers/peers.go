// Package peers has adapters to other people's limiters, so that they can be
// driven by explicit time as the limiters of package limiter are. Whoever does
// not import it does not pay for the libraries.
package peers

import (
	"time"

	"ratebench/clients/limiter"
)

// departures counts the departures of a limiter that pays no attention to how
// they end.
type departures struct{ sent limiter.Ticket }

func (d *departures) count() limiter.Ticket {
	d.sent++
	return d.sent - 1
}

// Done implements limiter.Limiter.
func (*departures) Done(time.Time, limiter.Ticket, limiter.Outcome) {}
