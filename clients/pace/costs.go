package pace

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/cost"
)

// ErrCost is what the error is of Gate.Acquire and Gate.Wait for a request that
// can never leave: a cost is negative, or more than its limit allows at any
// time, or there is not one for each limit. Nothing has been spent.
var ErrCost = cost.ErrCost

// costs are what a request costs of each limit.
type costs = cost.Costs

// costsOf are the costs that a caller asks for, until the next call.
func (g *Gate) costsOf(asked []int64) costs {
	switch len(asked) {
	case 0:
		return costs{One: 1}
	case 1:
		return costs{One: asked[0]}
	}
	g.asked = append(g.asked[:0], asked...)
	return costs{One: asked[0], Each: g.asked}
}

// possible returns an error for costs with which no request can ever leave.
func (g *Gate) possible(now time.Time, c costs) error {
	if err := c.Check(len(g.shared)); err != nil {
		return err
	}
	if g.ownNext(now, c).Equal(limiter.Impossible) || g.sharedNext(now, c).Equal(limiter.Impossible) {
		return c.Impossible()
	}
	return nil
}

// ownNext is when the gate's own limiter lets a request go.
func (g *Gate) ownNext(now time.Time, c costs) time.Time {
	if len(c.Each) > 0 && len(c.Own(len(g.shared))) > 0 { // mostly there is one, and the other limits are not looked at
		return limiter.NextEach(g.limiter, now, c.Own(len(g.shared)))
	}
	return g.limiter.Next(now, c.One)
}

// ownSent commits a departure with the gate's own limiter.
func (g *Gate) ownSent(now time.Time, c costs) limiter.Ticket {
	if len(c.Each) > 0 && len(c.Own(len(g.shared))) > 0 {
		return limiter.SentEach(g.limiter, now, c.Own(len(g.shared)))
	}
	return g.limiter.Sent(now, c.One)
}
