// Package peers has adapters to other people's limiters, so that they can be
// driven by explicit time as the limiters of package limiter are. Whoever does
// not import it does not pay for the libraries.
package peers

import (
	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// departures counts the departures of a limiter that pays no attention to how
// they end but for what they turned out to cost.
type departures struct {
	sent   limiter.Ticket
	flying flights.Costs
}

func (d *departures) count(cost int64) limiter.Ticket {
	d.sent++
	return d.flying.Depart(cost)
}

// more is what a departure that ends turned out to cost beyond what it was charged.
func (d *departures) more(t limiter.Ticket, o limiter.Outcome) int64 {
	return max(0, d.flying.Settle(t, o.Cost))
}
