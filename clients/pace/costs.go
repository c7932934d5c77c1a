package pace

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// ErrCost is what the error is of Gate.Acquire and Gate.Wait for a request that
// can never leave: a cost is negative, or more than its limit allows at any
// time, or there is not one for each limit. Nothing has been spent.
var ErrCost = errors.New("no request of this cost can leave")

// costs are what a request costs of each limit: those of the gate's own limiter,
// and then those that it shares.
type costs struct {
	one  int64   // of each, if there are no others
	each []int64 // empty: all are one
}

// costsOf are the costs that a caller asks for, until the next call.
func (g *Gate) costsOf(asked []int64) costs {
	switch len(asked) {
	case 0:
		return costs{one: 1}
	case 1:
		return costs{one: asked[0]}
	}
	g.asked = append(g.asked[:0], asked...)
	return costs{asked[0], g.asked}
}

// kept are the same costs, in the room of others if there are several.
func (c costs) kept(room []int64) costs {
	return costs{c.one, append(room[:0], c.each...)}
}

// own are the costs of the gate's own limiter; empty: all are one.
func (c costs) own(shared int) []int64 {
	if len(c.each) == 0 {
		return nil
	}
	return c.each[:len(c.each)-shared]
}

// shared is the cost of the i-th of so many limits that the gate shares.
func (c costs) shared(i, of int) int64 {
	if len(c.each) == 0 {
		return c.one
	}
	return c.each[len(c.each)-of+i]
}

// possible returns an error for costs with which no request can ever leave.
func (g *Gate) possible(now time.Time, c costs) error {
	if len(c.each) > 0 && len(c.each) <= len(g.shared) {
		return fmt.Errorf("there are %d costs, want one for each limit, of which %d are shared: %w", len(c.each), len(g.shared), ErrCost)
	}
	if c.one < 0 {
		return fmt.Errorf("cost is %d, want 0 or more: %w", c.one, ErrCost)
	}
	for _, cost := range c.each {
		if cost < 0 {
			return fmt.Errorf("a cost is %d, want 0 or more: %w", cost, ErrCost)
		}
	}
	if g.ownNext(now, c).Equal(limiter.Impossible) || g.sharedNext(now, c).Equal(limiter.Impossible) {
		return costError(c)
	}
	return nil
}

func costError(c costs) error {
	if len(c.each) > 0 {
		return fmt.Errorf("costs are %v, want one for each limit, and no more than it allows at a time: %w", c.each, ErrCost)
	}
	return fmt.Errorf("cost is %d, want no more than the limit allows at a time: %w", c.one, ErrCost)
}

// ownNext is when the gate's own limiter lets a request go.
func (g *Gate) ownNext(now time.Time, c costs) time.Time {
	if own := c.own(len(g.shared)); len(own) > 0 {
		return limiter.NextEach(g.limiter, now, own)
	}
	return g.limiter.Next(now, c.one)
}

// ownSent commits a departure with the gate's own limiter.
func (g *Gate) ownSent(now time.Time, c costs) limiter.Ticket {
	if own := c.own(len(g.shared)); len(own) > 0 {
		return limiter.SentEach(g.limiter, now, own)
	}
	return g.limiter.Sent(now, c.one)
}
