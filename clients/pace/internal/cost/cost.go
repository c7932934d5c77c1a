// Package cost has what a request costs of each limit.
package cost

import (
	"errors"
	"fmt"
	"slices"
)

// ErrCost is pace.ErrCost.
var ErrCost = errors.New("no request of this cost can leave")

// Costs are what a request costs of each limit: those of a gate's own limiter, and
// then those that it shares.
type Costs struct {
	One  int64   // of each, if there are no others
	Each []int64 // empty: all are One
}

// Check returns an error that is ErrCost if one is negative, or there is not one for each
// limit, of which so many are shared.
func (c Costs) Check(shared int) error {
	if len(c.Each) > 0 && len(c.Each) <= shared {
		return fmt.Errorf("there are %d costs, want one for each limit, of which %d are shared: %w", len(c.Each), shared, ErrCost)
	}
	if c.One < 0 {
		return fmt.Errorf("cost is %d, want 0 or more: %w", c.One, ErrCost)
	}
	for _, cost := range c.Each {
		if cost < 0 {
			return fmt.Errorf("a cost is %d, want 0 or more: %w", cost, ErrCost)
		}
	}
	return nil
}

// Same reports whether costs are the same, of every limit.
func (c Costs) Same(as Costs) bool { return c.One == as.One && slices.Equal(c.Each, as.Each) }

// several is what is kept in place of a cost that is the same of each limit.
const several = -1

// Keep keeps costs, which are not negative, in a number, and in room if there are several.
func (c Costs) Keep(room *[]int64) int64 {
	if len(c.Each) == 0 {
		return c.One
	}
	*room = append((*room)[:0], c.Each...)
	return several
}

// Kept are costs that were kept in a number and in room, which is not looked at unless
// there are several.
func Kept(number int64, room *[]int64) Costs {
	if number != several {
		return Costs{One: number}
	}
	return Costs{One: (*room)[0], Each: *room}
}

// Own are the costs of the gate's own limiter; empty: all are one.
func (c Costs) Own(shared int) []int64 {
	if len(c.Each) == 0 {
		return nil
	}
	return c.Each[:len(c.Each)-shared]
}

// Shared is the cost of the i-th of so many limits that the gate shares.
func (c Costs) Shared(i, of int) int64 {
	if len(c.Each) == 0 {
		return c.One
	}
	return c.Each[len(c.Each)-of+i]
}

// Impossible is the error of costs with which no request can ever leave.
func (c Costs) Impossible() error {
	if len(c.Each) > 0 {
		return fmt.Errorf("costs are %v, want one for each limit, and no more than it allows at a time: %w", c.Each, ErrCost)
	}
	return fmt.Errorf("cost is %d, want no more than the limit allows at a time: %w", c.One, ErrCost)
}
